"""Calls in batches, by a client that runs them here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from runner.errors import ExecutorError, WorkerError
from runner.executors import call_batches
from runner.executors.call_batches import CallBatches
from tests.runner.executors.cluster import wait_for


class FakeFuture:
    """A future of Dask that is over, or never is."""

    def __init__(self, key: str, call: Callable[[], Any], *, waits: bool) -> None:
        self.key, self.status, self._waits = key, "pending" if waits else "finished", waits
        self._value: Any = None
        if not waits:
            try:
                self._value = call()
            except InterruptedError:
                self.status = "cancelled"
            except ValueError as error:
                self.status, self._value = "error", error

    def add_done_callback(self, fn: Callable[[FakeFuture], None]) -> None:
        if not self._waits:
            fn(self)

    def cancel(self) -> None:
        self.status = "cancelled"

    def exception(self) -> Exception:
        return WorkerError(str(self._value))

    def result(self) -> Any:
        return self._value


class FakeClient:
    """A client that notes the batches that it is given."""

    def __init__(self, *, waits: bool = False, gathers: bool = True, maps: bool = True) -> None:
        self.batches: list[list[str]] = []
        self.futures: list[FakeFuture] = []
        self._waits, self._gathers, self._maps = waits, gathers, maps

    def map(
        self,
        fn: Callable[[Any], Any],
        calls: Sequence[Any],
        key: list[str],
        priority: int,
        **_: object,
    ) -> list[FakeFuture]:
        if not self._maps:
            raise RuntimeError("it is closed")
        self.batches.append(key)
        made = [
            FakeFuture(k, partial(fn, c), waits=self._waits)
            for k, c in zip(key, calls, strict=True)
        ]
        self.futures += made
        return made

    def gather(self, futures: list[FakeFuture]) -> list[Any]:
        if not self._gathers:
            raise RuntimeError("a worker was lost")
        return [each.result() for each in futures]


def as_error(error: Exception | None) -> Exception:
    return ExecutorError("lost.") if error is None else WorkerError(str(error))


@pytest.mark.parametrize("gathers", [True, False])
def test_calls_go_out_together_and_in_order(gathers: bool) -> None:
    client = FakeClient(gathers=gathers)
    batches = CallBatches(client, "p", {}, as_error)
    futures = [batches.submit(partial(divmod, number, 7)) for number in range(40)]
    assert [future.result(60) for future in futures] == [divmod(n, 7) for n in range(40)]
    keys = [key for keys in client.batches for key in keys]
    assert keys == sorted(keys)
    assert len(client.batches) < 40
    assert not batches
    batches.close()


def test_errors_are_those_of_the_caller() -> None:
    batches = CallBatches(FakeClient(), "p", {}, as_error)
    failed, lost, fine = (
        batches.submit(partial(int, "x")),
        batches.submit(_interrupted),
        batches.submit(partial(int, "5")),
    )
    assert isinstance(failed.exception(10), WorkerError)
    assert isinstance(lost.exception(10), ExecutorError)
    assert fine.result(60) == 5
    closed = CallBatches(FakeClient(maps=False), "p", {}, as_error)
    assert str(closed.submit(partial(int, "5")).exception(10)) == "it is closed"


def _interrupted() -> None:
    raise InterruptedError


def test_a_cancelled_call_is_cancelled_at_the_scheduler_too() -> None:
    client = FakeClient(waits=True)
    batches = CallBatches(client, "p", {}, as_error)
    future = batches.submit(partial(int, "5"))
    while not client.futures:
        assert not future.done()
    while not batches._sent:
        assert not future.done()
    batches.cancel()
    with pytest.raises(CancelledError):
        future.result(60)
    assert [each.status for each in client.futures] == ["cancelled"]
    assert not batches


@pytest.mark.parametrize("state", sorted(call_batches.REPEATED))
def test_a_result_that_its_worker_took_along_is_waited_for_again(state: str) -> None:
    """A worker may be lost after its call has ended and before the result is taken."""
    client = FakeClient(waits=True)
    batches = CallBatches(client, "p", {}, as_error)
    future = batches.submit(partial(int, "5"))
    wait_for(lambda: bool(batches._sent), "the call")
    (inner,) = client.futures
    noted: list[FakeFuture] = []
    inner.add_done_callback = noted.append  # type: ignore[method-assign, assignment]
    inner.status = state
    batches._note(inner)
    wait_for(lambda: bool(noted), "the second wait")
    assert not future.done()
    inner.status, inner._value = "finished", 5
    batches._note(inner)
    assert future.result(60) == 5
    batches.close()


def is_sent(client: FakeClient, number: int) -> bool:
    return len(client.futures) == number


def test_results_of_many_calls_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(call_batches, "time", SimpleNamespace(sleep=pauses.append))
    client = FakeClient(waits=True)
    batches = CallBatches(client, "resim-1", {}, as_error)
    for expected, number in (
        (call_batches.INTERVAL, call_batches.MAX_CALLS_AT_SHORT_INTERVAL + 1),
        # Others wait for the last result only while there is work for the workers.
        (call_batches.LONG_INTERVAL, 1),
    ):
        pauses.clear()
        end = len(client.futures) + number
        for _ in range(number):
            batches.submit(str)
        wait_for(partial(is_sent, client, end), "the calls")
        assert pauses[0] == expected
    batches.cancel()
    pauses.clear()
    batches.submit(str)
    wait_for(lambda: pauses, "a pause")
    assert pauses[0] == call_batches.INTERVAL
    batches.close()
