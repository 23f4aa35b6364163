"""A chart whose zoom can be taken along, and restored once its drawing is there."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from resim_inspect.charts.model.drawing import TimeMode
from resim_inspect.tui.preferences.model import preferences_of
from resim_inspect.tui.widgets.chart.canvas import ChartCanvas
from resim_inspect.tui.widgets.chart.chart_state import ChartState, fitting_view


class _Pending(NamedTuple):
    """A zoom that waits for the drawing of its subject."""

    kind: str
    position: int
    state: ChartState


class RestorableChart(ChartCanvas):
    """One chart whose zoom outlives it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pending: _Pending | None = None

    @property
    def default_time(self) -> TimeMode:
        """Format of times that the user has not changed in the app."""
        return preferences_of(self.app).time

    @property
    def state(self) -> ChartState:
        """The zoom; of a chart that has not been drawn yet, the one that is to be restored."""
        if self._pending is not None:
            return self._pending.state
        if not self.is_zoomed and not self.options.log_y:
            return ChartState()
        return ChartState(
            self.window, self.y_window, self.fit_y, self.options.log_y, self._time_base()
        )

    def restore(self, kind: str, position: int, state: ChartState) -> None:
        """Zoom as before as soon as this subject is drawn; what its data do not have is left out.

        `kind` and `position` are those of the `Subject`.
        """
        self._pending = _Pending(kind, position, state)
        self._restore()

    def on_chart_canvas_read(self) -> None:
        self._restore()

    def _restore(self) -> None:
        pending, painted, subject = self._pending, self._painted, self.subject
        if pending is None or painted is None or subject is None or self.drawing is None:
            return
        if (subject.kind, subject.position) != (pending.kind, pending.position):
            return
        if painted.request.options != self.options:
            return  # It is being drawn again.
        state = pending.state
        if state.log_y and not self.options.log_y:
            from resim_inspect.charts.build.log_axis import can_be_log

            if can_be_log(self.drawing.main):
                self.options = replace(self.options, log_y=True)
                self._ask()
                return
            state = replace(state, y_window=None)
        self._pending = None
        extent = self._extent
        if extent is None or extent[1] <= extent[0]:
            return
        view = fitting_view(state, self._time_base(), extent, painted.picture.y_range)
        self.window, self.y_window, self.fit_y = view
        self._ask()
        self.post_message(self.Read())

    def _time_base(self) -> int:
        """The time of the zero of a time axis, in ns; 0 for another axis."""
        axis = getattr(self.drawing.main if self.drawing else None, "x", None)
        return int(axis.base) if axis is not None and axis.kind == "time" else 0
