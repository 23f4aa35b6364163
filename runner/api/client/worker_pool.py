"""A few threads that work on what is most urgent; unlike executors they never delay the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from queue import Empty, PriorityQueue, SimpleQueue
from typing import Generic, TypeVar

Tag = TypeVar("Tag")
Value = TypeVar("Value")
Done = tuple[Tag, Value | None, BaseException | None]


class Crew(Generic[Tag, Value]):
    """`size` daemon threads, started as work comes; results come back in the order of their end."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._work: PriorityQueue[tuple[int, int, Tag | None, Callable[[], Value] | None]] = (
            PriorityQueue()
        )
        self._results: SimpleQueue[Done[Tag, Value]] = SimpleQueue()
        self._numbers = count()
        self._threads: list[threading.Thread] = []
        self._open = 0

    @property
    def open(self) -> int:
        """How much was put in and has not come back."""
        return self._open

    def put(self, urgency: int, tag: Tag, work: Callable[[], Value]) -> None:
        """Have something done; the lower the number, the sooner."""
        self._open += 1
        self._work.put((urgency, next(self._numbers), tag, work))
        self._hire()

    def grow(self, size: int) -> None:
        """Have up to so many threads from now on; there are never fewer than before."""
        self._size = max(self._size, size)
        self._hire()

    def _hire(self) -> None:
        while len(self._threads) < min(self._size, self._open):
            thread = threading.Thread(target=self._run, name="fetch", daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self) -> Done[Tag, Value]:
        """The next thing that is done: its tag, and its value or what it raised."""
        result = self._results.get()
        self._open -= 1
        return result

    def take_within(self, seconds: float) -> Done[Tag, Value] | None:
        """The same; None where nothing is done so soon."""
        try:
            result = self._results.get(timeout=seconds)
        except Empty:
            return None
        self._open -= 1
        return result

    def stop(self) -> None:
        """Begin nothing more; what is under way ends by itself, and nobody waits for it."""
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
            except BaseException as error:  # noqa: BLE001 - handed to whoever takes the result
                self._results.put((tag, None, error))
