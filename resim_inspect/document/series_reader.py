"""Reading of one series from its start to its end, a part at a time.

Of a large series of doubles, times, statuses or UUIDs only a part is in memory, if its bytes
have the form that every known writer gives them; any other series is decoded whole.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.decode import decode, first_timestamps, regular_timestamps
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import MetricsData, Series
from resim_inspect.document.wire.scan import packed

LARGE = 1 << 20
"""Bytes of a series from which it is read in parts."""
_CHUNK = 1 << 18
"""Bytes of timestamps that are decoded at a time: the temporaries stay in the cache."""
_DOUBLE = 8
_UUID_RECORD = 40


class SeriesReader:
    """The values of a series in their order; `read` continues behind what it returned last."""

    def __init__(self, document: Document, data: MetricsData, category: str | None = None) -> None:
        """Raises what `Document.series` does, as `read` does."""
        self._document = document
        self._data = data
        self._category = category
        self._read = 0
        self._whole: Series | None = None
        self._part: Callable[[int], NDArray[np.generic] | None] | None = None
        deferred = document.deferred.get(data.position)
        if deferred is not None and deferred.length >= LARGE and category is None:
            self.kind = SeriesKind(deferred.kind)
            self._size = deferred.length
            self._part = self._part_reader()
        if self._part is None:
            self._whole = document.series(data, category)
            self.kind = self._whole.kind

    def read(self, count: int) -> Series:
        """Return the next `count` values, fewer at the end, none behind it."""
        if self._part is not None:
            values = self._part(count)
            if values is not None:
                self._read += len(values)
                values.flags.writeable = False
                return Series(self.kind, values)
            # Not the usual form: what was read so far counts in the whole series too.
            self._part = None
        if self._whole is None:
            self._whole = self._document.series(self._data, self._category)
        values = self._whole.values[self._read : self._read + count]
        self._read += len(values)
        return Series(self.kind, values, self._whole.uniques)

    def _part_reader(self) -> Callable[[int], NDArray[np.generic] | None] | None:
        if self.kind is SeriesKind.TIMESTAMPS:
            self._offset = 0
            self._ahead: NDArray[np.int64] = np.empty(0, np.int64)
            return self._timestamps
        if self.kind is SeriesKind.UUIDS and self._size % _UUID_RECORD == 0:
            return self._uuids
        if self.kind in (SeriesKind.DOUBLES, SeriesKind.STATUSES):
            start = packed(self._bytes(0, 16), self._size)
            if start is not None:
                self._start = start
                if self.kind is SeriesKind.STATUSES:
                    return self._statuses
                if (self._size - start) % _DOUBLE == 0:
                    return self._doubles
        return None

    def _bytes(self, start: int, size: int) -> bytes:
        return self._document.deferred_bytes(self._data.position, start, size)

    def _doubles(self, count: int) -> NDArray[np.float64]:
        payload = self._bytes(self._start + self._read * _DOUBLE, count * _DOUBLE)
        return np.frombuffer(payload, "<f8").astype(np.float64, copy=True)

    def _statuses(self, count: int) -> NDArray[np.int32] | None:
        payload = self._bytes(self._start + self._read, count)
        # No byte has its high bit set: each is one number.
        return np.frombuffer(payload, np.uint8).astype(np.int32) if payload.isascii() else None

    def _uuids(self, count: int) -> NDArray[np.generic] | None:
        payload = self._bytes(self._read * _UUID_RECORD, count * _UUID_RECORD)
        rows = np.frombuffer(payload, np.uint8).reshape(-1, _UUID_RECORD)
        if not (rows[:, :4] == np.frombuffer(b"\x0a\x26\x0a\x24", np.uint8)).all():
            return None
        return decode(self.kind, payload).values

    def _timestamps(self, count: int) -> NDArray[np.int64] | None:
        parts = [self._ahead]
        ready = len(self._ahead)
        while ready < count and self._offset < self._size:
            payload = self._bytes(self._offset, _CHUNK)
            if self._offset + len(payload) == self._size:
                values, used = regular_timestamps(payload), len(payload)
            else:
                timestamps = first_timestamps(payload)
                values, used = (None, 0) if timestamps is None else timestamps
            if values is None:
                return None
            parts.append(values)
            ready += len(values)
            self._offset += used
        values = np.concatenate(parts)
        self._ahead = values[count:].copy()
        return values[:count]
