"""Rows of a file as styled text, and as names and values in full."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from resim_inspect.inputs.records.rows import ParsedRecord
from resim_inspect.inputs.records.table_page import MAX_CELL, TableRow
from resim_inspect.inputs.terminal_text import displayed_line
from resim_inspect.text import clean, cut, fit
from resim_inspect.tui.inputs.preview_lines import json_pieces
from resim_inspect.tui.inputs.records.record_columns import GAP, RecordColumns
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.widgets.searchable_list import mark_matches
from resim_inspect.validation.findings import Severity

TEXT_STEP = 16
"""Characters that lines of text are shifted by."""


class RowPainter:
    """Layout of rows in columns, or of lines of text that are shifted sideways."""

    def __init__(
        self, columns: RecordColumns, *, is_text: bool = False, is_json: bool = False
    ) -> None:
        self.columns = columns
        self.is_text = is_text
        self._is_json = is_json
        self._shift = 0
        """Characters of a text that are out of view on the left."""
        self._gutter = 0

    def room(self, width: int) -> int:
        """Cells of a row behind its number."""
        return max(1, width - self._gutter)

    def shift(self, by: int) -> None:
        """Select a column beside the selected one, or shift the lines of a text."""
        if self.is_text:
            self._shift = max(0, self._shift + by * TEXT_STEP)
        else:
            self.columns.move(by)

    def gutter(
        self,
        row: int,
        rows: int,
        contents: TableRow | None,
        styles: ThemeStyles,
        *,
        on_cursor: bool,
    ) -> list[StyledText]:
        """Number of a row, with the mark of the cursor and that of a problem."""
        digits = len(f"{max(1, rows):,}")
        self._gutter = digits + 3
        problem = contents is not None and bool(contents.problem)
        return [
            ("▌" if on_cursor else " ", styles.accent),
            (fit(f"{row + 1:,}", digits, right=True), styles.quiet),
            ("! " if problem else "  ", styles.severity[Severity.WARNING]),
        ]

    def cells(
        self,
        contents: TableRow | None,
        width: int,
        styles: ThemeStyles,
        wanted: str,
        *,
        on_cursor: bool,
    ) -> list[StyledText]:
        """Cells of a row, in the room that its number leaves; nothing until it has been read."""
        room = self.room(width)
        if contents is None:
            return []
        if self.is_text:
            line = cut(displayed_line(contents.cells[0])[self._shift :], room)
            pieces = json_pieces(line, styles) if self._is_json else [(line, styles.text)]
            return list(mark_matches(pieces, wanted, styles.marks))
        if contents.raw:
            line = cut(clean(contents.cells[0]), room)
            return list(mark_matches([(line, styles.quiet)], wanted, styles.marks))
        pieces = []
        for column, cells in self.columns.in_view(room):
            cell = contents.cells[column] if column < len(contents.cells) else ""
            cell, style = clean(cell, MAX_CELL), styles.text
            if on_cursor and column == self.columns.selected:
                style += Style(underline=True, bold=True)
            text = fit(cell, cells, right=self.columns.is_right(column))
            pieces += [*mark_matches([(text, style)], wanted, styles.marks)]
            pieces.append((" " * GAP, styles.text))
        return pieces

    def heading(self, width: int, styles: ThemeStyles) -> list[StyledText]:
        """Names of the columns in view; the selected one stands out."""
        pieces: list[StyledText] = [(" " * self._gutter, styles.quiet)]
        for column, cells in self.columns.in_view(self.room(width)):
            style = styles.quiet
            if column == self.columns.selected:
                style = styles.accent + Style(bold=True)
            name = fit(self.columns.names[column], cells, right=self.columns.is_right(column))
            pieces += [(name, style), (" " * GAP, styles.quiet)]
        return pieces

    def cell_line(self, contents: TableRow) -> tuple[str, str]:
        """Name and text of the selected cell, for the line below the table."""
        column = self.columns.selected
        if contents.raw or column >= len(self.columns.names):
            return "", clean(contents.cells[0]) if contents.cells else ""
        cell = contents.cells[column] if column < len(contents.cells) else ""
        return self.columns.names[column], clean(cell)

    def copied(self, record: ParsedRecord) -> str:
        """The selected cell of a row, or a line of text, in full."""
        if self.is_text:
            return displayed_line(record.cells[0])
        if record.raw:
            return clean(record.cells[0])
        position = self._selected_in(record)
        return clean(record.cells[position]) if position < len(record.cells) else ""

    def details(self, row: int, record: ParsedRecord) -> tuple[str, list[tuple[str, str]], int]:
        """Title, names and values of a row in full, and which of them is the selected one."""
        if self.is_text:
            return f"Line {row + 1:,}", [("text", self.copied(record))], 0
        start = [("problem", record.problem)] if record.problem else []
        if record.raw:
            return f"Row {row + 1:,}", [*start, ("as it is", record.cells[0])], 0
        cells = self._named(record)
        current = min(self._selected_in(record), max(0, len(cells) - 1))
        return f"Row {row + 1:,}", [*start, *cells], len(start) + current

    def _selected_in(self, record: ParsedRecord) -> int:
        """Position of the selected cell in a record; past its end if it has none."""
        column = self.columns.selected
        if not record.names or column >= len(self.columns.names):
            return column
        names = [clean(name, MAX_CELL).strip() for name in record.names]
        wanted = self.columns.names[column]
        return names.index(wanted) if wanted in names else len(names)

    def _named(self, record: ParsedRecord) -> Sequence[tuple[str, str]]:
        """Cells of a row with the names of their columns."""
        names = record.names or self.columns.names
        return [
            (names[column] if column < len(names) else f"#{column + 1}", cell)
            for column, cell in enumerate(record.cells)
        ]
