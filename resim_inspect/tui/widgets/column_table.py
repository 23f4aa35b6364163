"""A table of rows under columns, described as data: sorted, filtered, scrolled sideways."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar

from rich.style import Style
from textual.binding import BindingType

from resim_inspect.text import cell_width, clean, fit
from resim_inspect.tui.keys.workspace import TABLE
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.column_values import ColumnValues
from resim_inspect.tui.widgets.row_list import RowList, StyledText

if TYPE_CHECKING:
    from resim_inspect.filtering.query import Test

R = TypeVar("R")
MIN_THROTTLED = 0.02
"""Seconds of building a table from which on it is not built for each message with rows."""
MIN_HELD = 2
"""Number of pinned columns that stay in view in any width."""
MIN_SCROLLING = 12
"""Cells for the scrolling columns that pinned ones must leave, or they scroll, too."""
MAX_BUILD_SHARE = 0.1
"""Largest share of the time for building such a table while rows come in."""
SortKey = tuple[float, float, str]


class CellFrame(NamedTuple):
    """The surroundings of a cell when it is painted."""

    styles: ThemeStyles
    width: int
    """Terminal cells to fill."""
    on_cursor: bool
    """True in the row of the cursor."""
    selected: bool
    """True in the row of the cursor and the selected column."""

    @property
    def emphasis(self) -> Style:
        """Style to add to that of the value."""
        return Style(underline=True, bold=True) if self.selected else Style()


@dataclass(frozen=True, eq=False)
class Column(Generic[R]):
    """A column of the table; all functions take a row."""

    key: str
    """Identity of the column while rows come and go."""
    title: str
    unit: str
    """Unit behind the title, where all values have the same one."""
    width: int
    """Cells, with the blank behind it."""
    paint: Callable[[R, CellFrame], list[StyledText]]
    """Paint a cell, exactly as wide as its frame."""
    copied: Callable[[R], str]
    """Text that is copied from a cell."""
    described: Callable[[R], str]
    """The cell in full, for the line below the table."""
    sort_key: Callable[[R], SortKey | None]
    """Sort key of a row; None for rows without a value, which stand last in either order."""
    descending_first: bool = True
    """True if the largest values come first when the table is first sorted by this column."""
    values: ColumnValues[R] | None = None
    """Numbers and statuses for a summary and a chart; None for a column without these."""

    def heading(self, width: int, style: Style, arrow: str) -> StyledText:
        """The title in that many cells, with an arrow if the table is sorted by this column."""
        tail = f" [{self.unit}]" if self.unit else ""
        title = clean(self.title, 60)
        room = width - 2 - cell_width(tail) - len(arrow)
        if cell_width(title) > room:
            title = fit(title, room)
        return (fit(f"{title}{tail}{arrow}", width - 1) + " ", style)


class ColumnTable(RowList, Generic[R]):
    """Rows under columns that scroll sideways beside pinned ones, sorted and filtered."""

    BINDINGS: ClassVar[list[BindingType]] = [*TABLE]
    ARROWS = "▲", "▼"
    """Marks of the sorted column, ascending and descending."""

    def __init__(self, pinned: Sequence[Column[R]]) -> None:
        """`pinned`: the columns that stay in view, that of the names first."""
        super().__init__()
        self.pinned = pinned
        self.rows: list[R] = []
        self.shown: list[R] = []
        self.columns: list[Column[R]] = list(pinned)
        self.query_text = ""
        self.query_error = ""
        self._matches: Callable[[R], bool] | None = None
        self.column = 0
        """Index of the selected column."""
        self.sort: Column[R] = pinned[0]
        self.wanted_sort = ""
        """Key of a column to sort by as soon as it is there."""
        self.descending = False
        self._first = len(pinned)
        """Index of the first column in view among those that scroll."""
        self._built_at = 0.0
        self._seconds = 0.0
        """Time that building the columns and sorting took last."""
        self._is_waiting = False

    # For subclasses.

    def columns_of(self, rows: list[R]) -> list[Column[R]]:
        """Return all columns for these rows, the pinned ones first."""
        raise NotImplementedError

    def sortable_columns(self) -> Sequence[Column[R]]:
        """Return the columns that the table can be sorted by, some of which may be hidden."""
        return self.columns

    def name_of(self, row: R) -> str:
        """Name of a row, which no other row has."""
        raise NotImplementedError

    def is_kept(self, row: R) -> bool:  # noqa: ARG002
        """Return True for rows that are shown if they match the filter."""
        return True

    def compile_filter(self) -> tuple[Test[R] | None, str]:
        """Compile the filter for the rows; also return its problem, empty for none."""
        raise NotImplementedError

    # Rows.

    @property
    def row(self) -> R | None:
        """The row at the cursor."""
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    @property
    def selected(self) -> Column[R]:
        """The selected column."""
        return self.columns[self.column]

    @property
    def cell(self) -> str:
        """The selected cell in full: `Max speed 44.7 m/s ✗ FAIL_BLOCK`."""
        return "" if self.row is None else self.selected.described(self.row)

    def show(self, rows: list[R]) -> None:
        """Show these rows; called again when more are read, or some again.

        A table that takes long to build follows a moment later: keys come first.
        """
        self.rows = rows
        wait = self._built_at + self._seconds / MAX_BUILD_SHARE - time.monotonic()
        if self._seconds < MIN_THROTTLED or wait <= 0:
            self._build()
        elif not self._is_waiting:
            self._is_waiting = True
            self.set_timer(wait, self._build_later)

    @property
    def is_building(self) -> bool:
        """True while rows wait to be shown."""
        return self._is_waiting

    def _build_later(self) -> None:
        if self._is_waiting:
            self._build()

    def _build(self) -> None:
        started = time.monotonic()
        self._is_waiting = False
        self.put_columns(self.columns_of(self.rows))
        self.order_rows()
        self._built_at = time.monotonic()
        self._seconds = self._built_at - started

    def put_columns(self, columns: list[Column[R]]) -> None:
        """Show these columns; the selected one and the sorted one stay so by their keys."""
        selected, sorted_by = self.selected.key, self.wanted_sort or self.sort.key
        self.columns = columns
        keys = [column.key for column in columns]
        self.column = keys.index(selected) if selected in keys else min(self.column, len(keys) - 1)
        by_key = {column.key: column for column in self.sortable_columns()}
        if sorted_by in by_key:
            self.sort, self.wanted_sort = by_key[sorted_by], ""

    def order_rows(self) -> None:
        """Filter and sort again; the cursor stays on its row."""
        row = self.row
        name = None if row is None else self.name_of(row)
        # Each time: the names of metrics are those of the rows that have been read.
        self.query_error = ""
        if not self.query_text:
            self._matches = None
        else:
            test, self.query_error = self.compile_filter()
            if not self.query_error:
                self._matches = test
        self.shown = select_rows(
            self.rows,
            matches=self._matches,
            is_kept=self.is_kept,
            sort=self.sort,
            descending=self.descending,
        )
        here = next((i for i, row in enumerate(self.shown) if self.name_of(row) == name), None)
        self.set_count(len(self.shown), max(0, self.cursor) if here is None else here)

    def set_query(self, text: str) -> None:
        """Filter; one that cannot be parsed leaves the table as it is and sets `query_error`."""
        self.query_text = text
        self.order_rows()

    def go_to(self, name: str) -> None:
        """Move the cursor to the row of this name, if it is shown."""
        here = next((i for i, row in enumerate(self.shown) if self.name_of(row) == name), None)
        if here is not None:
            self.cursor = here

    def copy_text(self, row: int) -> str:
        return self.selected.copied(self.shown[row])

    # Layout. The first cell marks the row of the cursor; the pinned columns and those that
    # scroll follow.

    def width_of(self, column: Column[R], width: int) -> int:
        """Return the cells of a column; that of the names depends on the table's width."""
        if column is not self.pinned[0]:
            return column.width
        longest = max((len(self.name_of(row)) for row in self.shown[:200]), default=8)
        return min(max(10, longest), max(10, width // 3)) + 1

    def held(self, width: int) -> Sequence[Column[R]]:
        """Return the pinned columns that stay in view; those that leave no room scroll, too."""
        room = width - 2 - MIN_SCROLLING
        for number, column in enumerate(self.pinned):
            room -= self.width_of(column, width)
            if room < 0 and number >= MIN_HELD:
                return self.pinned[:number]
        return self.pinned

    def in_view(self, width: int) -> list[Column[R]]:
        """Return the scrolling columns in view, scrolled so that the selected one is among them."""
        held = self.held(width)
        pinned = len(held)
        room = width - 2 - sum(self.width_of(column, width) for column in held)
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
        in_view, held = len(self.in_view(width)), len(self.held(width))
        left = self._first - held
        return left, len(self.columns) - held - left - in_view

    def on_resize(self) -> None:
        # The number of columns in view, which is shown outside this widget, may have changed.
        self.post_message(self.Moved(self, self.cursor))

    # Painting.

    def heading(self, width: int, styles: ThemeStyles) -> list[StyledText]:
        """Paint the titles; the selected column stands out, the sorted one has an arrow."""
        arrow = self.ARROWS[self.descending]
        pieces: list[StyledText] = [(" ", styles.quiet)]
        for column in (*self.held(width), *self.in_view(width)):
            selected = column is self.selected
            style = styles.accent + Style(bold=True) if selected else styles.quiet
            mark = arrow if column is self.sort else ""
            pieces.append(column.heading(self.width_of(column, width), style, mark))
        return pieces

    def column_at(self, x: int, width: int) -> Column[R] | None:
        """Return the column that has a cell of the heading; None beside the columns."""
        end = 1
        for column in (*self.held(width), *self.in_view(width)):
            end += self.width_of(column, width)
            if 1 <= x < end:
                return column
        return None

    def select_column(self, column: Column[R]) -> None:
        """Select a column that is not hidden."""
        self.action_column(self.columns.index(column) - self.column)

    def action_column(self, by: int) -> None:
        self.column = min(max(0, self.column + by), len(self.columns) - 1)
        self.refresh()
        self.post_message(self.Moved(self, self.cursor))

    def action_sort(self) -> None:
        self.wanted_sort = ""
        if self.selected.key == self.sort.key:
            self.descending = not self.descending
        else:
            self.sort, self.descending = self.selected, self.selected.descending_first
        self.order_rows()
        self.cursor = 0 if self.shown else -1


def select_rows(
    rows: Sequence[R],
    *,
    sort: Column[R],
    matches: Callable[[R], bool] | None = None,
    is_kept: Callable[[R], bool] | None = None,
    descending: bool = False,
) -> list[R]:
    """Filter and sort rows: those that match and are kept.

    Rows without a value in the sorted column stand last in either order.
    """
    matching = [
        row
        for row in rows
        if (matches is None or matches(row)) and (is_kept is None or is_kept(row))
    ]
    keyed = [(sort.sort_key(row), row) for row in matching]
    with_value = sorted(
        ((key, row) for key, row in keyed if key is not None),
        key=lambda pair: pair[0],
        reverse=descending,
    )
    return [row for _, row in with_value] + [row for key, row in keyed if key is None]
