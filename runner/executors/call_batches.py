"""Calls of a Dask client in batches: each message costs its scheduler a millisecond or more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, TypeVar

INTERVAL = 0.05
"""Seconds in which calls and results come together."""
LONG_INTERVAL = 0.25
"""The same while workers have many further calls."""
REPEATED = {"pending", "lost"}
"""States of a call that had ended, and whose worker was lost with the result: it runs again."""
MAX_CALLS_AT_SHORT_INTERVAL = 100
"""Number of calls without a result from which on the interval is long."""

T = TypeVar("T")


def run_call(call: Callable[[], T]) -> T:
    """Run a call on a worker; a function of a module, so that it is sent by its name."""
    return call()


class CallBatches:
    """Sends calls to workers and takes their results back, from one thread.

    `options` are those of `Client.map`, `prefix` begins the keys, which differ from those of
    others. `as_error` returns the error of the caller for one of Dask; None means a lost scheduler.
    """

    def __init__(
        self,
        client: Any,
        prefix: str,
        options: Mapping[str, Any],
        as_error: Callable[[Exception | None], Exception],
    ) -> None:
        self._client, self._prefix = client, prefix
        self._options, self._as_error = options, as_error
        self._numbers = count()
        self._lock = Lock()
        self._unsent: list[tuple[Callable[[], Any], Future[Any]]] = []
        self._sent: dict[str, tuple[Any, Future[Any]]] = {}
        """Future of Dask and of the caller by key. Without the former, the scheduler forgets the
        call, and does not repeat it when its worker is lost."""
        self._ended: SimpleQueue[str] = SimpleQueue()
        self._wake = Event()
        self._closed = False
        Thread(target=self._run, name="calls of workers", daemon=True).start()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Send a picklable call; calls begin in their order."""
        future: Future[T] = Future()
        with self._lock:
            self._unsent.append((call, future))
        self._wake.set()
        return future

    def cancel(self) -> None:
        """Cancel all calls that have no result."""
        with self._lock:
            unsent, self._unsent = self._unsent, []
            sent, self._sent = self._sent, {}
        for _, future in unsent:
            future.cancel()
        for inner, future in sent.values():
            if future.cancel():
                inner.cancel()

    def __bool__(self) -> bool:
        """Return True while a call has no result."""
        return bool(self._unsent or self._sent)

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._wake.set()

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            time.sleep(LONG_INTERVAL if len(self._sent) > MAX_CALLS_AT_SHORT_INTERVAL else INTERVAL)
            self._send()
            self._take()

    def _send(self) -> None:
        with self._lock:
            unsent, self._unsent = self._unsent, []
        if not unsent:
            return
        numbers = [next(self._numbers) for _ in unsent]
        # Among equal priorities a worker begins with the first key.
        keys = [f"{self._prefix}-{number:012}" for number in numbers]
        try:
            inner = self._client.map(
                run_call,
                [call for call, _ in unsent],
                key=keys,
                # Without priorities a worker begins with what was submitted last.
                priority=-numbers[0],
                **self._options,
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers get it
            for _, future in unsent:
                _fail(future, self._as_error(error))
            return
        with self._lock:
            for key, each, (_, future) in zip(keys, inner, unsent, strict=True):
                self._sent[key] = (each, future)
        for each in inner:
            each.add_done_callback(self._note)

    def _note(self, inner: Any) -> None:
        self._ended.put(inner.key)
        self._wake.set()

    def _take(self) -> None:
        keys: list[str] = []
        with suppress(Empty):
            while True:
                keys.append(self._ended.get_nowait())
        finished: list[tuple[Any, Future[Any]]] = []
        failed: list[tuple[Any, Future[Any]]] = []
        repeated: list[Any] = []
        with self._lock:
            for key in keys:
                if key not in self._sent:
                    continue
                inner = self._sent[key][0]
                status = inner.status
                if status in REPEATED:
                    repeated.append(inner)
                else:
                    pair = self._sent.pop(key)
                    (finished if status == "finished" else failed).append(pair)
        for inner in repeated:
            inner.add_done_callback(self._note)
        for (_, future), result in zip(
            finished, self._results([inner for inner, _ in finished]), strict=True
        ):
            if isinstance(result, Exception):
                _fail(future, result)
            elif future.set_running_or_notify_cancel():
                future.set_result(result)
        for inner, future in failed:
            if not future.done():
                _fail(future, self._error_of(inner))

    def _results(self, inner: Sequence[Any]) -> list[Any]:
        """Return the result of each future of Dask, or the error that it has become."""
        try:
            return list(self._client.gather(list(inner))) if inner else []
        except Exception:  # noqa: BLE001 - one of them is the reason
            return [self._result_of(each) for each in inner]

    def _result_of(self, inner: Any) -> Any:
        try:
            return inner.result()
        except Exception:  # noqa: BLE001 - of the worker's process, whatever it is
            return self._error_of(inner)

    def _error_of(self, inner: Any) -> Exception:
        if inner.status == "error":
            return self._as_error(inner.exception())
        return self._as_error(None)


def _fail(future: Future[Any], error: Exception) -> None:
    if future.set_running_or_notify_cancel():
        future.set_exception(error)
