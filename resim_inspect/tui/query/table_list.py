"""The tables that a query can read, with their columns and types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resim_inspect.text import clean, count, cut
from resim_inspect.tui.query.database import TableInfo
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText

_SHARED = ("job_id", "batch_id", "project_id", "build_version", "run_counter", "experience_name")
"""Columns that the server adds to each topic, listed once."""


class _Line(NamedTuple):
    table: TableInfo | None
    """None for what every topic has."""
    column: tuple[str, str] | None


class TableList(RowList):
    """Tables, each followed by its columns; choosing a row puts its name into the query."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_Line] = []
        self._hint = "reading the emissions…"

    def show(self, tables: Sequence[TableInfo], hint: str = "no tables") -> None:
        """Show these tables, those of the server last."""
        self._hint = hint
        topics = [table for table in tables if not table.is_builtin]
        lines = [
            _Line(table, column)
            for table in topics
            for column in (None, *(column for column in table.columns if column[0] not in _SHARED))
        ]
        shared = [
            column for column in (topics[0].columns if topics else ()) if column[0] in _SHARED
        ]
        lines += [_Line(None, column) for column in (None, *shared) if shared]
        lines += [
            _Line(table, column)
            for table in tables
            if table.is_builtin
            for column in (None, *table.columns)
        ]
        self._lines = lines
        self.set_count(len(lines))

    def selectable(self, row: int) -> bool:
        return super().selectable(row) and self._lines[row] != _Line(None, None)

    def empty_text(self) -> str:
        return self._hint

    def name_at(self, row: int) -> str:
        """Name of the table or column of a row, in quotes if SQL needs them."""
        line = self._lines[row]
        name = line.column[0] if line.column is not None else line.table.name if line.table else ""
        if name.isascii() and name.isidentifier():
            return name
        return '"' + name.replace('"', '""') + '"'

    def copy_text(self, row: int) -> str:
        return self.name_at(row)

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> list[StyledText]:
        line = self._lines[row]
        if line.table is None and line.column is None:
            return [(" every topic has", styles.quiet)]
        if line.table is not None and line.column is None:
            note = "server" if line.table.is_builtin else count(line.table.rows, "row")
            name = cut(clean(line.table.name, 80), max(4, width - len(note) - 3))
            return [(f" {name}", styles.strong), (f"  {note}", styles.quiet)]
        assert line.column is not None
        name, type_ = line.column
        short = cut(clean(name, 80), max(4, width - len(type_) - 5))
        return [(f"   {short}", styles.text), (f"  {type_.lower()}", styles.quiet)]
