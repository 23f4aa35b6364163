"""Columns of the table of compared jobs: the change, the verdicts, and one for each metric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from resim_inspect.comparison import Direction
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import (
    align_point,
    cell_width,
    clean,
    decimals,
    fit,
    full_number,
    with_unit,
)
from resim_inspect.tui.comparison.change_list import direction_style
from resim_inspect.tui.comparison.jobs.rows import ChangeCell, ComparedRow
from resim_inspect.tui.widgets.column_table import CellFrame, Column, SortKey
from resim_inspect.tui.widgets.column_values import ABSENT, metric_key
from resim_inspect.tui.widgets.row_list import StyledText

MEASURED_ROWS = 50
"""Number of jobs whose differences determine the width and the decimals of a column."""
MIN_WIDTH, MAX_WIDTH = 12, 24
"""Cells of a metric's column."""
STATUSES = 4
"""Cells of a change of status, with a blank before."""
_ONE_SIDED = {Direction.GONE: "gone", Direction.ADDED: "added"}


def _paint_name(row: ComparedRow, frame: CellFrame) -> list[StyledText]:
    style = frame.styles.strong if frame.on_cursor else frame.styles.text
    return [(fit(clean(row.name, 200), frame.width - 1) + " ", style)]


def change_words(row: ComparedRow) -> str:
    """The direction of a job in words: `3 worse`, `gone`, `no metrics`, `same`."""
    if row.direction in _ONE_SIDED and None in row.paths:
        return _ONE_SIDED[row.direction]
    if row.is_not_compared:
        return "unreadable" if None in row.verdicts else "not compared"
    number = row.counts.get(row.direction, 0)
    return f"{number:,} {row.direction.value}" if number else row.direction.value


def _paint_change(row: ComparedRow, frame: CellFrame) -> list[StyledText]:
    text = fit(f"{row.direction.symbol} {change_words(row)}", frame.width - 1) + " "
    return [(text, direction_style(frame.styles, row.direction))]


def _describe_change(row: ComparedRow) -> str:
    if row.note:
        return clean(row.note, 300)
    counts = [f"{way.symbol} {n:,} {way.value}" for way, n in row.counts.items() if n]
    return f"{clean(row.name, 80)}: {' · '.join(counts) or 'nothing to compare'}"


def _change_key(row: ComparedRow) -> SortKey:
    """The worst first: jobs with a worse verdict, then by the number of what got worse."""
    before, after = row.verdicts
    failing = (
        before is not None
        and after is not None
        and after is not before
        and after.fails
        and row.direction is Direction.WORSE
    )
    weight = 2 * row.is_not_compared + failing
    number = 1_000_000 * weight + row.counts.get(row.direction, 0)
    return (row.direction.rank, -float(number), row.name)


def _verdict_word(verdict: MetricStatus | None) -> str:
    if verdict is None:
        return "no metrics"
    return verdict.word


def _paint_verdicts(row: ComparedRow, frame: CellFrame) -> list[StyledText]:
    pieces: list[StyledText] = []
    for side, verdict in enumerate(row.verdicts):
        if side:
            pieces.append((" → ", frame.styles.quiet))
        if row.paths[side] is None:
            pieces.append((" ", frame.styles.text))
        else:
            status = MetricStatus.FAIL_BLOCK if verdict is None else verdict
            symbol = "E" if verdict is None else verdict.symbol
            pieces.append((symbol, frame.styles.of(status) + frame.emphasis))
    pieces.append((" " * (frame.width - 5), frame.styles.text))
    return pieces


def _describe_verdicts(row: ComparedRow) -> str:
    words = [
        "no job" if path is None else _verdict_word(verdict)
        for path, verdict in zip(row.paths, row.verdicts, strict=True)
    ]
    return f"verdict {words[0]} → {words[1]}"


def _verdict_key(row: ComparedRow) -> SortKey:
    verdict = row.verdict
    return (-1.0 if verdict is None else float(verdict.rank), 0.0, row.name)


JOB: Column[ComparedRow] = Column(
    "job",
    "job",
    "",
    11,
    _paint_name,
    lambda row: row.name,
    _describe_change,
    lambda row: (0.0, 0.0, row.name),
    descending_first=False,
)
CHANGE: Column[ComparedRow] = Column(
    "change",
    "change",
    "",
    14,
    _paint_change,
    lambda row: f"{row.direction.value}: {change_words(row)}",
    _describe_change,
    _change_key,
    descending_first=False,
)
VERDICTS: Column[ComparedRow] = Column(
    "verdict", "verdict", "", 10, _paint_verdicts, _describe_verdicts, _describe_verdicts,
    _verdict_key, descending_first=False,
)  # fmt: skip
PINNED = (JOB, CHANGE)
"""The columns that stay in view while the others scroll."""


class MetricOrder:
    """Order of the columns: the metrics that got worse in most jobs first.

    Rows are counted once, however often the columns are asked for while rows are added.
    """

    def __init__(self) -> None:
        self._worse: Counter[str] = Counter()
        self._differing: Counter[str] = Counter()
        self._names: dict[str, None] = {}
        self.valued: dict[str, None] = {}
        """Names of the metrics that have a difference in any job."""
        self._counted = 0

    def names(self, rows: Sequence[ComparedRow]) -> list[str]:
        """Return the names of the metrics; `rows` are those of the last call and more."""
        for row in rows[self._counted :]:
            for name, cell in row.cells.items():
                self._names[name] = None
                way = cell.change.direction
                if way is not Direction.SAME:
                    if cell.value is not None:
                        self.valued[name] = None
                    self._differing[name] += 1
                    self._worse[name] += way is Direction.WORSE
        self._counted = len(rows)
        return sorted(self._names, key=lambda name: (-self._worse[name], -self._differing[name]))


def compared_columns(
    rows: Sequence[ComparedRow], names: Sequence[str]
) -> list[Column[ComparedRow]]:
    """The columns for these jobs, with those of metrics in the order of `names`."""
    measured = rows[:MEASURED_ROWS]
    return [*PINNED, VERDICTS, *(_metric_column(name, measured) for name in names)]


def _metric_column(name: str, measured: Sequence[ComparedRow]) -> Column[ComparedRow]:
    cells = [row.cells[name] for row in measured if name in row.cells]
    units = {cell.unit for cell in cells if cell.text}
    unit = next(iter(units)) if len(units) == 1 else ""
    with_units = len(units) > 1
    statuses = STATUSES if any(cell.change.status_changed for cell in cells) else 0

    def number(cell: ChangeCell) -> str:
        return with_unit(cell.text, cell.unit) if with_units and cell.text else cell.text

    texts = [number(cell) for cell in cells]
    fraction = max(map(decimals, texts), default=0)

    def paint(row: ComparedRow, frame: CellFrame) -> list[StyledText]:
        cell = row.cells.get(name)
        if cell is None:
            return [(fit(f"  {ABSENT}", frame.width), frame.styles.quiet + frame.emphasis)]
        way = cell.change.direction
        style = direction_style(frame.styles, way) + frame.emphasis
        room = frame.width - 4 - statuses
        if cell.text:
            text = fit(align_point(number(cell), fraction), room, right=True)
        else:
            text = fit("" if way is Direction.SAME else way.value, room)
        marks = " " + cell.statuses if statuses and cell.statuses else ""
        quiet = way in (Direction.SAME, Direction.CHANGED)
        ink = frame.styles.text + frame.emphasis if quiet else style
        return [(way.symbol + " ", style), (text, ink), (fit(marks, statuses) + "  ", style)]

    def described(row: ComparedRow) -> str:
        cell = row.cells.get(name)
        title = clean(name, 80)
        if row.note:
            return _describe_change(row)
        if cell is None:
            return f"{title}: neither side of this job has the metric"
        change = cell.change
        reason = clean(change.why[0], 120) if change.why else ""
        why = f" ({reason})" if reason and reason not in change.words else ""
        words = "" if change.direction is Direction.SAME else f": {change.words}{why}"
        return f"{title} {change.direction.symbol} {change.direction.value}{words}"

    def copied(row: ComparedRow) -> str:
        cell = row.cells.get(name)
        if cell is None or cell.value is None:
            return described(row)
        return with_unit(full_number(cell.value), cell.unit)

    def sort_key(row: ComparedRow) -> SortKey | None:
        cell = row.cells.get(name)
        if cell is None:
            return None
        return (cell.change.direction.rank, -cell.change.relative, row.name)

    unit_text = clean(unit, 8).strip()
    tail = cell_width(unit_text) + 3 if unit_text else 0
    longest = min(cell_width(clean(name, 60)) + tail, MAX_WIDTH - 3)
    aligned = max((cell_width(align_point(text, fraction)) for text in texts), default=0)
    wide = max(longest + 3, aligned + 4 + statuses, MIN_WIDTH + statuses)
    return Column(
        metric_key(name),
        name,
        unit_text,
        min(wide, MAX_WIDTH),
        paint,
        copied,
        described,
        sort_key,
        descending_first=False,
    )
