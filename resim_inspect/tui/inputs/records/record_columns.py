"""Columns of a table of records: names, widths from the rows seen so far, and which are in view."""

from __future__ import annotations

from collections.abc import Sequence

from resim_inspect.inputs.records.table_page import TablePage
from resim_inspect.text import cell_width

MIN_WIDTH, MAX_WIDTH = 3, 40
"""Cells of a column without the blanks behind it."""
MIN_CUT = 8
"""Cells that a column which does not fit has at least."""
GAP = 2
"""Blanks behind a column."""


class RecordColumns:
    """Layout of the columns, which grow as more rows are read."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.widths: list[int] = []
        self._numbers: list[bool | None] = []
        self.selected = 0
        """Column of the cursor."""
        self._first = 0
        """First column in view."""

    def learn(self, page: TablePage) -> None:
        """Take names, widths and alignment from a page."""
        for name in page.names[len(self.names) :]:
            self.widths.append(min(max(MIN_WIDTH, cell_width(name)), MAX_WIDTH))
            self._numbers.append(None)
        self.names = max(self.names, page.names, key=len)
        for column, seen in enumerate(page.seen):
            if seen.width > self.widths[column]:
                self.widths[column] = min(seen.width, MAX_WIDTH)
            if seen.numbers is not None and self._numbers[column] is not False:
                self._numbers[column] = seen.numbers

    def is_right(self, column: int) -> bool:
        """Return True for a column of numbers, which are aligned to the right."""
        return self._numbers[column] is True

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
        self._first = min(self._first, self.selected)
        used = sum(width + GAP for width in self.widths[self._first : self.selected + 1])
        while used - GAP > room and self._first < self.selected:
            used -= self.widths[self._first] + GAP
            self._first += 1
        shown: list[tuple[int, int]] = []
        for column in range(self._first, len(self.widths)):
            width = min(self.widths[column], room)
            if shown and width < min(self.widths[column], MIN_CUT):
                break
            shown.append((column, max(1, width)))
            room -= width + GAP
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
