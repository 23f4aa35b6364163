"""Rows of a file of any size: only those in view are read, while a worker counts all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.geometry import Region
from textual.strip import Strip

from resim_inspect.inputs.records.record_file import RecordFile
from resim_inspect.inputs.records.table_page import MAX_PAGE_CELLS, TablePage, TableRow
from resim_inspect.text import count
from resim_inspect.tui.inputs.records.painting import RowPainter
from resim_inspect.tui.inputs.records.reading import RecordReading
from resim_inspect.tui.inputs.records.record_columns import RecordColumns
from resim_inspect.tui.inputs.records.searching import SearchedRows
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.records import RECORDS
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText, overflow_hint

POLL_INTERVAL = 0.5
"""Seconds between two looks at the size of the file."""
END = 1 << 62
"""Stands for the last row, while rows are counted."""
MAX_SHOWN = 200_000
"""Characters of a value that are shown in full; copying has all of them."""


class RecordList(SearchedRows):
    """Rows of a file, in columns or as lines, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*RECORDS]
    RETRIED = ("count_rows",)

    def __init__(self, *, watch: bool = True) -> None:
        super().__init__()
        self.columns = RecordColumns()
        self.note = ""
        """Sentence on why the file cannot be read now."""
        self.painter = RowPainter(self.columns)
        self._page = TablePage(0, (), ())
        self._page_size = 0
        """Size of the file when the page was read."""
        self._is_reading = self._is_counting = False
        self._is_going = False
        """True while the cursor is moved by a change of the number of rows."""
        self._watch = watch

    def on_mount(self) -> None:
        if self._watch:
            self.set_interval(POLL_INTERVAL, self._look)

    # Contents.

    def show(self, records: RecordFile, page: TablePage, *, coloured: bool = False) -> None:
        """Show a file from its start; `page` has its first rows; `coloured`: as JSON."""
        self.clear()
        self.columns = RecordColumns()
        self.painter = RowPainter(self.columns, is_text=records.is_text, is_json=coloured)
        self.following, self.note, self.target = False, "", None
        self._put(records, page)
        self.scroll_to(y=0, animate=False, force=True)
        self.set_count(records.rows, 0)
        self.poll()

    def clear(self) -> None:
        """Show no file, and stop reading."""
        self.workers.cancel_group(self, "records")
        self.stop_search()
        self.records, self.search = None, None

    def _put(self, records: RecordFile, page: TablePage) -> None:
        self.records, self._page, self._page_size = records, page, records.size
        self._is_reading = self._is_counting = False
        self.columns.learn(page)

    def _look(self) -> None:
        if self.screen.is_current and self.is_on_screen:
            self.poll()

    def poll(self) -> None:
        """Look whether the file has changed, unless that is being done."""
        if self.records is not None and not self._is_counting and self.is_attached:
            self._is_counting = True
            self.count_rows(self.records)

    @property
    def is_counted(self) -> bool:
        """True if all rows have been counted."""
        return self.records is not None and self.records.is_complete

    @on(RecordReading.Counted)
    def _counted(self, message: RecordReading.Counted) -> None:
        message.stop()
        if message.records is not self.records:
            return
        self._is_counting = not message.is_done
        if message.is_done and message.is_readable:
            self.note = ""
        self._take_count(message.records.rows)
        self.post_message(self.StateChanged())

    def _take_count(self, rows: int) -> None:
        """Take the number of rows; the cursor goes on with it if that is wanted."""
        cursor, target = max(0, self.cursor), self.target
        if self.following or target == END:
            cursor = rows - 1
        elif target is not None and (target < rows or self.is_counted):
            cursor = target
        if self.is_counted or (target is not None and target < rows):
            self.target = None
        if (rows, cursor) != (self.count, self.cursor):
            self._is_going = True
            self.set_count(rows, cursor)
            self._is_going = False
        else:
            self.refresh()

    @on(RecordReading.Unreadable)
    def _unreadable(self, message: RecordReading.Unreadable) -> None:
        message.stop()
        if message.records is self.records and message.sentence != self.note:
            self.note = message.sentence
            self.app.notify(message.sentence, severity="warning", markup=False)
            self.post_message(self.StateChanged())

    @on(RecordReading.Reopened)
    def _reopened(self, message: RecordReading.Reopened) -> None:
        message.stop()
        if message.records is not self.records:
            return
        self.stop_search()
        if message.successor.format != message.records.format:
            self.columns = self.painter.columns = RecordColumns()
        self.search, self.note = None, ""
        self._put(message.successor, message.page)
        if message.sentence:
            self.app.notify(message.sentence, severity="warning", timeout=4)
        self._take_count(message.successor.rows)
        self.poll()

    # The page in view.

    def render_lines(self, crop: Region) -> list[Strip]:
        lines = super().render_lines(crop)
        if self._missing_page() is not None:
            self.call_later(self._ask_for_page)
        return lines

    def _missing_page(self) -> tuple[int, int] | None:
        """First row and number of rows that are to be read, None for none."""
        height = self.scrollable_content_region.height
        if self._is_reading or self.records is None or not self.count or height <= 0:
            return None
        top, page = round(self.scroll_offset.y), self._page
        # A screen above and one below, unless the rows are very long.
        fits = 3 * height * max(1, len(self.columns.names)) <= MAX_PAGE_CELLS
        margin = height if fits else 0
        first, stop = max(0, top - margin // 2), min(self.count, top + height + margin // 2)
        end = page.first + len(page.rows)
        is_stale = end >= stop == self.count and self._page_size != self.records.size
        if page.first <= first and stop <= end and not is_stale:
            return None
        return max(0, top - margin), height + 2 * margin

    def _ask_for_page(self) -> None:
        missing = self._missing_page()
        if missing is not None and self.records is not None and not self.note:
            self._is_reading = True
            self.read_page(self.records, *missing)

    @on(RecordReading.PageRead)
    def _page_read(self, message: RecordReading.PageRead) -> None:
        message.stop()
        if message.records is not self.records:
            return
        self._is_reading = False
        if message.page is not None:
            self._page, self._page_size = message.page, message.size
            self.columns.learn(message.page)
            self.show_match()
        self.refresh()
        self.post_message(self.StateChanged())

    def show_match(self) -> None:
        """Select the column of the match at the cursor."""
        row = self.row(self.cursor)
        if self.search is not None and self.match == self.cursor and row is not None:
            self.match = None
            if not row.raw:
                self.columns.select_match(row.cells, self.search.wanted)

    def row(self, number: int) -> TableRow | None:
        """Return a row if it has been read."""
        position = number - self._page.first
        return self._page.rows[position] if 0 <= position < len(self._page.rows) else None

    # Painting.

    def empty_text(self) -> str:
        if self.records is None or not self.is_counted:
            return "reading…"
        return "no rows below the names" if self.records.header_rows else "the file is empty"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        wanted = self.search.wanted if self.search else ""
        on_cursor = row == self.cursor
        gutter = self.painter.gutter(row, self.count, self.row(row), styles, on_cursor=on_cursor)
        return [
            *gutter,
            *self.painter.cells(self.row(row), width, styles, wanted, on_cursor=on_cursor),
        ]

    def summary(self) -> str:
        """State of the file for its frame: `at least 1,200 rows, 14% · following`."""
        if self.records is None:
            return ""
        noun = "line" if self.records.is_text else "row"
        parts = [count(self.count, noun)]
        if not self.is_counted:
            parts = [f"at least {parts[0]}, {self.records.share:.0%} read"]
        if self.search is not None:
            parts.append(self.search.words(self.cursor))
        if self.target is not None and self.target != END:
            parts.append(f"going to {noun} {self.target + 1:,}")
        if self.following:
            parts.append("following")
        room = self.painter.room(self.scrollable_content_region.width)
        hidden = overflow_hint(*self.columns.overflow(room))
        return " · ".join([*parts, *([hidden] if hidden else [])])

    def hints(self) -> tuple[Hint, ...]:
        """Hints of the keys that do something now."""
        is_found = self.search is not None and self.search.match_count > 0
        return (
            *((Hint("records.stop"),) if self.is_searching else ()),
            *((Hint("records.next_hit"),) if is_found else (Hint("records.search"),)),
            Hint("records.follow", "stop following" if self.following else ""),
            Hint("records.row"),
            Hint("rows.choose", "in full"),
        )

    # Keys and the mouse.

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        if not self._is_going:
            self.target = None
            if new != self.count - 1:
                self.following = False
        self.post_message(self.StateChanged())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:  # noqa: ARG002
        self.following, self.target = False, None
        self.post_message(self.StateChanged())

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.StateChanged())

    def action_edge(self, where: int) -> None:
        super().action_edge(where)
        if where > 0 and not self.is_counted:
            self.target = END

    def action_follow(self) -> None:
        if self.following:
            self.following = False
        else:
            self.action_edge(1)
            self.following = True
        self.post_message(self.StateChanged())

    def action_column(self, by: int) -> None:
        self.painter.shift(by)
        self.refresh()
        self.post_message(self.StateChanged())

    def action_row(self) -> None:
        from resim_inspect.tui.widgets.prompt import ask_row

        def go(row: int) -> None:
            self.target = END if row < 0 else max(0, row - 1)
            self._take_count(self.count)
            self.post_message(self.StateChanged())

        more = "" if self.is_counted else " or more, which are being counted"
        ask_row(self.app, f"1 to {self.count:,}{more}", go)

    def action_choose(self) -> None:
        if self.records is not None and self.selectable(self.cursor):
            self.read_record(self.records, self.cursor, is_copy=False)

    def action_copy(self) -> None:
        if self.records is not None and self.selectable(self.cursor):
            self.read_record(self.records, self.cursor, is_copy=True)

    @on(RecordReading.RecordRead)
    def _record_read(self, message: RecordReading.RecordRead) -> None:
        message.stop()
        if message.records is not self.records or message.record is None:
            return
        if message.is_copy:
            from resim_inspect.tui.clipboard import copy

            copy(self.app, self.painter.copied(message.record))
            return
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        title, details, current = self.painter.details(message.row, message.record)
        self.app.push_screen(DetailsDialog(title, details, current=current, limit=MAX_SHOWN))
