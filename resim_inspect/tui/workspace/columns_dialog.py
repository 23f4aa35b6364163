"""The list of a table's columns: found by letters, hidden, pinned and moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from resim_inspect.filtering.fuzzy import best
from resim_inspect.job_rows import JobRow
from resim_inspect.text import clean, count, fit
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.columns import COLUMN_LIST
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.column_table import Column
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import Dialog
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.workspace.column_layout import FIRST_PINNED, ColumnLayout
from resim_inspect.tui.workspace.jobs_table import JobsTable


class ColumnList(RowList):
    """The columns that match, in their order, the hidden ones too."""

    BINDINGS: ClassVar[list[BindingType]] = [*COLUMN_LIST]

    def __init__(self, table: JobsTable) -> None:
        super().__init__()
        self.table = table
        self.columns: list[Column[JobRow]] = []
        self.letters = ""

    @property
    def column(self) -> Column[JobRow] | None:
        """The column at the cursor."""
        return self.columns[self.cursor] if 0 <= self.cursor < len(self.columns) else None

    def show(self, key: str | None = None) -> None:
        """List the columns that match; the cursor goes to the one with this key."""
        arranged = self.table.column_layout.arranged(self.table.all_columns)
        if self.letters:
            names = [column.title.casefold() for column in arranged]
            matching = best(self.letters, names, range(len(names)), len(names))
            arranged = [arranged[position] for position in sorted(matching)]
        self.columns = arranged
        keys = [column.key for column in arranged]
        self.set_count(len(keys), keys.index(key) if key in keys else max(0, self.cursor))
        self.border_title = Text(self._title())

    def _title(self) -> str:
        columns, layout = self.table.all_columns, self.table.column_layout
        hidden = sum(column.key in layout.hidden for column in columns)
        words = count(len(columns), "column")
        return f"{words}, {hidden:,} hidden" if hidden else words

    def empty_text(self) -> str:
        return "no column has these letters in its name"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        column, layout = self.columns[row], self.table.column_layout
        is_hidden = column.key in layout.hidden
        pinned = layout.is_pinned(column.key)
        note = "always" if column.key == FIRST_PINNED[0] else "pinned" if pinned else ""
        unit = f" [{column.unit}]" if column.unit else ""
        return [
            ("▌" if row == self.cursor else " ", styles.accent),
            ("[ ] " if is_hidden else "[x] ", styles.accent),
            (
                fit(f"{clean(column.title, 200)}{unit}", width - 13) + " ",
                styles.quiet if is_hidden else styles.text,
            ),
            (fit(note, 7), styles.quiet),
        ]

    def copy_text(self, row: int) -> str:
        return self.columns[row].title

    def _arrange(self, layout: ColumnLayout) -> None:
        key = self.column.key if self.column is not None else None
        self.table.set_columns(layout)
        self.show(key)

    def action_flip(self) -> None:
        column, layout = self.column, self.table.column_layout
        if column is not None:
            self._arrange(layout.with_hidden(column.key, hide=column.key not in layout.hidden))

    def action_pin(self) -> None:
        column, layout = self.column, self.table.column_layout
        if column is not None:
            self._arrange(layout.with_pinned(column.key, pin=not layout.is_pinned(column.key)))

    def action_shift(self, by: int) -> None:
        column, layout = self.column, self.table.column_layout
        if column is not None:
            self._arrange(layout.with_moved(column.key, by, self.table.all_columns))

    def action_only(self) -> None:
        if self.column is not None:
            keys = [column.key for column in self.table.all_columns]
            self._arrange(self.table.column_layout.with_only(self.column.key, keys))

    def action_all(self) -> None:
        self._arrange(self.table.column_layout.with_all())

    def action_find(self) -> None:
        self.screen.query_one(Input).focus()


class ColumnsDialog(Dialog[str | None]):
    """The columns of a table; returns the key of the one to go to, None for Esc.

    It is in a corner and does not dim the screen, so that its effect on the table is visible. Its
    input covers the bottom bar, whose keys do not work while the dialog is open.
    """

    DEFAULT_CSS = """
    ColumnsDialog { align: right bottom; }
    ColumnsDialog > Vertical { width: 54; max-width: 96%; height: auto; }
    ColumnsDialog > Input, ColumnsDialog > Input:focus {
        dock: bottom; width: 100%; border: none; height: 1; background: $panel; padding: 0 1;
    }
    ColumnsDialog ColumnList {
        border: round $rule; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    ColumnsDialog ColumnList:focus { border: round $accent; }
    """

    def __init__(self, table: JobsTable) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        with VerticalBox():
            columns = ColumnList(self.table)
            names = ("flip", "pin", "up", "down", "all", "find")
            self.show_hints(columns, *(Hint(f"columns.{name}") for name in names))
            yield columns
        yield Input(placeholder="letters of a column's name")

    def on_resize(self) -> None:
        """Leave the upper part of the table in view."""
        rows = min(len(self.table.all_columns), self.size.height * 6 // 10 - 3)
        self.query_one(ColumnList).styles.height = rows + 2

    def on_mount(self) -> None:
        columns = self.query_one(ColumnList)
        columns.show(self.table.selected.key)
        columns.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        columns = self.query_one(ColumnList)
        columns.letters = message.value.strip()
        columns.show()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.query_one(ColumnList).focus()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        column = self.query_one(ColumnList).column
        self.dismiss(None if column is None else column.key)

    def action_close(self) -> None:
        columns, letters = self.query_one(ColumnList), self.query_one(Input)
        if letters.has_focus or columns.letters:
            letters.value = ""
            columns.focus()
        else:
            self.dismiss(None)
