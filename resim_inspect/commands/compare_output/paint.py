"""Cells of the tables of changes: directions in colour, values with status, bars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from resim_inspect.commands.compare_output import delta_text
from resim_inspect.commands.show_output.layout import SgrPainter
from resim_inspect.comparison.changes import Change, Reading
from resim_inspect.comparison.directions import Direction
from resim_inspect.text import cell_width, clean, cut, fit

BLANK = " "
_SGR = {
    Direction.WORSE: "31",
    Direction.GONE: "35",
    Direction.CHANGED: "33",
    Direction.BETTER: "32",
    Direction.ADDED: "36",
    Direction.SAME: "90",
}
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEAST_NAME = 14
_VALUES = 12, 26
_DELTAS = 0, 16


class Layout(NamedTuple):
    """Widths of the columns of a table of changes."""

    name: int
    value: int
    """Of each side: one cell for the status, a blank and the value."""
    delta: int
    bar: int


def painted_direction(painter: SgrPainter, direction: Direction, text: str, *codes: str) -> str:
    """Return a text in the colour of a direction."""
    return painter.paint(text, *codes, _SGR[direction])


def layout(changes: Iterable[Change], width: int) -> Layout:
    """Choose the widths for some changes: all values in full where there is room."""
    names, values, deltas = _LEAST_NAME, _VALUES[0], _DELTAS[0]
    for change in changes:
        names = max(names, cell_width(clean(change.name)))
        for reading in (change.before, change.after):
            if reading is not None:
                values = max(values, 2 + cell_width(clean(reading.measured.text)))
        deltas = max(deltas, cell_width(delta_text(change)))
    bars = 0
    if deltas:
        deltas = min(max(deltas, len("difference")), _DELTAS[1])
        bars = 8 if width < 100 else 12
    values = min(values, _VALUES[1])
    # Between the columns are two cells, and before the first.
    room = width - 10 - deltas - bars
    if names + 2 * values > room:
        values = max(_VALUES[0], min(values, (room - min(names, room // 2)) // 2))
        names = max(_LEAST_NAME, room - 2 * values)
    return Layout(names, values, deltas, bars)


def reading_cell(painter: SgrPainter, reading: Reading | None, width: int) -> str:
    """Symbol of the status and the value, in exactly `width` cells."""
    if reading is None:
        return BLANK * width
    text = fit(clean(reading.measured.text), width - 2)
    if not reading.status:
        return f"  {text}"
    return f"{painter.status(reading.status, reading.status.symbol)} {text}"


def bar(share: float, width: int) -> str:
    """A bar for a share from 0 to 1, in eighths of a cell; something above 0 is visible."""
    eighths = round(share * 8 * width)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return cut("█" * full + (_EIGHTHS[rest] if rest else ""), width)
