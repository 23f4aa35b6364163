"""The enumerations of metrics.binproto; a number that none of them knows stays that number."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Self


class OpenEnum(IntEnum):
    """An enumeration that keeps numbers it does not know, as `UNKNOWN_<number>`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        # Remembered, so that equal numbers are the same object.
        return cls._value2member_map_.setdefault(value, member)  # type: ignore[return-value]

    @property
    def known(self) -> bool:
        """True if the schema has a name for this number."""
        return not self._name_.startswith("UNKNOWN_")


class MetricStatus(OpenEnum):
    """A verdict; `UNSET` where the file has none."""

    UNSET = 0
    PASSED = 1
    FAIL_WARN = 2
    NOT_APPLICABLE = 3
    RAW = 4
    FAIL_BLOCK = 5

    @property
    def rank(self) -> int:
        """Rank, the worst highest: FAIL_BLOCK 5, FAIL_WARN 4, PASSED 3, RAW 2, NOT_APPLICABLE 1.

        UNSET and unknown numbers have 0.
        """
        return _RANKS.get(int(self), 0)

    @property
    def fails(self) -> bool:
        """True for FAIL_WARN and FAIL_BLOCK."""
        return self in FAILING

    @property
    def symbol(self) -> str:
        """One character: `✓ ! ✗ – · ?`."""
        return _SYMBOLS.get(int(self), "?")

    @property
    def word(self) -> str:
        """The name as it is displayed: `unset` for UNSET."""
        return self.name if self else "unset"


_RANKS = {5: 5, 2: 4, 1: 3, 4: 2, 3: 1}
_SYMBOLS = {1: "✓", 2: "!", 5: "✗", 3: "–", 4: "·"}

FAILING = (MetricStatus.FAIL_WARN, MetricStatus.FAIL_BLOCK)
"""The statuses that fail, the milder one first."""
WORST_FIRST = tuple(sorted(MetricStatus, key=lambda status: -status.rank))
"""The statuses of the schema, the worst first."""


def worst_status(statuses: Iterable[MetricStatus]) -> MetricStatus | None:
    """Return the most severe status; None if there are none."""
    return max(statuses, key=lambda status: status.rank, default=None)


class MetricType(OpenEnum):
    """The twelve metric types."""

    UNSET = 0
    DOUBLE_SUMMARY = 1
    DOUBLE_OVER_TIME = 2
    LINE_PLOT = 3
    BAR_CHART = 4
    STATES_OVER_TIME = 5
    HISTOGRAM = 6
    SCALAR = 7
    PLOTLY = 8
    IMAGE = 9
    BATCHWISE_BAR_CHART = 10
    TEXT = 11
    IMAGE_LIST = 12

    @property
    def label(self) -> str:
        """The type in words, such as `double over time`."""
        return self._name_.lower().replace("_", " ")


class Importance(OpenEnum):
    """Importance of a metric or an event."""

    UNSET = 0
    ZERO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5


class DataType(OpenEnum):
    """Type of a metrics data; the `INDEXED_` types have an index data."""

    UNSET = 0
    DOUBLE = 1
    TIMESTAMP = 2
    UUID = 3
    STRING = 4
    STATUS = 5
    INDEXED_DOUBLE = 6
    INDEXED_TIMESTAMP = 7
    INDEXED_UUID = 8
    INDEXED_STRING = 9
    INDEXED_STATUS = 10
    EXTERNAL_FILE = 11

    @property
    def label(self) -> str:
        """The type in words, such as `indexed double` or `external file`."""
        return self._name_.lower().replace("_", " ")


class TimestampType(OpenEnum):
    """Origin of an event's time: 1970 (ABSOLUTE) or the start of the simulation (RELATIVE)."""

    UNSET = 0
    ABSOLUTE = 1
    RELATIVE = 2


class SeriesKind(IntEnum):
    """Type of the values of a series: the number of its field in the schema's `Series`."""

    DOUBLES = 1
    TIMESTAMPS = 2
    UUIDS = 3
    STRINGS = 4
    STATUSES = 5
