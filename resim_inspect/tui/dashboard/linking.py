"""Cursor and zoom of cards: shared by all charts on the same clock, or of one card alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from resim_inspect.charts.model.drawing import Bars, Plot
from resim_inspect.document.model import DATED_FROM_NS
from resim_inspect.tui.widgets.chart.viewport import Window

NS = 1_000_000_000
UTC, IN_FILE, SINCE_START = "UTC", "time in the file", "time since the start"
"""Names of clocks: of dates, of times from a start, and of dated times across jobs."""
_TIME_TITLE = re.compile(r"\btime\b", re.IGNORECASE)


class Clock(NamedTuple):
    """The axis of x that a chart shares with others: charts of one name mean the same by x."""

    name: str
    """`UTC`, `IN_FILE`, `SINCE_START`, or the title of an axis of numbers."""
    origin: int | None
    """Time of position 0 of the axis, ns; None for an axis of numbers."""

    def time(self, x: float) -> float:
        """Time at a position of the axis, ns; on an axis of numbers the position itself."""
        return x if self.origin is None else self.origin + round(x * NS)

    def position(self, time: float) -> float:
        """Position on the axis of a time in ns, axis units."""
        return time if self.origin is None else (time - self.origin) / NS


def clock_of(panel: Plot | Bars | None, *, across_jobs: bool = False) -> Clock | None:
    """The axis that a chart shares with others; None for one that it shares with no other.

    Dated times and times that count from a start are different clocks. An axis of numbers is a
    clock if its title says that it is a time. `across_jobs`: the charts are of one metric in
    several jobs, so that axes of numbers with one title are the same, and dated times are
    comparable only as times since the start of each job.
    """
    if not isinstance(panel, Plot):
        return None
    axis = panel.x
    if axis.kind == "time":
        if axis.base >= DATED_FROM_NS:
            return Clock(SINCE_START, 0) if across_jobs else Clock(UTC, axis.base)
        return Clock(IN_FILE, axis.base)
    title = axis.title_with_unit
    if axis.kind != "number" or not title:
        return None
    return Clock(title, None) if across_jobs or _TIME_TITLE.search(title) else None


class SharedCursor(NamedTuple):
    """A cursor on all charts of a clock; `time` in ns, or a position on an axis of numbers."""

    clock: str
    time: float


class OwnCursor(NamedTuple):
    """A cursor on one card, whose axis is not a clock; `x` in axis units."""

    key: str
    x: float


class OwnWindow(NamedTuple):
    """The window of one card, in units of its axis; None for all data."""

    clock: str
    """Name of the card's clock; empty for an axis that is not a clock."""
    window: Window | None


class LinkedView(NamedTuple):
    """Cursor and windows as values that can be kept."""

    cursor: SharedCursor | OwnCursor | None = None
    shared: tuple[tuple[str, Window], ...] = ()
    """Windows by the name of the clock, in times of the clock."""
    own: tuple[tuple[str, OwnWindow], ...] = ()
    """Windows of cards by their keys."""


@dataclass
class Linking:
    """The cursor, and the windows of x of zoomed cards."""

    linked_zoom: bool = True
    cursor: SharedCursor | OwnCursor | None = None
    _shared: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Window by the name of the clock, in times of the clock."""
    _own: dict[str, OwnWindow] = field(default_factory=dict)
    """Windows of cards by their keys; they take precedence."""

    def view(self) -> LinkedView:
        """The cursor and the windows."""
        return LinkedView(self.cursor, tuple(self._shared.items()), tuple(self._own.items()))

    def restore(self, view: LinkedView) -> None:
        """Take a cursor and windows that were kept."""
        self.cursor = view.cursor
        self._shared, self._own = dict(view.shared), dict(view.own)

    # The cursor.

    def put_cursor(self, key: str, clock: Clock | None, x: float) -> None:
        """Put the cursor at a position of a card's axis."""
        if clock is None:
            self.cursor = OwnCursor(key, x)
        else:
            self.cursor = SharedCursor(clock.name, clock.time(x))

    def cursor_x(self, key: str, clock: Clock | None) -> float | None:
        """Position of the cursor on a card's axis; None for a chart that it does not concern."""
        cursor = self.cursor
        if isinstance(cursor, OwnCursor):
            return cursor.x if cursor.key == key else None
        if cursor is None or clock is None or clock.name != cursor.clock:
            return None
        return clock.position(cursor.time)

    # The zoom.

    @property
    def is_zoomed(self) -> bool:
        """True if a card shows a part of its data."""
        return bool(self._shared) or any(own.window for own in self._own.values())

    def window(self, key: str, clock: Clock | None) -> Window | None:
        """Window of a card in units of its axis; None for all data."""
        if key in self._own:
            return self._own[key].window
        shared = self._shared.get(clock.name) if clock is not None else None
        if clock is None or shared is None:
            return None
        return clock.position(shared[0]), clock.position(shared[1])

    def set_window(self, key: str, clock: Clock | None, window: Window | None) -> None:
        """Zoom a card, and with a linked zoom all charts on its clock; None shows all data."""
        self._own.pop(key, None)
        if clock is not None and self.linked_zoom:
            if window is None:
                self._shared.pop(clock.name, None)
            else:
                self._shared[clock.name] = clock.time(window[0]), clock.time(window[1])
        else:
            # All data, too: the others may keep the window that they were linked to.
            self._own[key] = OwnWindow("" if clock is None else clock.name, window)

    def toggle_zoom(self, key: str, clock: Clock | None) -> None:
        """Link the zoom of all charts, in step with a card, or let each keep its own from now."""
        self.linked_zoom = not self.linked_zoom
        if self.linked_zoom and clock is not None:
            window = self.window(key, clock)
            self._own = {k: own for k, own in self._own.items() if own.clock != clock.name}
            self.set_window(key, clock, window)

    def show_all(self) -> None:
        """Show all data on all cards."""
        self._shared.clear()
        self._own.clear()
