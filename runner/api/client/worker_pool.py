"""A thread pool with priorities; unlike an executor, it never delays the end of the process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from queue import Empty, PriorityQueue, SimpleQueue
from typing import Generic, TypeVar

Tag = TypeVar("Tag")
Value = TypeVar("Value")
Done = tuple[Tag, Value | None, BaseException | None]


class PriorityThreadPool(Generic[Tag, Value]):
    """Up to `size` daemon threads; results come back in order of completion."""

    def __init__(self, size: int, name: str = "fetch") -> None:
        self._size = size
        self._name = name
        self._work: PriorityQueue[tuple[int, int, Tag | None, Callable[[], Value] | None]] = (
            PriorityQueue()
        )
        self._results: SimpleQueue[Done[Tag, Value]] = SimpleQueue()
        self._numbers = count()
        self._threads: list[threading.Thread] = []
        self._pending = 0

    @property
    def pending(self) -> int:
        """Number of submitted tasks whose results were not taken yet."""
        return self._pending

    def submit(self, priority: int, tag: Tag, work: Callable[[], Value]) -> None:
        """Queue a task; a lower `priority` runs earlier."""
        self._pending += 1
        self._work.put((priority, next(self._numbers), tag, work))
        self._start_threads()

    def resize(self, size: int) -> None:
        """Raise the number of threads to `size`; a smaller size changes nothing."""
        self._size = max(self._size, size)
        self._start_threads()

    def _start_threads(self) -> None:
        while len(self._threads) < min(self._size, self._pending):
            thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self) -> Done[Tag, Value]:
        """Wait for the next result: the tag, and the value or the exception."""
        result = self._results.get()
        self._pending -= 1
        return result

    def take_within(self, seconds: float) -> Done[Tag, Value] | None:
        """Wait like `take`, up to a number of seconds; None if no task ends in time."""
        try:
            result = self._results.get(timeout=seconds)
        except Empty:
            return None
        self._pending -= 1
        return result

    def stop(self) -> None:
        """Start no more tasks; running ones end by themselves, and their results are dropped."""
        for _ in self._threads:
            self._work.put((-1, next(self._numbers), None, None))
        self._threads = []

    def _run(self) -> None:
        while True:
            _, _, tag, work = self._work.get()
            if tag is None or work is None:
                return
            try:
                self._results.put((tag, work(), None))
            except BaseException as error:  # noqa: BLE001 - passed on with the result
                self._results.put((tag, None, error))
