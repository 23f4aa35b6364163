"""Limits on the body of an answer: its size, its duration, its speed, and the memory it takes."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner.api.client.errors import BadAnswerError
from runner.api.client.retry import RetryableError, RetryPolicy
from runner.workspace.urls import display_url

SMALL = 4 << 20
"""Size in bytes up to which a body needs no reservation of memory."""


def content_length(value: str) -> int | None:
    """Length that a header announces, once or several times equally; None if it is not valid."""
    lengths = {part.strip() for part in value.split(",")}
    length = lengths.pop()
    return int(length) if not lengths and re.fullmatch("[0-9]{1,18}", length) else None


class MemoryBudget:
    """Memory for the large bodies that are read at the same time.

    A body reserves all it may need at once and never more later, so that readers cannot wait
    for each other; one that is larger than the budget is read alone.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._reserved = 0
        self._changed = threading.Condition()

    def reserve(self, size: int) -> None:
        """Wait until `size` bytes are free, or all of the budget is."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._reserved or self._reserved + size <= self._total
            )
            self._reserved += size

    def release(self, size: int) -> None:
        """Return a reservation."""
        with self._changed:
            self._reserved -= size
            self._changed.notify_all()


class BodyReader:
    """Checks the pieces of one body on their way to `take`."""

    def __init__(
        self, url: str, limit: int, retry: RetryPolicy, take: Callable[[bytes], object]
    ) -> None:
        self._url = url
        self._limit = limit
        self._retry = retry
        self._take = take
        self._size = 0
        self._budget: MemoryBudget | None = None
        self._expected = limit
        self._reserved = 0
        self._started = self._since = time.monotonic()
        self._in_window = 0

    @contextmanager
    def in_memory(self, budget: MemoryBudget) -> Iterator[None]:
        """Reserve memory of a budget within the block, once the body is not small any more."""
        self._budget = budget
        try:
            yield
        finally:
            if self._reserved:
                budget.release(self._reserved)

    def announce(self, length: int, packed: bool = False) -> None:
        """Take the length, maybe of a `packed` body; raises BadAnswerError above the limit."""
        if length > self._limit:
            raise BadAnswerError(
                f"{display_url(self._url)} would send {length:,} bytes;"
                f" at most {self._limit:,} are accepted."
            )
        if not packed:
            self._expected = length

    def take(self, piece: bytes) -> None:
        """Pass a piece on; raises BadAnswerError for too many bytes, RetryableError if too slow."""
        self._size += len(piece)
        if self._size > self._limit:
            raise BadAnswerError(f"{display_url(self._url)} sends more than {self._limit:,} bytes.")
        if self._budget is not None and self._size > SMALL and not self._reserved:
            waiting_since = time.monotonic()
            self._budget.reserve(self._expected)
            self._reserved = self._expected
            waited = time.monotonic() - waiting_since
            self._started += waited
            self._since += waited
        self._take(piece)
        now = time.monotonic()
        if now - self._started > self._retry.total_timeout:
            raise RetryableError(f"takes more than {self._retry.total_timeout:g} s")
        self._in_window += len(piece)
        if piece and now - self._since > self._retry.read:
            # Single bytes now and then would pass the timeout of each read.
            if self._in_window < self._retry.slowest * (now - self._since):
                raise RetryableError(f"sends less than {self._retry.slowest:g} bytes a second")
            self._since, self._in_window = now, 0
