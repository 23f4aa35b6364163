"""One topic while its rows are read: columns, timestamps, event flags and line numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.emissions.columns import ColumnsBuilder
from resim_inspect.emissions.fault_log import FaultLog
from resim_inspect.emissions.model import Topic

_ABSENT: Any = object()
_MAX_INT64 = 2**63 - 1
METADATA_KEYS = frozenset({"topic", "timestamp", "event"})


class TopicBuilder:
    """Collects the rows of one topic and turns them into arrays block by block."""

    def __init__(self, name: str, faults: FaultLog) -> None:
        self.name = name
        self.data: list[Mapping[str, Any]] = []
        """`$data` of the rows that are not in an array yet."""
        self.metadata: list[Mapping[str, Any]] = []
        """`$metadata` of the same rows."""
        self.lines: list[int] = []
        """Line numbers of the same rows."""
        self._faults = faults
        self._columns = ColumnsBuilder()
        self._rows = 0
        self._arrays: list[tuple[NDArray[Any], ...]] = []

    def flush(self, file: int) -> None:
        """Turn the collected rows, which are of one file, into arrays."""
        if not self.data:
            return
        count = len(self.data)
        left_out = self._columns.add(self.data)
        if left_out:
            self._report_left_out(left_out, file)
        written, timestamps, has_timestamp = self._timestamps(file)
        self._arrays.append(
            (
                timestamps,
                has_timestamp,
                self._event_flags(file, written),
                np.array(self.lines, np.int64),
                np.full(count, file, np.int64),
            )
        )
        self._rows += count
        self.data, self.metadata, self.lines = [], [], []

    def _report_left_out(self, names: frozenset[str], file: int) -> None:
        for row, line in zip(self.data, self.lines, strict=True):
            if not names.isdisjoint(row):
                text = "has fields that are left out, since the topic has too many"
                self._report("field-count", file, line, text)

    @property
    def has_rows(self) -> bool:
        """True once `flush` has seen a row."""
        return self._rows > 0

    def topic(self) -> Topic:
        """Return all rows so far that `flush` has seen."""
        if len(self._arrays) > 1:
            self._arrays = [tuple(map(np.concatenate, zip(*self._arrays, strict=True)))]
        return Topic(self.name, self._rows, self._columns.columns(), *self._arrays[0])

    def _timestamps(self, file: int) -> tuple[int, NDArray[Any], NDArray[Any]]:
        """Return the number of timestamps in the file, their values, and which can be used."""
        values = [metadata.get("timestamp", _ABSENT) for metadata in self.metadata]
        types = set(map(type, values))
        if types == {int} and min(values) >= 0 and max(values) <= _MAX_INT64:
            return len(values), np.array(values, np.int64), np.ones(len(values), np.bool_)
        if types == {object}:
            return 0, np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
        usable = [
            self._usable(value, file, line) for value, line in zip(values, self.lines, strict=True)
        ]
        return (
            sum(value is not _ABSENT for value in values),
            np.array([0 if value is None else value for value in usable], np.int64),
            np.fromiter((value is not None for value in usable), np.bool_, len(usable)),
        )

    def _usable(self, value: Any, file: int, line: int) -> int | None:
        """Return a timestamp as nanoseconds, None without a usable one; report an unusual one."""
        if value is _ABSENT:
            return None
        kind = type(value)
        if kind is int and abs(value) <= _MAX_INT64:
            if value < 0:
                self._report("timestamp-negative", file, line, "has a negative timestamp")
            return int(value)
        if kind is int:
            self._report(
                "timestamp-range", file, line, "has a timestamp that does not fit into 64 bits"
            )
            return None
        if kind is float:
            self._report("timestamp-type", file, line, "has a timestamp that is not an integer")
            return int(value) if abs(value) < _MAX_INT64 else None
        name = {str: "a text", bool: "a boolean", type(None): "null"}.get(kind, "not a number")
        self._report("timestamp-type", file, line, f"has a timestamp that is {name}")
        return None

    def _event_flags(self, file: int, timestamps: int) -> NDArray[Any]:
        if sum(map(len, self.metadata)) == len(self.metadata) + timestamps:
            # No key but topic and timestamp.
            return np.zeros(len(self.metadata), np.bool_)
        flags = np.fromiter(
            (metadata.get("event", False) is True for metadata in self.metadata),
            np.bool_,
            len(self.metadata),
        )
        for metadata, line in zip(self.metadata, self.lines, strict=True):
            if "event" in metadata or not metadata.keys() <= METADATA_KEYS:
                self._check_metadata(metadata, file, line)
        return flags

    def _check_metadata(self, metadata: Mapping[str, Any], file: int, line: int) -> None:
        unknown = min(metadata.keys() - METADATA_KEYS, default=None)
        if unknown is not None:
            text = f'has the key "{unknown}" in $metadata, which the emitter never writes'
            self._report("emission-key", file, line, text)
        if metadata.get("event", True) is not True:
            self._report("event-flag", file, line, "has an event flag that is not true")
        elif "event" in metadata and metadata.get("timestamp") is None:
            self._report("event-timestamp", file, line, "is an event without a timestamp")

    def _report(self, kind: str, file: int, line: int, message: str) -> None:
        self._faults.add(kind, file, line, self.name, message)
