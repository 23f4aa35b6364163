"""The chart in use: keys and mouse that zoom, pan and read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, work
from textual.binding import BindingType

from resim_inspect.charts.model.drawing import Plot
from resim_inspect.document.enums import MetricType
from resim_inspect.text import clean
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.chart import CHART
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.choices import ChoosingChart
from resim_inspect.tui.widgets.chart.reading_line import exact_value
from resim_inspect.tui.widgets.chart.viewport import Window, clamp, pan, scale, zoom

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric


class ChartView(ChoosingChart):
    """One chart that can be zoomed, panned and read."""

    BINDINGS: ClassVar[list[BindingType]] = [*CHART]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drag: tuple[int, Window] | None = None

    def key_hints(self) -> tuple[Hint, ...]:
        """Bindings that do something with what is drawn."""
        drawing, hints = self.drawing, []
        if self._view() is not None:
            if self._is_horizontal:
                hints += [Hint("chart.up", "read"), Hint("chart.down", "read")]
            else:
                hints += [Hint("chart.left"), Hint("chart.right")]
            hints += [Hint("chart.zoom_in"), Hint("chart.zoom_out")]
            if self.is_zoomed:
                hints.append(Hint("chart.reset"))
            if self._painted is not None and self._painted.has_failing:
                hints.append(Hint("chart.next_failing"))
            if self.cursor_x is not None:
                hints.append(Hint("chart.anchor"))
        if self._extra:
            hints += [Hint("chart.up"), Hint("chart.down")]
        if drawing is not None and drawing.images > 1:
            hints += [Hint("chart.next_image"), Hint("chart.previous_image")]
        if drawing is not None and len(drawing.series) > 1:
            hints.append(Hint("chart.series"))
        subject = self.subject
        if drawing is not None and drawing.images and subject is not None and subject.base:
            hints.append(Hint("chart.difference", "images" if self.options.difference else ""))
        if subject is not None and subject.document is not None and subject.kind == "metric":
            metric = subject.document.metrics[subject.position]
            if metric.type in (MetricType.PLOTLY, MetricType.IMAGE, MetricType.IMAGE_LIST):
                hints.append(Hint("chart.browse"))
        return tuple(hints)

    @property
    def _is_horizontal(self) -> bool:
        """True if bars are drawn that lie one below the other."""
        return self._painted is not None and bool(self._painted.picture.position_rows)

    def action_vertical(self, by: int) -> None:
        if self._is_horizontal:
            self.action_cursor(by)
        else:
            self.action_zoom(0.5 if by < 0 else 2)

    def action_zoom(self, factor: float) -> None:
        if self._scrolled(-1 if factor < 1 else 1):
            return
        view = self._view()
        if view is not None:
            self.window = zoom(view[0], view[1], factor, self.cursor_x)
            self._ask()

    def action_pan(self, part: float) -> None:
        view = self._view()
        if view is not None and self.window is not None:
            self.window = pan(self.window, view[1], part)
            self._ask()

    def action_zoom_y(self, factor: float) -> None:
        main = self.drawing.main if self.drawing else None
        shown = self._painted.picture.y_range if self._painted else None
        if not isinstance(main, Plot) or shown is None:
            self.app.notify("This chart has no y axis that can be zoomed.", timeout=3)
            return
        self.y_window = scale(shown, factor, self._value_at_cursor(main))
        self._ask()
        self.post_message(self.Read())

    def _value_at_cursor(self, main: Plot) -> float | None:
        """The first value under the cursor, in units of the y axis."""
        if self.cursor_x is None:
            return None
        from resim_inspect.charts.analysis.readout import readings

        values = [r.value for r in readings(main, self.cursor_x) if r.value is not None]
        if not values or (main.y.kind == "log" and values[0] <= 0):
            return None
        return math.log10(values[0]) if main.y.kind == "log" else values[0]

    def action_fit(self) -> None:
        self.fit_y, self.y_window = not self.fit_y, None
        self._ask()
        self.post_message(self.Read())

    def action_log(self) -> None:
        from resim_inspect.charts.build.log_axis import can_be_log

        main = self.drawing.main if self.drawing else None
        subject = self.subject
        of_metric = subject is not None and subject.kind == "metric"
        if not self.options.log_y and not (of_metric and can_be_log(main)):
            self.app.notify("Only curves of positive values have a logarithmic axis.", timeout=3)
            return
        self.options = replace(self.options, log_y=not self.options.log_y)
        self.y_window = None
        self._ask()

    def action_reset(self) -> None:
        self._reset_view()
        self._scroll = 0
        self._ask()
        self.refresh()
        self.post_message(self.Read())

    def action_cursor(self, columns: int) -> None:
        view = self._view()
        if view is None or self._painted is None or self._painted.picture.plot is None:
            if self.drawing is not None and self.drawing.images > 1:
                self.action_image(1 if columns > 0 else -1)
            return
        from resim_inspect.charts.analysis.sample_steps import snap
        from resim_inspect.charts.analysis.sample_steps import step as next_sample

        main = self.drawing.main if self.drawing else None
        window, extent = view
        step = (window[1] - window[0]) / max(1, self._painted.picture.plot.width)
        if self._is_horizontal:
            step = 1.0
        if self._painted.picture.reverse:
            step = -step
        if self.cursor_x is None or not window[0] <= self.cursor_x <= window[1]:
            at = snap(main, (window[0] + window[1]) / 2)
        else:
            at = next_sample(main, self.cursor_x, columns * step)
        self._put_cursor(min(max(at, extent[0]), extent[1]))

    def action_failing(self, direction: int) -> None:
        from resim_inspect.charts.analysis.sample_steps import next_failing

        view = self._view()
        main = self.drawing.main if self.drawing else None
        here = -direction * math.inf if self.cursor_x is None else self.cursor_x
        at = next_failing(main, here, direction) if view is not None else None
        if at is None:
            fine = "No sample fails, and none is without a value."
            self.app.notify(fine if main else "There are no samples here.", timeout=3)
        else:
            self._put_cursor(at)

    def action_anchor(self) -> None:
        if self._view() is None:
            return
        if self.cursor_x is None:
            self.action_cursor(1)
        self.anchor_x = self.cursor_x if self.anchor_x is None else None
        self.refresh()
        self.post_message(self.Read())

    def _put_cursor(self, at: float) -> None:
        view = self._view()
        self.cursor_x = at
        # Without a zoom, too, there may be more horizontal bars than rows.
        if view is not None and (self.window is not None or self._is_horizontal):
            low, high = view[0]
            if not low <= at <= high:
                # A horizontal bar is in view as a whole, or not at all.
                edge = 0.5 if self._is_horizontal else 0.0
                width = high - low
                start = at - edge if at < low else at + edge - width
                self.window = clamp((start, start + width), view[1])
                self._ask()
        self.refresh()
        self.post_message(self.Read())

    def browse(self) -> None:
        """Show the figure or image of the metric in a browser or viewer."""
        subject = self.subject
        if subject is not None and subject.document is not None and subject.kind == "metric":
            self._browse(subject.document.metrics[subject.position], subject.document)

    @work(
        thread=True,
        exclusive=True,
        group="browse",
        exit_on_error=False,
        description="opening the browser",
    )
    def _browse(self, metric: Metric, document: Document) -> None:
        from resim_inspect.charts.external_viewer import has_display, launch
        from resim_inspect.charts.html_page import NothingToBrowseError, target

        try:
            page_target = target(document, metric, self.options.image_index)
        except (NothingToBrowseError, OSError, UnicodeDecodeError) as error:
            self._say(str(error), "warning")
            return
        where = clean(str(page_target.path), 300)
        if not has_display():
            self._say(
                f"No display is available here; open this file on a machine that has one: {where}",
                "warning",
            )
        elif launch(page_target.path):
            self._say(f"Opened {where}. {page_target.notice}".strip(), "information")
        else:
            self._say(f"No browser or viewer was found; open this file: {where}", "warning")

    def _say(self, sentence: str, severity: Literal["information", "warning"]) -> None:
        # Safe from a worker's thread.
        self.app.notify(clean(sentence, 600), severity=severity, timeout=10, markup=False)

    def action_copy(self) -> None:
        from resim_inspect.tui.clipboard import copy

        text = "".join(text for text, _ in self.reading(theme_styles(self.app))).strip()
        if self.cursor_x is None and self._painted is not None:
            # A number that is drawn in large digits is copied as one line of text.
            text = exact_value(self._painted.drawing) or self._painted.picture.text
        copy(self.app, text)

    def _scrolled(self, by: int) -> bool:
        """Scroll a text or table that is longer than the screen; False where there is none."""
        if self._painted is None or self._painted.picture.plot is not None or not self._extra:
            return False
        most = max(0, len(self._painted.strips) - self.size.height + 1)
        self._scroll = min(max(0, self._scroll + by), most)
        self.refresh()
        return True

    # Mouse.

    def _x_under(self, event: events.MouseEvent) -> float | None:
        offset = event.get_content_offset(self)
        if offset is None or self._painted is None:
            return None
        return self._painted.picture.position_at(offset.x, offset.y)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 0.7)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1 / 0.7)

    def _wheel(self, event: events.MouseEvent, factor: float) -> None:
        if self._scrolled(-3 if factor < 1 else 3):
            event.stop()
            return
        view = self._view()
        if view is not None:
            event.stop()
            self.window = zoom(view[0], view[1], factor, self._x_under(event))
            self._ask()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        at, view = self._x_under(event), self._view()
        if at is not None and view is not None and self.drawing is not None:
            from resim_inspect.charts.analysis.sample_steps import snap

            self._put_cursor(snap(self.drawing.main, at))
            self._drag = (event.x, view[0])
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        view = self._view()
        if self._drag is None or view is None or self.window is None or self._painted is None:
            return
        start, (low, high) = self._drag
        plot = self._painted.picture.plot
        if plot is not None and not self._is_horizontal:
            shift = (start - event.x) / max(1, plot.width) * (high - low)
            self.window = clamp((low + shift, high + shift), view[1])
            self._ask()

    def on_mouse_up(self) -> None:
        if self._drag is not None:
            self._drag = None
            self.release_mouse()
