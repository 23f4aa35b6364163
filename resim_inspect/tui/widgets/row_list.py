"""A list that paints only the rows in view, so that its cost does not grow with its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.text import wrap
from resim_inspect.tui.keys.lists import ROWS
from resim_inspect.tui.theme import ThemeStyles, theme_styles

StyledText = tuple[str, Style]
"""A run of text and its style."""


def strip_of(pieces: Sequence[StyledText], width: int, base: Style) -> Strip:
    """A line of exactly `width` cells over the style `base`; one that is cut ends in `…`."""
    strip = Strip([Segment(text, base + style) for text, style in pieces if text])
    if strip.cell_length <= width or not strip.crop(width).text.strip():
        return strip.crop_extend(0, width, base)
    segments = list(strip.crop(0, max(0, width - 1)))
    segments.append(Segment("…", segments[-1].style if segments else base))
    return Strip(segments).crop_extend(0, width, base)


def text_line(text: str, row: int, width: int, base: Style, style: Style) -> Strip:
    """One line of a text that is wrapped to the width, a blank before it; blank below the text."""
    lines = wrap(text, width - 1) if text else []
    if row >= len(lines):
        return Strip.blank(width, base)
    return strip_of([(" " + lines[row], style)], width, base)


class LineWidget(Widget):
    """A widget that is painted line by line; the style below all lines is worked out once.

    It stands last among the bases: Textual takes styles and bindings from the first alone.
    """

    base = Style()
    """The widget's own style while its lines are painted."""

    def render_lines(self, crop: Region) -> list[Strip]:
        self.base = self.rich_style
        return super().render_lines(crop)


class RowList(ScrollView, LineWidget, can_focus=True):
    """Rows with a cursor. A subclass sets the number of rows and renders one at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [*ROWS]
    DEFAULT_CSS = """
    RowList { overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    cursor: reactive[int] = reactive(-1, repaint=False)

    class RowMessage(Message):
        """Base of the messages about one row of a list."""

        def __init__(self, list_: RowList, row: int) -> None:
            super().__init__()
            self.list = list_
            self.row = row

        @property
        def control(self) -> RowList:
            return self.list

    class Moved(RowMessage):
        """The cursor has moved to another row, or the row has other contents."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, RowList.Moved) and message.list is self.list

    class Chosen(RowMessage):
        """A row was opened with Enter or a second click."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.count = 0

    # For subclasses.

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        """Render one row as runs of text, at most `width` cells wide."""
        raise NotImplementedError

    def selectable(self, row: int) -> bool:
        """Return True if the cursor may stand on this row; headings return False."""
        return 0 <= row < self.count

    def copy_text(self, row: int) -> str:
        """Text that copying this row copies: what it says, without the marks of the screen."""
        raise NotImplementedError

    def empty_text(self) -> str:
        """Text shown where there are no rows."""
        return "nothing here"

    # Cursor and scrolling.

    def set_count(self, count: int, cursor: int | None = None) -> None:
        """Set the number of rows, and the row of the cursor (default: unchanged)."""
        self.count = count
        self.virtual_size = Size(0, count)
        wanted = self.cursor if cursor is None else cursor
        moved = self._nearest(min(max(wanted, 0), count - 1))
        if moved == self.cursor:
            self.post_message(self.Moved(self, moved))
        self.cursor = moved
        self.refresh()

    @property
    def first_row(self) -> int:
        """The first row that the cursor may stand on, -1 for none."""
        return self._nearest(0)

    def _nearest(self, row: int) -> int:
        """Nearest row that the cursor may stand on, -1 for none."""
        for distance in range(self.count):
            for candidate in (row + distance, row - distance):
                if 0 <= candidate < self.count and self.selectable(candidate):
                    return candidate
            if distance > 2000:
                break
        return -1

    def watch_cursor(self, old: int, new: int) -> None:
        for row in (old, new):
            if row >= 0:
                self.refresh_line(row)
        self.reveal(new)
        self.post_message(self.Moved(self, new))

    def reveal(self, row: int) -> None:
        """Scroll until this row is in view, with the heading above it if there is one."""
        height = self.scrollable_content_region.height
        if row < 0 or height <= 0:
            return
        top = round(self.scroll_target_y)
        first = row - 1 if row > 0 and not self.selectable(row - 1) else row
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False, force=True)

    def action_move(self, by: int) -> None:
        row = self.cursor + by
        while 0 <= row < self.count and not self.selectable(row):
            row += by
        if 0 <= row < self.count:
            self.cursor = row
        elif by < 0:
            self.scroll_to(y=0, animate=False, force=True)

    def action_page(self, by: int) -> None:
        height = max(1, self.scrollable_content_region.height - 1)
        self._move_to(self.cursor + by * height)

    def action_edge(self, where: int) -> None:
        self._move_to(0 if where < 0 else self.count - 1)

    def _move_to(self, row: int) -> None:
        if self.count:
            self.cursor = self._nearest(min(max(row, 0), self.count - 1))

    def action_choose(self) -> None:
        if self.selectable(self.cursor):
            self.post_message(self.Chosen(self, self.cursor))

    def action_copy(self) -> None:
        if self.selectable(self.cursor):
            from resim_inspect.tui.clipboard import copy

            copy(self.app, self.copy_text(self.cursor))

    def on_click(self, event: events.Click) -> None:
        row = self.row_at(event)
        if row is None or not self.selectable(row):
            return
        event.stop()
        if event.chain >= 2 and row == self.cursor:
            self.action_choose()
        else:
            self.cursor = row

    def row_at(self, event: events.MouseEvent) -> int | None:
        """Row under the pointer; None outside the rows."""
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        row = offset.y + round(self.scroll_offset.y)
        return row if 0 <= row < self.count else None

    def on_resize(self) -> None:
        self.reveal(self.cursor)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        # What the scrollbar leaves: it would lie over the last cell, where marks stand.
        width = self.scrollable_content_region.width
        base = self.base
        row = y + round(self.scroll_offset.y)
        styles = theme_styles(self.app)
        if row >= self.count:
            text = "" if self.count else self.empty_text()
            return text_line(text, y, width, base, styles.quiet)
        line = strip_of(self.render_row(row, width, styles), width, base)
        if row == self.cursor:
            line = _over(line, styles.pick if self.has_focus else styles.pick_away)
        return line


def _over(strip: Strip, style: Style) -> Strip:
    """The strip with a style laid over that of each segment."""
    return Strip(
        [Segment(s.text, (s.style or Style()) + style, s.control) for s in strip], strip.cell_length
    )


def overflow_hint(left: int, right: int) -> str:
    """Number of columns out of view, for a frame: `← 2 more · → 1 more`; empty for none."""
    parts = (f"{arrow} {n:,} more" for arrow, n in (("←", left), ("→", right)) if n > 0)
    return " · ".join(parts)
