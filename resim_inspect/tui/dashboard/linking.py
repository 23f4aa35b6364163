"""Cursor and zoom of cards: shared by all charts on the same clock, or of one card alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from resim_inspect.charts.model.drawing import Bars, Plot
from resim_inspect.document.model import DATED_FROM_NS
from resim_inspect.tui.widgets.chart.viewport import Window

NS = 1_000_000_000


class Clock(NamedTuple):
    """The time axis of a chart: charts of one name tell the same time."""

    name: str
    """`UTC`, `time in the file`, or `time since the start`."""
    origin: int
    """Time of position 0 of the axis, ns."""

    def time(self, x: float) -> int:
        """Time at a position of the axis, ns."""
        return self.origin + round(x * NS)

    def position(self, time: int) -> float:
        """Position on the axis of a time in ns, axis units."""
        return (time - self.origin) / NS


def clock_of(panel: Plot | Bars | None, *, from_start: bool = False) -> Clock | None:
    """The clock of a chart; None for one without a time axis.

    Dated times and times that count from a start are different clocks. `from_start`: charts of
    different runs, whose dated times are comparable only as times since the start of each.
    """
    if not isinstance(panel, Plot) or panel.x.kind != "time":
        return None
    if panel.x.base >= DATED_FROM_NS:
        return Clock("time since the start", 0) if from_start else Clock("UTC", panel.x.base)
    return Clock("time in the file", panel.x.base)


class SharedCursor(NamedTuple):
    """A cursor on all charts of a clock; `time` in ns."""

    clock: str
    time: int


class OwnCursor(NamedTuple):
    """A cursor on one card, whose axis is not a clock; `x` in axis units."""

    key: str
    x: float


class OwnWindow(NamedTuple):
    """The window of one card, in units of its axis; None for all data."""

    clock: str
    """Name of the card's clock; empty for an axis that is not a clock."""
    window: Window | None


@dataclass
class Linking:
    """The cursor, and the windows of x of zoomed cards."""

    linked_zoom: bool = True
    cursor: SharedCursor | OwnCursor | None = None
    _shared: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Window by the name of the clock, ns."""
    _own: dict[str, OwnWindow] = field(default_factory=dict)
    """Windows of cards by their keys; they take precedence."""

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
