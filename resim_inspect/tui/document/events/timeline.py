"""A line of time with a mark for each event."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from resim_inspect.document.model import Event
from resim_inspect.text import instant, seconds
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.row_list import LineWidget, StyledText, strip_of


class Timeline(LineWidget):
    """Marks of the events that count time as the chosen one does."""

    DEFAULT_CSS = "Timeline { height: 5; border: round $rule; border-title-color: $quiet; }"

    class EventClicked(Message):
        """A mark was clicked."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self) -> None:
        super().__init__()
        self._events: Sequence[Event] = ()
        self._chosen: Event | None = None
        self._columns: dict[int, list[Event]] = {}
        """Events by the first column of their mark."""
        self._width = 0
        """Cells of the line that the columns are for."""

    def show(self, events_: Sequence[Event], chosen: Event | None) -> None:
        """Show these events; the chosen one stands out."""
        self._events, self._chosen = events_, chosen
        self._columns = {}
        self.refresh()

    def _place(self, width: int) -> None:
        chosen = self._chosen
        dated = chosen is not None and chosen.is_dated
        members = [event for event in self._events if event.is_dated is dated]
        self._columns, self._width = {}, width
        if not members:
            return
        low = min(event.timestamp for event in members)
        if not dated:
            low = min(low, 0)
        span = max(1, max(event.timestamp for event in members) - low)
        # The last mark may be the number of all.
        room = max(1, width - 2 - len(str(len(members))))
        places: dict[int, list[Event]] = {}
        for event in members:
            column = (event.timestamp - low) * room // span + 1
            places.setdefault(column, []).append(event)
        self._columns = _spread(places)
        self._ends = (low, low + span, dated)

    def render_line(self, y: int) -> Strip:
        width, base, styles = self.size.width, self.base, theme_styles(self.app)
        if not self._columns or width != self._width:
            self._place(width)
        if not self._columns or width < 8:
            return Strip.blank(width, base)
        if y == 2:
            write = instant if self._ends[2] else seconds
            left, right = write(self._ends[0]), write(self._ends[1])
            middle = self._chosen.time_text if self._chosen else ""
            right = "" if right == left else right
            room = width - len(left) - len(right) - 2
            if len(middle) > room - 2 or middle in (left, right):
                middle = ""
            pieces: list[StyledText] = [
                (" " + left, styles.quiet),
                (self._below_mark(middle, 1 + len(left), room), styles.accent),
                (right + " ", styles.quiet),
            ]
            return strip_of(pieces, width, base)
        pieces = []
        at = 0
        for column in sorted(self._columns):
            members = self._columns[column]
            chosen = self._chosen in members
            worst = max(members, key=lambda event: event.status.rank)
            pieces.append((("─" if y == 1 else " ") * (column - at), styles.quiet))
            style = styles.of(worst.status)
            if y == 0:
                mark = "▼" if chosen else " "
                style = styles.accent
            else:
                mark = _mark(members)
                if chosen:
                    style = style + Style(reverse=True)
            pieces.append((mark, style))
            at = column + len(mark)
        pieces.append((("─" if y == 1 else " ") * (width - at), styles.quiet))
        return strip_of(pieces, width, base)

    def _below_mark(self, text: str, start: int, room: int) -> str:
        """A text in `room` cells from column `start` on, as near below the chosen mark as fits."""
        marks = (column for column, members in self._columns.items() if self._chosen in members)
        centre = next(marks, start + room // 2) - start
        blanks = min(max(1, centre - len(text) // 2), max(1, room - len(text) - 1))
        return (" " * blanks + text).ljust(room)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or not self._columns:
            return
        nearest = min(self._columns, key=lambda column: abs(column - offset.x))
        if -1 <= offset.x - nearest <= len(_mark(self._columns[nearest])):
            self.post_message(self.EventClicked(self._columns[nearest][0].position))


def _mark(members: Sequence[Event]) -> str:
    """Status of one event, or the number of several."""
    return members[0].status.symbol if len(members) == 1 else str(len(members))


def _taken(members: Sequence[Event], following: Sequence[Event]) -> int:
    """Cells of a mark, and the gap that keeps numbers apart."""
    return len(_mark(members)) + (len(members) > 1 or len(following) > 1)


def _spread(places: dict[int, list[Event]]) -> dict[int, list[Event]]:
    """Events by column; those whose marks would overlap are joined."""
    columns: dict[int, list[Event]] = {}
    start = None
    for column in sorted(places):
        if start is not None and column < start + _taken(columns[start], places[column]):
            columns[start] = columns[start] + places[column]
        else:
            start = column
            columns[start] = places[column]
    return columns
