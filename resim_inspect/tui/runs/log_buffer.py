"""The lines of a log that are kept in memory, and the rows that they take when they are wrapped."""

from __future__ import annotations

from itertools import islice

import numpy as np

from resim_inspect.text import cell_width, chop, size
from resim_inspect.tui.runs.log_tail import LogPiece

MAX_LINES = 50_000
"""Number of lines that are kept; earlier ones are dropped."""
MAX_CHARACTERS = 8_000_000
"""Number of characters that are kept."""


class LogBuffer:
    """The last lines of a log, and their rows: one each, or as many as a width makes them."""

    def __init__(self, *, max_lines: int = MAX_LINES, max_characters: int = MAX_CHARACTERS) -> None:
        self.lines: list[str] = []
        self._max_lines = max_lines
        self._max_characters = max_characters
        self._characters = 0
        self._has_unfinished = False
        self.has_dropped = False
        """True once lines at the start have been dropped to make room."""
        self._width = 0
        """Cells that lines are wrapped to; 0 if they are not."""
        self._ends = np.zeros(0, np.int64)
        """Number of rows up to and including each line."""

    def clear(self) -> None:
        """Drop all lines."""
        self.lines.clear()
        self._characters, self._has_unfinished, self.has_dropped = 0, False, False
        self._measure(0)

    def append(self, piece: LogPiece) -> int:
        """Append lines; return how many rows were dropped at the start to make room."""
        if piece.restarted:
            self.clear()
        if self._has_unfinished:
            self._characters -= len(self.lines.pop())
        first = len(self.lines)
        if piece.skipped:
            self.lines.append(f"… {size(piece.skipped)} of the log are not shown here …")
        self.lines += piece.lines
        self._has_unfinished = bool(piece.unfinished)
        if piece.unfinished:
            self.lines.append(piece.unfinished)
        self._characters += sum(map(len, islice(self.lines, first, None)))
        dropped = max(0, len(self.lines) - self._max_lines)
        self._characters -= sum(map(len, islice(self.lines, dropped)))
        while self._characters > self._max_characters and dropped < len(self.lines) - 1:
            self._characters -= len(self.lines[dropped])
            dropped += 1
        rows = self.row_of(min(dropped, len(self._ends))) if self._width else dropped
        self.has_dropped = self.has_dropped or dropped > 0
        del self.lines[:dropped]
        self._measure(max(0, first - dropped), dropped)
        return rows

    def wrap_to(self, width: int) -> None:
        """Wrap lines to a width in cells; 0 gives each line one row."""
        if width != self._width:
            self._width = width
            self._measure(0)

    def _measure(self, first: int, dropped: int = 0) -> None:
        """Count the rows of the lines from `first` on."""
        if not self._width:
            return
        width = self._width
        heights = [_height(line, width) for line in islice(self.lines, first, None)]
        before = self._ends[dropped : dropped + first]
        if dropped and len(before):
            before = before - self._ends[dropped - 1]
        new = np.cumsum(heights, dtype=np.int64) + (before[-1] if len(before) else 0)
        self._ends = np.concatenate([before, new])

    @property
    def rows(self) -> int:
        """Number of rows of all lines."""
        if not self._width:
            return len(self.lines)
        return int(self._ends[-1]) if len(self._ends) else 0

    def line_at(self, row: int) -> tuple[int, int]:
        """Return the line of a row, and which of its rows it is."""
        if not self._width:
            return row, 0
        line = int(np.searchsorted(self._ends, row, side="right"))
        return line, row - self.row_of(line)

    def row_of(self, line: int) -> int:
        """Return the first row of a line."""
        if not self._width or line <= 0:
            return max(0, line)
        return int(self._ends[line - 1])

    def rows_of(self, lines: list[int]) -> list[int]:
        """Return the first row of each of these lines."""
        if not self._width:
            return lines
        rows: list[int] = np.concatenate([[0], self._ends])[lines].tolist()
        return rows

    def part(self, line: int, part: int) -> str:
        """Return the text of one row of a line."""
        text = self.lines[line]
        if not self._width:
            return text
        if text.isascii():
            return text[part * self._width : (part + 1) * self._width]
        parts = chop(text, self._width)
        return parts[part] if part < len(parts) else ""


def _height(line: str, width: int) -> int:
    """Return how many rows a line takes."""
    cells = cell_width(line)
    if cells <= width:
        return 1
    # A wide character may leave the last cell of a row free.
    return -(-cells // width) if line.isascii() else len(chop(line, width))
