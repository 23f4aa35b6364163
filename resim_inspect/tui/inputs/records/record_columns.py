"""Columns of a table of records: names, widths from the rows seen so far, and which are in view."""

from __future__ import annotations

from collections.abc import Sequence

from resim_inspect.inputs.records.record_format import is_number
from resim_inspect.inputs.records.table_page import MAX_CELL, TablePage, TableRow
from resim_inspect.text import cell_width, clean

MIN_WIDTH, MAX_WIDTH = 3, 40
"""Cells of a column without the blanks behind it."""
MIN_CUT = 8
"""Cells that a column which does not fit has at least."""
GAP = 2
"""Blanks behind a column."""


class RecordColumns:
    """Layout of the columns; the rows seen decide about those in view alone."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.selected = 0
        """Column of the cursor."""
        self._first = 0
        """First column in view."""
        self._rows: Sequence[TableRow] = ()
        """Rows of the last page."""
        self._widths: dict[int, int] = {}
        self._numbers: dict[int, bool] = {}
        self._measured: set[int] = set()
        """Columns that have been measured by these rows."""

    def learn(self, page: TablePage) -> None:
        """Take the names and the rows of a page."""
        self.names = max(self.names, page.names, key=len)
        self._rows = page.rows
        self._measured.clear()

    def width(self, column: int) -> int:
        """Return the cells of a column, as wide as its longest value seen so far."""
        if column not in self._measured:
            self._measure(column)
        return self._widths[column]

    def is_right(self, column: int) -> bool:
        """Return True for a column of numbers, which are aligned to the right."""
        if column not in self._measured:
            self._measure(column)
        return self._numbers.get(column, False)

    def _measure(self, column: int) -> None:
        self._measured.add(column)
        longest = max(MIN_WIDTH, cell_width(self.names[column]), self._widths.get(column, 0))
        for row in self._rows:
            cell = row.cells[column] if not row.raw and column < len(row.cells) else ""
            if cell:
                longest = max(longest, cell_width(clean(cell, MAX_CELL)))
                if self._numbers.get(column, True) and cell.strip():
                    self._numbers[column] = is_number(cell)
        self._widths[column] = min(longest, MAX_WIDTH)

    def move(self, by: int) -> None:
        """Select a column beside the selected one."""
        self.select(self.selected + by)

    def select(self, column: int) -> None:
        """Select a column, or the nearest one that there is."""
        self.selected = min(max(0, column), max(0, len(self.names) - 1))

    def in_view(self, room: int) -> list[tuple[int, int]]:
        """Return the columns in view and their widths, the selected one among them.

        The last one may have less than its width.
        """
        if not self.names:
            return []
        # From the selected column to the left, as far as there is room.
        first, used = self.selected, -GAP
        while first >= min(self._first, self.selected):
            used += self.width(first) + GAP
            if used > room and first < self.selected:
                break
            first -= 1
        self._first = first + 1
        shown: list[tuple[int, int]] = []
        for column in range(self._first, len(self.names)):
            width = min(self.width(column), room)
            if shown and width < min(self.width(column), MIN_CUT):
                break
            shown.append((column, max(1, width)))
            room -= width + GAP
        # No room stays empty on the right while columns on the left are out of view.
        while self._first and room >= self.width(self._first - 1) + GAP:
            self._first -= 1
            shown.insert(0, (self._first, self.width(self._first)))
            room -= self.width(self._first) + GAP
        return shown

    def overflow(self, room: int) -> tuple[int, int]:
        """Number of columns to the left and to the right of those in view."""
        shown = self.in_view(room)
        last = shown[-1][0] if shown else -1
        return self._first, len(self.names) - 1 - last

    def select_match(self, cells: Sequence[str], wanted: str) -> None:
        """Select the first column whose cell has a text, unless the selected one has it."""
        matching = [column for column, cell in enumerate(cells) if wanted in cell.casefold()]
        if matching and self.selected not in matching:
            self.select(matching[0])
