"""Cells of the tables of changes: directions in colour, values with status, bars."""

from __future__ import annotations

from resim_inspect.commands.compare_output import verdict_words
from resim_inspect.commands.show_output.layout import SgrPainter
from resim_inspect.comparison.changes import Comparison, Reading
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.gate import gate_fails
from resim_inspect.text import clean, fit

BLANK = " "
_SGR = {
    Direction.WORSE: "31",
    Direction.GONE: "35",
    Direction.CHANGED: "33",
    Direction.BETTER: "32",
    Direction.ADDED: "36",
    Direction.SAME: "90",
}


def painted_direction(painter: SgrPainter, direction: Direction, text: str, *codes: str) -> str:
    """Return a text in the colour of a direction."""
    return painter.paint(text, *codes, _SGR[direction])


def painted_verdict(painter: SgrPainter, comparison: Comparison, fail_on: str) -> str:
    """Return the result of the gate in words, red if the comparison fails, else green."""
    color = "31" if gate_fails(comparison, fail_on) else "32"
    return painter.paint(verdict_words(comparison, fail_on), color)


def reading_cell(painter: SgrPainter, reading: Reading | None, width: int) -> str:
    """Symbol of the status and the value, in exactly `width` cells."""
    if reading is None:
        return BLANK * width
    text = fit(clean(reading.measured.text), width - 2)
    if not reading.status:
        return f"  {text}"
    return f"{painter.status(reading.status, reading.status.symbol)} {text}"
