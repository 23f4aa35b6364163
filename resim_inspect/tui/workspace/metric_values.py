"""Numbers and statuses of the column of a metric, in the unit that most of its values have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from resim_inspect.column_values import Absence, absence
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition
from resim_inspect.job_rows import JobRow
from resim_inspect.text import DELTA_DIGITS, clean, number, signed
from resim_inspect.tui.widgets.column_values import ColumnValues
from resim_inspect.tui.workspace.reference import ReferenceView, Shown


def metric_values(
    name: str, unit: str | None, rows: Sequence[JobRow], view: ReferenceView | None
) -> ColumnValues[JobRow]:
    """The values of a metric, or their differences where the view shows nothing else.

    `unit`: None where the values have several units; those in the most frequent one count then.
    """
    differs = view is not None and view.shown is Shown.DIFFERENCES
    is_mixed = unit is None
    if unit is None:
        cells = (row.cells.get(name) for row in rows)
        units = Counter(cell.unit for cell in cells if cell is not None and cell.value is not None)
        unit = units.most_common(1)[0][0]
    shown_unit = unit

    def numeric(row: JobRow) -> float | None:
        cell = row.cells.get(name)
        if cell is None or cell.value is None or cell.unit != shown_unit:
            return None
        return cell.value if view is None else view.number(row.name, name, cell)

    def status(row: JobRow) -> MetricStatus | None:
        cell = row.cells.get(name)
        return None if cell is None else cell.status

    def label(row: JobRow) -> str:
        cell = row.cells.get(name)
        if cell is None:
            return absence(row, name)
        return f"{cell.status.symbol} {cell.status.name}"

    def reason(row: JobRow) -> str:
        cell = row.cells.get(name)
        if cell is None or cell.value is None:
            return absence(row, name)
        return Absence.OTHER_UNIT if cell.unit != shown_unit else Absence.NO_DIFFERENCE

    def limits(row: JobRow) -> FailureDefinition | None:
        cell = row.cells.get(name)
        # Limits are those of values, not of differences.
        return None if cell is None or differs else cell.limits

    def number_text(value: float) -> str:
        return signed(value, "", DELTA_DIGITS) if differs else number(value)

    return ColumnValues(
        number=numeric,
        status=status,
        number_text=number_text,
        label=label,
        absence=reason,
        unit=clean(shown_unit, 24),
        has_mixed_units=is_mixed,
        limits=limits,
        metric=name,
    )
