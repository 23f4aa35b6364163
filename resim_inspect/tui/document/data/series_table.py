"""Table of a series of any length: only the rows and columns in view are rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.text import fit
from resim_inspect.tui.document.data.columns import Column, Columns, SearchError, search
from resim_inspect.tui.key_hints import found_text
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.document import SERIES
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.workers import Background

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


UUID_START = 9
"""Cells of a truncated UUID: eight characters and an ellipsis."""
MIN_VALUE_WIDTH = 4
"""Cells that a truncated value has at least."""


class SeriesTable(RowList, Background):
    """The rows of one metrics data."""

    BINDINGS: ClassVar[list[BindingType]] = [*SERIES]

    class Hits(Message):
        """The rows that a search found."""

        def __init__(self, columns: Columns, wanted: str, hits: NDArray[np.int64]) -> None:
            super().__init__()
            self.columns = columns
            self.wanted = wanted
            self.hits = hits

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns: Columns | None = None
        self.first = 0
        self._widths: tuple[int, ...] = ()
        self._hits: NDArray[np.int64] | None = None
        self.wanted = ""

    def show(self, columns: Columns | None, *, keep: bool = False) -> None:
        """Show a table; `keep` stays at the same row, for a newer state of the same data."""
        self.columns = columns
        self._hits, self.wanted = None, ""
        self._widths = tuple(c.width() for c in columns.columns) if columns else ()
        if not keep:
            self.first = 0
        self.set_count(columns.rows if columns else 0, self.cursor if keep else 0)

    def empty_text(self) -> str:
        if self.columns is None:
            return "reading…"
        return "; ".join(self.columns.notes) or "no values"

    def copy_text(self, row: int) -> str:
        if self.columns is None:
            return ""
        return "\t".join([str(row), *(c.full_text(row) for c in self.columns.columns)])

    def row_details(self) -> list[tuple[str, str]]:
        """The row of the cursor with its values in full, as names and texts."""
        if self.columns is None or not 0 <= self.cursor < self.count:
            return []
        cells = [(c.title, c.full_text(self.cursor)) for c in self.columns.columns]
        return [("row", f"{self.cursor:,}"), *cells]

    def heading(self, width: int) -> str:
        """The titles of the columns, as wide as their cells."""
        if self.columns is None:
            return ""
        parts = [fit("row", self._row_width, right=True)]
        for column, size in self._seen(width):
            parts.append(fit(column.title, size, right=column.right) if size > 1 else "")
        return " " + "   ".join(parts)

    @property
    def room(self) -> int:
        """Cells of a row."""
        return self.scrollable_content_region.width

    @property
    def _row_width(self) -> int:
        return max(3, len(f"{max(0, self.count - 1):,}"))

    def _start(self, width: int) -> int:
        """The first column in view: never one so far right that room stays empty there."""
        used, start = self._row_width + 1, len(self._widths)
        while start > 0 and used + self._needed(start - 1) + 3 <= width:
            start -= 1
            used += self._needed(start) + 3
        return min(self.first, start, max(0, len(self._widths) - 1))

    def _needed(self, number: int) -> int:
        """The cells that a column needs beside others."""
        assert self.columns is not None
        column, size = self.columns.columns[number], self._widths[number]
        if column.role == "index" and column.series.kind is SeriesKind.UUIDS:
            return min(size, UUID_START)
        return size

    def _seen(self, width: int) -> list[tuple[Column, int]]:
        """The columns in view and their widths; the first values are among them in any case."""
        assert self.columns is not None
        columns: list[tuple[Column, int]] = []
        room = width - self._row_width - 4
        start = self._start(width)
        pairs = list(zip(self.columns.columns, self._widths, strict=True))[start:]
        for column, size in pairs:
            if not columns and column.role == "index" and len(pairs) > 1:
                uuid = column.series.kind is SeriesKind.UUIDS
                # A part of a UUID tells the rows apart: it gives way to the status too.
                left = room - sum(other + 3 for _, other in pairs[1 : 3 if uuid else 2])
                if size > left:
                    size = UUID_START if uuid else max(UUID_START, left)
            if column.role == "value" and all(other.role == "index" for other, _ in columns):
                size = min(size, max(MIN_VALUE_WIDTH, room))
            if size > room and columns:
                if column.series.kind is SeriesKind.STATUSES and room >= 1:
                    columns.append((column, 1))  # its symbol says enough
                break
            columns.append((column, max(1, min(size, room))))
            room -= size + 3
        return columns

    def outside(self, width: int) -> tuple[int, int]:
        """Number of columns to the left and to the right of those in view."""
        if self.columns is None:
            return 0, 0
        start = self._start(width)
        return start, len(self._widths) - start - len(self._seen(width))

    def on_resize(self) -> None:
        # Other columns may be in view: the frame around this widget counts them.
        self.post_message(self.Moved(self, self.cursor))

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        pieces: list[StyledText] = [
            ("▌" if row == self.cursor else " ", styles.accent),
            (fit(f"{row:,}", self._row_width, right=True), styles.quiet),
        ]
        for column, size in self._seen(width):
            style = styles.text if column.role == "value" else styles.quiet
            if column.series.kind is SeriesKind.STATUSES and row < len(column.series):
                style = styles.of(MetricStatus(int(column.series.statuses[row])))
            words = column.cell(row) if size > 1 else column.text(row)[:1]
            pieces.append(("   " + fit(words, size, right=column.right), style))
        return pieces

    def row_at_time(self, at: float) -> int | None:
        """The row whose index is nearest to a time in ns; None where the index holds no times."""
        import numpy as np

        columns = self.columns.columns if self.columns else ()
        for column in columns:
            if column.series.kind is SeriesKind.TIMESTAMPS and len(column.series):
                return int(np.abs(column.series.times - int(at)).argmin())
        return None

    def action_shift(self, by: int) -> None:
        if self.columns is not None:
            self.first = max(0, self._start(self.room) + by)
            self.first = self._start(self.room)
            self.refresh()
            self.post_message(self.Moved(self, self.cursor))

    def action_trouble(self, by: int) -> None:
        if self.columns is not None:
            self._step(self.columns.trouble, by, "No row fails, and none is NaN.")

    def action_hit(self, by: int) -> None:
        if self._hits is None:
            self.action_search()
        else:
            self._step(self._hits, by, f"Nothing matches {self.wanted}.")

    def _step(self, rows: NDArray[np.int64], by: int, none: str, *, here: bool = False) -> None:
        """Move to the next of these rows, which wrap around; `here`: the cursor's row counts."""
        import numpy as np

        if not len(rows):
            self.app.notify(none, timeout=3, markup=False)
            return
        if by > 0:
            after = self.cursor - 1 if here else self.cursor
            at = int(np.searchsorted(rows, after, side="right")) % len(rows)
        else:
            at = int(np.searchsorted(rows, self.cursor, side="left")) - 1
        self.cursor = int(rows[at])

    def action_row(self) -> None:
        from resim_inspect.tui.widgets.prompt import ask_row

        def go(row: int) -> None:
            if row < 0:
                row += self.count
            self.cursor = min(max(row, 0), self.count - 1)

        ask_row(self.app, f"0 to {max(0, self.count - 1):,}", go)

    def action_search(self) -> None:
        from resim_inspect.tui.widgets.prompt import Prompt

        def typed(text: str | None) -> None:
            if text and self.columns is not None:
                self._search(self.columns, text)

        self.app.push_screen(
            Prompt("Find values", ">40   nan   FAIL   a part of a text", done="find"), typed
        )

    @work(
        thread=True,
        exclusive=True,
        group="search",
        exit_on_error=False,
        description="searching the values",
    )
    def _search(self, columns: Columns, wanted: str) -> None:
        try:
            hits = search(columns, wanted)
        except SearchError as error:
            self.app.notify(str(error), severity="warning", timeout=5, markup=False)
        else:
            self.post_message(self.Hits(columns, wanted, hits))

    def on_series_table_hits(self, message: Hits) -> None:
        message.stop()
        if message.columns is self.columns:
            self._hits, self.wanted = message.hits, message.wanted
            if len(self._hits):
                text = found_text(len(self._hits), "row", "series.next_hit")
                self.app.notify(text, timeout=3)
            self._step(self._hits, 1, f"Nothing matches {self.wanted}.", here=True)
            self.post_message(KeyHintsChanged())

    def search_hints(self) -> tuple[Hint, ...]:
        """Hints of the search, and of the keys to its matches once there is one."""
        has_hits = self._hits is not None and len(self._hits) > 0
        hits = (Hint("series.next_hit"), Hint("series.previous_hit")) if has_hits else ()
        return (Hint("series.search"), *hits)


class Heading(Widget):
    """The titles of a table's columns."""

    DEFAULT_CSS = "Heading { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._table: SeriesTable | None = None
        self._titles = ""

    def of(self, table: SeriesTable) -> None:
        """Stand above this table."""
        self._table = table
        self.follow()

    def follow(self) -> None:
        """Show the titles of the columns that are in view now."""
        titles = self._current_titles()
        if titles != self._titles:
            self._titles = titles
            self.refresh()

    def _current_titles(self) -> str:
        return "" if self._table is None else self._table.heading(self._table.room)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        width, base = self.size.width, self.rich_style
        self._titles = self._current_titles()
        line = Strip([Segment(self._titles, base + theme_styles(self.app).quiet)])
        return line.crop_extend(0, width, base)
