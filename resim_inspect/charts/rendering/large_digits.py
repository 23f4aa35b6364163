"""Numbers in digits that are several rows tall, made of block characters."""

from __future__ import annotations

from collections.abc import Iterator

from resim_inspect.charts.model.style import Style
from resim_inspect.charts.rendering.cells import Grid

ROWS = 5
"""Dots from the top to the foot of a digit."""
_GLYPHS = {
    "0": "111 101 101 101 111",
    "1": "010 110 010 010 111",
    "2": "111 001 111 100 111",
    "3": "111 001 111 001 111",
    "4": "101 101 111 001 001",
    "5": "111 100 111 001 111",
    "6": "111 100 111 101 111",
    "7": "111 001 001 001 001",
    "8": "111 101 111 101 111",
    "9": "111 101 111 001 111",
    ".": "0 0 0 0 1",
    ",": "00 00 00 01 10",
    "-": "000 000 111 000 000",
    "e": "000 010 101 110 011",
    "N": "1001 1101 1111 1011 1001",
    "a": "000 110 001 111 111",
    "∞": "0000000 0110110 1001001 0110110 0000000",
}
"""The dots of each character, row by row."""


def columns(text: str) -> int | None:
    """Dots that a number takes side by side; None if it has characters without large forms."""
    if not text or any(char not in _GLYPHS for char in text):
        return None
    return sum(_GLYPHS[char].index(" ") + 1 for char in text) - 1


def paint(grid: Grid, x: int, y: int, text: str, scale: int, style: Style) -> None:
    """Paint a number that `columns` can measure.

    `scale` is the number of rows of a dot, which is two columns wide for each; of 0, dots are one
    column wide and half a row tall, three rows in all.
    """
    dots = frozenset(_dots(text))
    for column, row in dots:
        if scale:
            for below in range(scale):
                grid.put(x + 2 * scale * column, y + scale * row + below, "██" * scale, style)
            continue
        both = (column, row + (-1 if row % 2 else 1)) in dots
        grid.put(x + column, y + row // 2, "█" if both else "▄" if row % 2 else "▀", style)


def _dots(text: str) -> Iterator[tuple[int, int]]:
    """Column and row of each dot of a number."""
    left = 0
    for char in text:
        rows = _GLYPHS[char].split()
        for row, dots in enumerate(rows):
            for column, dot in enumerate(dots):
                if dot == "1":
                    yield left + column, row
        left += len(rows[0]) + 1
