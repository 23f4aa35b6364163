"""Results of queries and templates that are kept for the next evaluation of the same rows."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

from resim_inspect.emissions.evaluation.limits import MEBIBYTE

MAX_BYTES = 64 * MEBIBYTE
"""Memory of all results that are kept."""
RETRY_SECONDS = 60.0
"""s for which what was stopped is kept, as is a document that has it. It may be evaluated when the
machine has less load, but not at each row that is appended, and a command is to have one document.
"""
_OVERHEAD = 1024
"""Bytes that an entry takes beside its content."""


class KeptResults:
    """Values by everything that they were worked out from; the least recently used ones go first.

    A key holds the query and the content of the tables that it reads, so that a value never
    becomes outdated; one that is transient is kept for RETRY_SECONDS. Any thread may use it.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[object, int, float]] = OrderedDict()
        """Values, each with its bytes and the time until which it is kept."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        """Memory that the values take, about."""
        return self._bytes

    def get(self, key: Hashable) -> object | None:
        """Return a value; None if it is not kept, or no longer."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or monotonic() > entry[2]:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def keep(self, key: Hashable, value: object, size: int, *, is_transient: bool = False) -> None:
        """Keep a value of a size in bytes, unless it alone would take a quarter of the room.

        `is_transient`: the load of the machine has a part in it, such as a timeout.
        """
        size += _OVERHEAD
        if size > self._max_bytes // 4:
            return
        end = monotonic() + RETRY_SECONDS if is_transient else math.inf
        with self._lock:
            self._drop(key)
            self._entries[key] = (value, size, end)
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry[1]
