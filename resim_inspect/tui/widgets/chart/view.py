"""The chart in use: keys and mouse that zoom, pan, read, and choose what is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, work
from textual.binding import BindingType

from resim_inspect.document.enums import MetricType
from resim_inspect.text import clean
from resim_inspect.tui import keymap
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.canvas import ChartCanvas
from resim_inspect.tui.widgets.chart.viewport import Window, clamp, pan, zoom

if TYPE_CHECKING:
    from resim_inspect.charts.model.drawing import TimeMode
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric


class ChartView(ChartCanvas):
    """One chart that can be zoomed, panned and read."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.CHART]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drag: tuple[int, Window] | None = None

    def key_hints(self) -> tuple[Hint, ...]:
        """Bindings that do something with what is drawn."""
        drawing, hints = self.drawing, []
        if self._view() is not None:
            hints += [Hint("chart.left"), Hint("chart.right")]
            hints += [Hint("chart.zoom_in"), Hint("chart.zoom_out")]
            if self.window is not None:
                hints.append(Hint("chart.reset"))
        if self._extra:
            hints += [Hint("chart.up"), Hint("chart.down")]
        if drawing is not None and drawing.images > 1:
            hints += [Hint("chart.next_image"), Hint("chart.previous_image")]
        if drawing is not None and len(drawing.series) > 1:
            hints.append(Hint("chart.series"))
        subject = self.subject
        if subject is not None and subject.document is not None and subject.kind == "metric":
            metric = subject.document.metrics[subject.position]
            if metric.type in (MetricType.PLOTLY, MetricType.IMAGE, MetricType.IMAGE_LIST):
                hints.append(Hint("chart.browse"))
        return tuple(hints)

    def action_vertical(self, by: int) -> None:
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

    def action_reset(self) -> None:
        self.window = self.cursor_x = None
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
        window, extent = view
        step = (window[1] - window[0]) / max(1, self._painted.picture.plot.width)
        if self._painted.picture.reverse:
            step = -step
        if self.cursor_x is None or not window[0] <= self.cursor_x <= window[1]:
            at = (window[0] + window[1]) / 2
        else:
            at = self.cursor_x + columns * step
        self._put_cursor(min(max(at, extent[0]), extent[1]))

    def _put_cursor(self, at: float) -> None:
        view = self._view()
        self.cursor_x = at
        if view is not None and self.window is not None:
            low, high = self.window
            if not low <= at <= high:
                width = high - low
                start = at if at < low else at - width
                self.window = clamp((start, start + width), view[1])
                self._ask()
        self.refresh()
        self.post_message(self.Read())

    def action_image(self, by: int) -> None:
        if self.drawing is not None and self.drawing.images > 1:
            number = (self.drawing.image_index + by) % self.drawing.images
            self.options = replace(self.options, image_index=number)
            self._ask()

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
            found = target(document, metric, self.options.image_index)
        except (NothingToBrowseError, OSError, UnicodeDecodeError) as error:
            self._say(str(error), "warning")
            return
        where = clean(str(found.path), 300)
        if not has_display():
            self._say(f"No display here; open this file where there is one: {where}", "warning")
        elif launch(found.path):
            self._say(f"Opened {where}. {found.notice}".strip(), "information")
        else:
            self._say(f"No browser or viewer was found; open this file: {where}", "warning")

    def _say(self, sentence: str, severity: Literal["information", "warning"]) -> None:
        # Safe from a worker's thread.
        self.app.notify(clean(sentence, 600), severity=severity, timeout=10, markup=False)

    def action_time(self) -> None:
        following: dict[TimeMode, TimeMode] = {
            "auto": "relative",
            "relative": "absolute",
            "absolute": "auto",
        }
        words = {"auto": "as the data look", "relative": "since the start", "absolute": "as UTC"}
        self.options = replace(self.options, time=following[self.options.time])
        self.app.notify(f"Times {words[self.options.time]}.", timeout=2)
        self.window = self.cursor_x = None
        self._ask()

    def action_statuses(self) -> None:
        self.options = replace(self.options, statuses=not self.options.statuses)
        self._ask()

    def action_series(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChecklistDialog

        names = self.drawing.series if self.drawing else ()
        if len(names) < 2:
            self.app.notify("There is one series only.", timeout=3)
            return

        def changed(on: set[int]) -> None:
            hidden = frozenset(name for i, name in enumerate(names) if i not in on)
            self.options = replace(self.options, hidden=hidden)
            self._ask()

        on = {i for i, name in enumerate(names) if name not in self.options.hidden}
        self.app.push_screen(ChecklistDialog("Series", [clean(n, 80) for n in names], on, changed))

    def action_category(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChoiceDialog

        drawing = self.drawing
        if drawing is None or not drawing.categories:
            self.app.notify("These data have no categories.", timeout=3)
            return
        names = drawing.categories

        def chosen(row: int | None) -> None:
            if row is not None:
                self.options = replace(self.options, category=names[row])
                self._ask()

        current = names.index(drawing.category) if drawing.category in names else 0
        self.app.push_screen(
            ChoiceDialog("Category", [clean(n, 80) for n in names], current), chosen
        )

    def action_copy(self) -> None:
        from resim_inspect.tui.clipboard import copy

        text = "".join(text for text, _ in self.reading(theme_styles(self.app))).strip()
        if self.cursor_x is None and self._painted is not None:
            text = self._painted.picture.text
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
        if offset is None or self._painted is None or self._painted.picture.plot is None:
            return None
        plot = self._painted.picture.plot
        if (offset.x, offset.y) not in plot:
            return None
        return self._painted.picture.x_of(offset.x)

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
        if at is not None and view is not None:
            self._put_cursor(at)
            self._drag = (event.x, view[0])
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        view = self._view()
        if self._drag is None or view is None or self.window is None or self._painted is None:
            return
        start, (low, high) = self._drag
        plot = self._painted.picture.plot
        if plot is not None:
            shift = (start - event.x) / max(1, plot.width) * (high - low)
            self.window = clamp((low + shift, high + shift), view[1])
            self._ask()

    def on_mouse_up(self) -> None:
        if self._drag is not None:
            self._drag = None
            self.release_mouse()
