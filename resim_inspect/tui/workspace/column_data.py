"""The data of a column's chart: its jobs with numbers in order, and why the others have none."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from resim_inspect.charts.model.job_column import JobColumn
from resim_inspect.document.enums import MetricStatus
from resim_inspect.job_rows import JobRow
from resim_inspect.tui.widgets.column_values import ColumnValues


class ColumnData(NamedTuple):
    """A column as a chart draws it."""

    column: JobColumn
    rows: tuple[JobRow, ...]
    """The jobs with a number, in the order of the chart."""


def column_data(
    title: str,
    values: ColumnValues[JobRow],
    rows: Sequence[JobRow],
    descending: bool | None = None,
) -> ColumnData:
    """Sort the jobs that have a number, NaN last, and count the reasons of the others.

    `descending`: None sorts the largest first, or the smallest if only small values fail.
    """
    numbered = [(number, row) for row in rows if (number := values.number(row)) is not None]
    missing = Counter(values.absence(row) for row in rows if values.number(row) is None)
    definitions = [limits for _, row in numbered if (limits := values.limits(row)) is not None]
    if descending is None:
        above = any(definition.fails_above is not None for definition in definitions)
        descending = above or all(definition.fails_below is None for definition in definitions)
    sign = -1 if descending else 1
    numbered.sort(key=lambda pair: (math.isnan(pair[0]), sign * pair[0]))
    column = JobColumn(
        title,
        values.unit,
        tuple(row.name for _, row in numbered),
        tuple(number for number, _ in numbered),
        tuple(values.status(row) or MetricStatus.UNSET for _, row in numbered),
        tuple(definitions),
        tuple(missing.most_common()),
    )
    return ColumnData(column, tuple(row for _, row in numbered))
