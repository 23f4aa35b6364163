"""Numbers, statuses and categories of a column, by which it is summarized and charted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from resim_inspect.document.enums import MetricStatus
    from resim_inspect.document.model import FailureDefinition

R = TypeVar("R")
ABSENT = "absent"
"""Text in the column of a metric that a job does not have."""
_METRIC_KEY = "metric "
"""Start of the keys of the columns of metrics; their names follow."""


def metric_key(name: str) -> str:
    """Key of the column of a metric."""
    return _METRIC_KEY + name


def metric_of(key: str) -> str | None:
    """Name of the metric of the column with this key; None for another column."""
    return key.removeprefix(_METRIC_KEY) if key.startswith(_METRIC_KEY) else None


def duration_text(seconds: float, places: int = 1) -> str:
    """Format a duration: `12.4 s` with `places` decimals, `3 m 05 s` or `2 h 07 m`."""
    if round(seconds, places) < 60:
        return f"{seconds:.{places}f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} m {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes:02} m"


@dataclass(frozen=True, eq=False)
class ColumnValues(Generic[R]):
    """Numbers, statuses and categories of a column; all functions take a row."""

    number: Callable[[R], float | None]
    """The number of a row in the unit of the column; None where there is none."""
    status: Callable[[R], MetricStatus | None]
    """Status of the cell; None where the column gives none, or the row has no cell."""
    number_text: Callable[[float], str]
    """Text of a number as the cells of the column have it, without its unit."""
    label: Callable[[R], str]
    """Category of a row, for a column without numbers."""
    absence: Callable[[R], str]
    """Reason why a row has no number, for a sentence that counts such rows."""
    unit: str = ""
    """Unit of all numbers."""
    has_mixed_units: bool = False
    """True if rows have numbers in other units, too, which are not of one scale."""
    fraction: int = 0
    """Cells of the decimals of the column's cells, with their point."""
    limits: Callable[[R], FailureDefinition | None] = lambda _row: None
    """Failure definition that the number of a row is compared with."""
    metric: str = ""
    """Name of the metric; empty for another column."""
