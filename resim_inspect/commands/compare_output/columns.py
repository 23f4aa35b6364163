"""Several sides against one base as a table: a row a metric, a column a side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from resim_inspect.commands.compare_output import (
    OutputOptions,
    approximate_words,
    summary_words,
    unreadable_text,
)
from resim_inspect.commands.compare_output.paint import (
    painted_direction,
    painted_verdict,
    reading_cell,
)
from resim_inspect.commands.show_output.layout import BOLD, DIM, SgrPainter
from resim_inspect.comparison.cells import title
from resim_inspect.comparison.changes import Change, Comparison, Reading
from resim_inspect.comparison.directions import Direction
from resim_inspect.text import cell_width, clean, fit

MAX_LISTED = 200
"""Rows that are shown without `--top`."""
_CELL = 12, 22
_NAME = 14, 36


@dataclass
class _Row:
    """One metric, event, finding or job of one job, and its change on each side."""

    changes: dict[int, Change] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Cleaned name with job and event, which all sides have in common."""
        return title(next(iter(self.changes.values())))

    @property
    def direction(self) -> Direction:
        """Direction that matters most of all sides."""
        ways = (change.direction for change in self.changes.values())
        return min(ways, key=lambda way: way.rank)

    @property
    def base(self) -> Reading | None:
        """The reading of the base; None if it lacks the item."""
        return next((change.before for change in self.changes.values() if change.before), None)


def column_lines(
    comparisons: Sequence[Comparison], options: OutputOptions, painter: SgrPainter
) -> Iterator[str]:
    """Yield a header, one or several tables that fit the width, and the result of each side."""
    yield f"{painter.paint('base', DIM)}  {painter.paint(clean(comparisons[0].before), BOLD)}"
    for number, comparison in enumerate(comparisons):
        letter = column_name(number)
        yield f"{painter.paint(f'{letter:4}', DIM)}  {painter.paint(clean(comparison.after), BOLD)}"
        for error in comparison.errors:
            yield painter.paint(f"      ✗ {unreadable_text(error)}", "31")
    rows = [row for row in _rows(comparisons) if row.direction is not Direction.SAME]
    rows.sort(key=lambda row: row.direction.rank)
    shown = rows[: options.top or MAX_LISTED]
    if shown:
        widest = max(cell_width(row.title) for row in shown)
        cell = max(_CELL[0], min(_CELL[1], max(map(_value_width, shown))))
        name = max(_NAME[0], min(widest, _NAME[1], options.width - 2 * (cell + 2)))
        at_once = max(1, (options.width - 2 - name - cell - 2) // (cell + 2))
        for start in range(0, len(comparisons), at_once):
            yield ""
            sides = range(start, min(len(comparisons), start + at_once))
            yield from _table(shown, sides, (name, cell), painter)
    if len(shown) < len(rows):
        yield painter.paint(f"… {len(rows) - len(shown):,} more; --format json has them all", DIM)
    yield ""
    for number, comparison in enumerate(comparisons):
        words = painted_verdict(painter, comparison, options.fail_on)
        yield f"{column_name(number):4}  {words}  {summary_words(comparison)}"
        if comparison.approximate:
            yield f"      {approximate_words(comparison)}"


def column_name(number: int) -> str:
    """Name of a column: A to Z, then AA and so on."""
    name = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _rows(comparisons: Sequence[Comparison]) -> list[_Row]:
    rows: dict[tuple[str, str, str, str, int], _Row] = {}
    for side, comparison in enumerate(comparisons):
        repeats: dict[tuple[str, str, str, str], int] = {}
        for change in comparison.changes:
            what = change.job, change.type, change.name, change.event
            # Metrics of one name are told apart by their order.
            number = repeats[what] = repeats.get(what, 0) + 1
            rows.setdefault((*what, number), _Row()).changes[side] = change
    return list(rows.values())


def _value_width(row: _Row) -> int:
    """Cells that the longest value of a row takes, with a direction and a status before it."""
    readings = [row.base, *(change.after for change in row.changes.values())]
    return max(
        4 + cell_width(clean(reading.measured.text)) for reading in readings if reading is not None
    )


def _table(
    rows: Sequence[_Row], sides: Sequence[int], widths: tuple[int, int], painter: SgrPainter
) -> Iterator[str]:
    name, cell = widths
    heads = "".join(f"  {fit(column_name(side), cell)}" for side in sides)
    yield painter.paint(f"  {fit('name', name)}  {fit('base', cell)}{heads}", DIM)
    for row in rows:
        mark = painted_direction(painter, row.direction, row.direction.symbol)
        line = f"{mark} {painter.paint(fit(row.title, name), BOLD)}"
        line += f"  {reading_cell(painter, row.base, cell)}"
        for side in sides:
            line += f"  {_cell(row.changes.get(side), cell, painter)}"
        yield line


def _cell(change: Change | None, width: int, painter: SgrPainter) -> str:
    if change is None:
        return " " * width
    way = change.direction
    mark = painted_direction(painter, way, way.symbol)
    if way is Direction.SAME:
        return painted_direction(painter, way, fit("= same", width))
    if change.after is None:
        return f"{mark} {fit(way.value, width - 2)}"
    return f"{mark} {reading_cell(painter, change.after, width - 2)}"
