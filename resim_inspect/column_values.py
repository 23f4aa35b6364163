"""Numbers of one column of a table of jobs in short, and the reasons why jobs have none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.files import is_missing
from resim_inspect.job_rows import JobRow
from resim_inspect.text import NOT_RUN


class Absence(StrEnum):
    """Reason why a job has no number in a column; the value is its words."""

    NO_METRIC = "without the metric"
    NO_VALUE = "without a value"
    NO_DURATION = "without a recorded run"
    OTHER_UNIT = "in another unit"
    NO_DIFFERENCE = "without a difference"
    PENDING = "not fetched yet"
    NOT_RUN = NOT_RUN
    NO_METRICS = "without metrics"
    UNREADABLE = "unreadable"


class ColumnSummary(NamedTuple):
    """The numbers of a column in short; None where the column has no number."""

    minimum: float | None
    median: float | None
    maximum: float | None
    failing: int
    """Number of jobs that fail in the column."""
    worst: MetricStatus | None
    """The worst of their statuses; None if no job fails."""
    has_status: bool = True
    """True if a job has a status in the column."""


def summarize(
    values: Iterable[float | None], statuses: Iterable[MetricStatus | None]
) -> ColumnSummary:
    """Summarize the numbers of a column, NaN left out, and the statuses of its cells."""
    numbers = sorted(value for value in values if value is not None and not math.isnan(value))
    known_statuses = [status for status in statuses if status is not None]
    failing = [status for status in known_statuses if status.fails]
    verdict = len(failing), worst_status(failing), bool(known_statuses)
    if not numbers:
        return ColumnSummary(None, None, None, *verdict)
    return ColumnSummary(numbers[0], middle(numbers), numbers[-1], *verdict)


def metric_summary(name: str, unit: str | None, rows: Sequence[JobRow]) -> ColumnSummary:
    """Summarize a metric over jobs; without numbers where its unit is None, as they differ."""
    cells = [cell for row in rows if (cell := row.cells.get(name)) is not None]
    numbers = [] if unit is None else [cell.value for cell in cells]
    return summarize(numbers, (cell.status for cell in cells))


def middle(ordered: list[float]) -> float:
    """Median of ascending numbers; of huge or infinite ones without an overflow."""
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    if low == high:
        return low
    value = (low + high) / 2
    return value if math.isfinite(value) else low / 2 + high / 2


def absence(row: JobRow, metric: str | None) -> Absence:
    """Return why a job has no number for a metric, or for None no duration.

    Reads the disk for a job whose run left no readable metrics.
    """
    if not row.fetched and (metric is None or metric not in row.cells):
        return Absence.PENDING
    if not row.has_run:
        return Absence.NOT_RUN
    if metric is None:
        return Absence.NO_DURATION
    if row.verdict is None:
        return Absence.NO_METRICS if is_missing(row.path) else Absence.UNREADABLE
    return Absence.NO_VALUE if metric in row.cells else Absence.NO_METRIC


def job_status(row: JobRow) -> MetricStatus | None:
    """Return the verdict of a job; a run without readable metrics counts as FAIL_BLOCK.

    None for a job that has not run.
    """
    if row.verdict is None:
        return MetricStatus.FAIL_BLOCK if row.has_run else None
    return row.verdict
