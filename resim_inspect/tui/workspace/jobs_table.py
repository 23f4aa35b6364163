"""The table of a workspace: a row for each job, a column for each metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import BindingType

from resim_inspect.job_rows import JobRow
from resim_inspect.text import clean, fit
from resim_inspect.tui import keymap
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.workspace.columns import (
    FIXED,
    JOB,
    PINNED,
    CellFrame,
    Column,
    select_rows,
    table_columns,
)

if TYPE_CHECKING:
    from resim_inspect.charts.build.job_values import JobValues


class JobsTable(RowList):
    """Jobs × metrics, sorted and filtered."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.JOBS]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[JobRow] = []
        self.shown: list[JobRow] = []
        self.columns: list[Column] = list(PINNED)
        self.query_text = ""
        self.query_error = ""
        self._matches: Callable[[JobRow], bool] | None = None
        self.only_failing = False
        self.column = 0
        """Index of the selected column."""
        self.sort: Column = JOB
        self.descending = False
        self._first = len(PINNED)
        """Index of the first column in view among those that scroll."""

    @property
    def job(self) -> JobRow | None:
        """Row of the job at the cursor."""
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    @property
    def selected(self) -> Column:
        """The selected column."""
        return self.columns[self.column]

    @property
    def cell(self) -> str:
        """The selected cell in full: `Max speed 44.7 m/s ✗ FAIL_BLOCK`."""
        return "" if self.job is None else self.selected.described(self.job)

    def show(self, rows: list[JobRow]) -> None:
        """Show these rows; called again when more are read, or some again."""
        selected, sorted_by = self.selected.key, self.sort.key
        self.rows = rows
        self.columns = table_columns(rows)
        keys = [column.key for column in self.columns]
        self.column = keys.index(selected) if selected in keys else min(self.column, len(keys) - 1)
        if sorted_by in keys:
            self.sort = self.columns[keys.index(sorted_by)]
        self.order_rows()

    def order_rows(self) -> None:
        """Filter and sort again; the cursor stays on its job."""
        job = self.job
        self._compile()
        self.shown = select_rows(
            self.rows,
            matches=self._matches,
            failing=self.only_failing,
            sort=self.sort,
            descending=self.descending,
        )
        row = next((i for i, r in enumerate(self.shown) if job and r.name == job.name), None)
        self.set_count(len(self.shown), max(0, self.cursor) if row is None else row)

    def set_query(self, text: str) -> None:
        """Filter; one that cannot be parsed leaves the table as it is and sets `query_error`."""
        self.query_text = text
        self.order_rows()

    def _compile(self) -> None:
        # Each time: the names of metrics are those of the rows that have been read.
        self.query_error = ""
        if not self.query_text:
            self._matches = None
            return
        from resim_inspect.filtering.jobs import JobFields
        from resim_inspect.filtering.query import checked_query

        test, self.query_error = checked_query(self.query_text, JobFields(self.rows))
        if not self.query_error:
            self._matches = test

    def go_to(self, name: str) -> None:
        """Move the cursor to the job of this name, if it is shown."""
        row = next((i for i, r in enumerate(self.shown) if r.name == name), None)
        if row is not None:
            self.cursor = row

    def job_values(self, path: Path, name: str) -> JobValues | None:
        """Return the values of a metric in the jobs that have it, in the order of their names.

        None if the metrics file at `path` belongs to none of the jobs.
        """
        from resim_inspect.charts.build.job_values import JobValue, JobValues

        rows = sorted(self.rows, key=lambda row: row.name)
        current = next((row.name for row in rows if row.path == path), None)
        if current is None:
            return None
        cells = [(row.name, row.cells[name]) for row in rows if name in row.cells]
        values = (JobValue(job, cell.value, cell.status) for job, cell in cells)
        return JobValues(current, tuple(values))

    def empty_text(self) -> str:
        return "no job matches" if self.rows else "no jobs yet"

    def copy_text(self, row: int) -> str:
        return self.selected.copied(self.shown[row])

    # Layout. The first cell marks the row of the cursor; the pinned columns and those that
    # scroll follow.

    def _width(self, column: Column, width: int) -> int:
        """Return the cells of a column; that of the names depends on the table's width."""
        if column is not JOB:
            return column.width
        longest = max((len(row.name) for row in self.shown[:200]), default=8)
        return min(max(10, longest), max(10, width // 3)) + 1

    def _in_view(self, width: int) -> list[Column]:
        """Return the scrolling columns in view, scrolled so that the selected one is among them."""
        pinned = len(PINNED)
        room = width - 2 - sum(self._width(column, width) for column in PINNED)
        self._first = max(pinned, min(self._first, self.column))
        # Fill the room on the right while columns on the left are out of view.
        while self._first > pinned and self._cells_from(self._first - 1) <= room:
            self._first -= 1
        while True:
            end = self._first
            used = 0
            while end < len(self.columns) and (
                end == self._first or used + self.columns[end].width <= room
            ):
                used += self.columns[end].width
                end += 1
            if self.column < end or end == self._first:
                return self.columns[self._first : end]
            self._first += 1

    def _cells_from(self, index: int) -> int:
        return sum(column.width for column in self.columns[index:])

    def outside(self, width: int) -> tuple[int, int]:
        """Count the columns to the left and to the right of those in view."""
        in_view = len(self._in_view(width))
        left = self._first - len(PINNED)
        return left, len(self.columns) - len(PINNED) - left - in_view

    def on_resize(self) -> None:
        # The number of columns in view, which is shown outside this widget, may have changed.
        self.post_message(self.Moved(self, self.cursor))

    # Painting.

    def heading(self, width: int, styles: ThemeStyles) -> list[StyledText]:
        """Paint the titles; the selected column stands out, the sorted one has an arrow."""
        arrow = "▼" if self.descending else "▲"
        pieces: list[StyledText] = [(" ", styles.quiet)]
        for column in (*PINNED, *self._in_view(width)):
            selected = column is self.selected
            style = styles.accent + Style(bold=True) if selected else styles.quiet
            mark = arrow if column is self.sort else ""
            pieces.append(column.heading(self._width(column, width), style, mark))
        return pieces

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        job = self.shown[row]
        on_cursor = row == self.cursor
        mark = "▌" if on_cursor else " " if job.fetched else "↓"
        pieces: list[StyledText] = [(mark, styles.accent)]
        used = 1
        for column in (*PINNED, *self._in_view(width)):
            if not job.fetched and not job.cells and column is not JOB:
                pieces.append(("… pending", styles.quiet))
                break
            if job.verdict is None and column not in FIXED:
                pieces.append((fit(clean(job.note, 300), width - used), styles.quiet))
                break
            size = self._width(column, width)
            selected = on_cursor and column is self.selected
            pieces += column.paint(job, CellFrame(styles, size, on_cursor, selected))
            used += size
        else:
            if job.verdict is None:
                pieces.append((fit(clean(job.note, 300), max(0, width - used)), styles.quiet))
        return pieces

    def action_column(self, by: int) -> None:
        self.column = min(max(0, self.column + by), len(self.columns) - 1)
        self.refresh()
        self.post_message(self.Moved(self, self.cursor))

    def action_sort(self) -> None:
        if self.selected.key == self.sort.key:
            self.descending = not self.descending
        else:
            self.sort, self.descending = self.selected, self.selected.descending_first
        self.order_rows()
        self.cursor = 0 if self.shown else -1

    def action_failing(self) -> None:
        self.only_failing = not self.only_failing
        self.order_rows()
