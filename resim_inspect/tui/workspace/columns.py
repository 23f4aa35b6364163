"""Columns of the table of jobs: three fixed ones and one for each metric, all described as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resim_inspect.column_values import absence, job_status, summarize
from resim_inspect.job_rows import Cell, JobRow, common_units, metric_names
from resim_inspect.text import NOT_RUN, align_point, cell_width, clean, cut, decimals, fit
from resim_inspect.tui.widgets.column_table import CellFrame, Column, SortKey
from resim_inspect.tui.widgets.column_values import ABSENT, ColumnValues, duration_text, metric_key
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.workspace.metric_values import metric_values
from resim_inspect.tui.workspace.reference import ReferenceView

MIN_METRIC_WIDTH, MAX_METRIC_WIDTH = 10, 21
"""Cells of a metric's column, with its symbol and the blanks behind it."""
DIFFERENCE_WIDTH = 10
"""Cells that a column may be wider by with the difference from a reference."""
MEASURED_ROWS = 200
"""Number of jobs whose values determine the width and the decimals of a column."""


# The fixed columns.


def _name_key(row: JobRow) -> SortKey:
    return (0.0, 0.0, row.name)


def _paint_name(row: JobRow, frame: CellFrame) -> list[StyledText]:
    style = frame.styles.strong if frame.on_cursor else frame.styles.text
    return [(fit(clean(row.name, 200), frame.width - 1) + " ", style)]


def _note(row: JobRow) -> str:
    return clean(row.note, 200)


def _verdict_word(row: JobRow) -> str:
    if row.verdict is None:
        return "no metrics" if row.has_run else NOT_RUN
    return row.verdict.word


def _paint_verdict(row: JobRow, frame: CellFrame) -> list[StyledText]:
    status = job_status(row)
    style = frame.styles.quiet if status is None else frame.styles.of(status)
    text = verdict_label(row)
    return [(fit(text if status is not None else f"  {text}", frame.width), style)]


def verdict_label(row: JobRow) -> str:
    """Symbol and word of a job's verdict, as the column has them."""
    symbol = "E" if row.is_broken else "" if row.verdict is None else row.verdict.symbol
    return f"{symbol} {_verdict_word(row)}".strip()


def _verdict_key(row: JobRow) -> SortKey | None:
    if row.verdict is None:
        return (-1.0, 0.0, "") if row.has_run else None
    return (float(row.verdict.rank), 0.0, "")


def _duration(row: JobRow) -> str:
    return "" if row.seconds is None else duration_text(row.seconds)


def _paint_duration(row: JobRow, frame: CellFrame) -> list[StyledText]:
    text = cut(_duration(row), frame.width - 2)
    blanks = " " * (frame.width - 2 - cell_width(text))
    style = frame.styles.text
    return [(blanks, style), (text, style + frame.emphasis), ("  ", style)]


def _duration_described(row: JobRow) -> str:
    if row.seconds is None:
        return "Duration: no run is recorded" if not row.note else _note(row)
    return f"Duration of the last run: {_duration(row)}"


JOB = Column(
    "job",
    "job",
    "",
    11,
    _paint_name,
    lambda row: row.name,
    _note,
    _name_key,
    descending_first=False,
)
VERDICT = Column(
    "verdict",
    "verdict",
    "",
    16,
    _paint_verdict,
    _verdict_word,
    _note,
    _verdict_key,
    values=ColumnValues(
        number=lambda _row: None,
        status=job_status,
        number_text=str,
        label=verdict_label,
        absence=lambda _row: "",
    ),
)
DURATION = Column(
    "duration",
    "duration",
    "",
    11,
    _paint_duration,
    _duration,
    _duration_described,
    lambda row: None if row.seconds is None else (row.seconds, 0.0, ""),
    values=ColumnValues(
        number=lambda row: row.seconds,
        status=lambda _row: None,
        number_text=duration_text,
        label=_duration,
        absence=lambda row: absence(row, None),
        unit="s",
    ),
)

PINNED = (JOB, VERDICT)
"""The columns that stay in view while the others scroll."""
FIXED = (JOB, VERDICT, DURATION)
"""The columns that are not metrics, which a job without metrics has too."""


# The metrics.


def table_columns(
    rows: Sequence[JobRow], view: ReferenceView | None = None
) -> list[Column[JobRow]]:
    """The columns for these jobs: no duration where no run is recorded, then all metrics.

    With a view, the columns of metrics have the differences from a reference.
    """
    columns = list(PINNED)
    if any(row.seconds is not None for row in rows):
        columns.append(DURATION)
    units = common_units(rows)
    columns += [
        _metric_column(name, units.get(name, ""), rows, view) for name in metric_names(rows)
    ]
    return columns


def _metric_column(
    name: str, unit: str | None, rows: Sequence[JobRow], view: ReferenceView | None
) -> Column[JobRow]:
    """The column of a metric; `unit`: None where its values have several units."""
    measured = rows[:MEASURED_ROWS]

    def value(row: JobRow, cell: Cell) -> str:
        text = cell.full if unit is None else cell.text
        return text if view is None else view.text(row.name, name, cell, text, unit is None)

    values = metric_values(name, unit, rows, view)
    texts = [value(row, row.cells[name]) for row in measured if name in row.cells]
    # The median of an even number of values may have more decimals than any of them.
    numbers = [x for row in measured if (x := values.number(row)) is not None]
    if numbers and unit is not None:
        texts.append(values.number_text(summarize(numbers, ()).median or 0.0))
    fraction = max(map(decimals, texts), default=0)

    def paint(row: JobRow, frame: CellFrame) -> list[StyledText]:
        cell = row.cells.get(name)
        if cell is None:
            style = frame.styles.quiet + frame.emphasis
            return [(fit(f"  {ABSENT}", frame.width), style)]
        style = frame.styles.of(cell.status) + frame.emphasis
        text = align_point(value(row, cell), fraction)
        text = fit(text, frame.width - 4, right=True) + "  "
        return [
            (cell.status.symbol + " ", style),
            (text, style if cell.status.fails else frame.styles.text),
        ]

    def copied(row: JobRow) -> str:
        cell = row.cells.get(name)
        return cell.exact or cell.status.name if cell else ""

    def described(row: JobRow) -> str:
        cell = row.cells.get(name)
        if cell is None:
            return f"{clean(name, 80)}: this job does not have the metric"
        against = "" if view is None else view.described(row.name, name, cell)
        words = f"{clean(name, 80)} {cell.exact} {cell.status.symbol} {cell.status.name}"
        return f"{words}{against}"

    def sort_key(row: JobRow) -> SortKey | None:
        cell = row.cells.get(name)
        if cell is None:
            return None
        number = cell.value if view is None else view.number(row.name, name, cell)
        if number is None or number != number:
            return (0.0, float(cell.status.rank), "")
        return (1.0, number, "")

    unit_text = clean(unit or "", 8).strip()
    tail = cell_width(unit_text) + 3 if unit_text else 0
    differs = view is not None and view.has_differences
    title = f"Δ {name}" if differs else name
    most = MAX_METRIC_WIDTH + (DIFFERENCE_WIDTH if differs else 0)
    longest = min(cell_width(clean(title, 60)) + tail, MAX_METRIC_WIDTH - 3)
    aligned = max((cell_width(align_point(text, fraction)) for text in texts), default=0)
    width = min(max(longest + 3, aligned + 4, MIN_METRIC_WIDTH), most)
    return Column(
        metric_key(name),
        title,
        unit_text,
        width,
        paint,
        copied,
        described,
        sort_key,
        values=replace(values, fraction=fraction),
    )
