"""Numbers, statuses and categories of a column, by which it is summarized and charted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from resim_inspect.document.enums import MetricStatus
    from resim_inspect.document.model import FailureDefinition

R = TypeVar("R")


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
    """Failure definition by which the number of a row is judged."""
    metric: str = ""
    """Name of the metric; empty for another column."""
