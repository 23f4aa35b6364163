"""A chart on the screen: drawn in a thread, shown with a cursor and the values under it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.worker import Worker, WorkerState

from resim_inspect.charts.model.drawing import DrawOptions
from resim_inspect.document import Document
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.preferences.model import preferences_of
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.chart.painter import Painted, Request, Subject, paint
from resim_inspect.tui.widgets.chart.palette import palette_of
from resim_inspect.tui.widgets.chart.reading_line import cursor_line, idle_line, lit_line
from resim_inspect.tui.widgets.chart.terminal_graphics import Graphics, send, stamp
from resim_inspect.tui.widgets.chart.viewport import View, Window, scroll_into_view
from resim_inspect.tui.widgets.row_list import LineWidget, StyledText, strip_of
from resim_inspect.tui.workers import Background

if TYPE_CHECKING:
    from resim_inspect.charts.build.job_values import JobValues
    from resim_inspect.charts.model.drawing import Drawing

KEEP_OLD = 0.2
"""Seconds that the previous chart stays while the next is drawn."""


class ChartCanvas(Background, LineWidget, can_focus=True):
    """One chart, and below it the values under the cursor."""

    DEFAULT_CSS = "ChartCanvas { height: 1fr; }"

    class Ready(Message):
        """A picture is ready to be shown."""

        def __init__(self, painted: Painted) -> None:
            super().__init__()
            self.painted = painted

    class Read(Message):
        """The cursor has moved, or another drawing is shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.subject: Subject | None = None
        self.options = DrawOptions()
        self.window: Window | None = None
        self.cursor_x: float | None = None
        self.anchor_x: float | None = None
        """The second cursor, from which differences are counted."""
        self.y_window: Window | None = None
        self.fit_y = False
        self._painted: Painted | None = None
        self._busy = self._stale = False
        self._scroll = self._extra = 0
        self._wanted_ns: float | None = None
        self._has_image = self._stamping = False

    def on_mount(self) -> None:
        self.options = replace(self.options, time=preferences_of(self.app).time)

    # State.

    @property
    def drawing(self) -> Drawing | None:
        """The drawing of the subject; None until it is ready."""
        if self._painted and self._painted.request.subject == self.subject:
            return self._painted.drawing
        return None

    def show(
        self, document: Document, kind: str, position: int, jobs: JobValues | None = None
    ) -> None:
        """Draw a metric, with `jobs` below it, or data; the same ones keep the view."""
        self.show_subject(Subject(document, kind, position, jobs=jobs))

    def show_subject(self, subject: Subject) -> None:
        """Draw a subject; the same one keeps the view."""
        old, self.subject = self.subject, subject
        if old == subject:
            return
        if old is None or (old.kind, old.position) != (subject.kind, subject.position):
            self.options = DrawOptions(time=self.options.time, statuses=self.options.statuses)
            self._reset_view()
        self._scroll = self._extra = 0
        self._stale = True
        self.set_timer(KEEP_OLD, self._tidy)
        # The row that was chosen is on the screen before its chart is worked out.
        self.call_after_refresh(self._ask)

    def clear(self) -> None:
        """Show nothing."""
        self.subject = None
        self._reset_view()
        self._put(None)
        self.refresh()

    def _reset_view(self) -> None:
        self.window = self.y_window = self.cursor_x = self.anchor_x = None
        self.fit_y = False

    def take_view(self, other: ChartCanvas) -> None:
        """Show the same choices, zoom and cursor as another chart of the same subject."""
        if other.subject != self.subject:
            return
        self.options, self.window = other.options, other.window
        self.y_window, self.fit_y = other.y_window, other.fit_y
        self.cursor_x, self.anchor_x = other.cursor_x, other.anchor_x
        self._ask()
        self.refresh()

    def follow(self, other: ChartCanvas) -> None:
        """Show what another chart shows, in the same way."""
        subject = other.subject
        if subject is not None and subject.document is not None:
            self.show_subject(subject)
            self.take_view(other)

    def look_at(self, x: float) -> None:
        """Put the cursor at a position of the axis, and move the window to it."""
        self.cursor_x = x
        extent = self._extent
        if self.window and extent:
            self.window = scroll_into_view(x, self.window, extent)
            self._ask()
        self.refresh()

    @property
    def cursor_ns(self) -> int | None:
        """The time under the cursor, ns as in the file; None without one, or without times."""
        axis = getattr(self.drawing.main if self.drawing else None, "x", None)
        if self.cursor_x is None or axis is None or axis.kind != "time":
            return None
        return int(axis.base + self.cursor_x * 1e9)

    def look_at_ns(self, at: float) -> None:
        """Put the cursor at a time of the file, given in ns, once the drawing is there."""
        self._wanted_ns = at
        self._place_ns()

    def _place_ns(self) -> None:
        main = self.drawing.main if self.drawing else None
        axis = getattr(main, "x", None)
        if self._wanted_ns is None or axis is None:
            return
        at = (self._wanted_ns - axis.base) / 1e9
        extent = self._extent
        if axis.kind == "time" and extent and extent[0] <= at <= extent[1]:
            self.look_at(at)
        self._wanted_ns = None

    @property
    def _extent(self) -> Window | None:
        """Range of x of all the data that are drawn; None where there is nothing to zoom."""
        if self.drawing is None:
            return None
        from resim_inspect.charts.analysis.readout import extent

        return extent(self.drawing.main)

    @property
    def is_zoomed(self) -> bool:
        """True if not all data are in view, or the y axis is not its usual one."""
        return self.window is not None or self.y_window is not None or self.fit_y

    def _tidy(self) -> None:
        if self._stale:
            self._put(None)
            self.refresh()

    def _wanted(self) -> Request | None:
        width, height = self.size.width, self.size.height - 1
        if self.subject is None or width < 4 or height < 1:
            return None
        return Request(
            self.subject,
            self.options,
            width,
            height + self._extra,
            View(self.window, self.y_window, self.fit_y),
            palette_of(self.app),
        )

    def _ask(self) -> None:
        """Request the wanted picture; one thread at a time draws, and asks again when it ends."""
        request = self._wanted()
        if request is None or self._busy:
            return
        if self._painted and self._painted.request == request:
            return
        self._busy = True
        self._paint(request, self._painted, self._graphics)

    @work(
        thread=True,
        group="chart",
        exit_on_error=False,
        description="drawing the chart",
    )
    def _paint(self, request: Request, known: Painted | None, graphics: Graphics | None) -> None:
        self.post_message(self.Ready(paint(request, known, graphics)))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state in (WorkerState.ERROR, WorkerState.CANCELLED):
            self._busy = False

    def on_chart_canvas_ready(self, message: Ready) -> None:
        message.stop()
        self._busy = False
        painted = message.painted
        if painted.request.subject == self.subject:
            self._put(painted)
            self._stale = False
            self.border_subtitle = self._hidden_note(painted.drawing)
            if painted.picture.more and painted.picture.plot is None and not self._extra:
                self._extra = min(painted.picture.more, 5000)
            self.refresh()
            self._place_ns()
            self.post_message(self.Read())
        self._ask()

    def _hidden_note(self, drawing: Drawing) -> str:
        """`1 of 2 series hidden`; empty if all are shown."""
        hidden = len(self.options.hidden.intersection(drawing.series))
        return f"{hidden} of {len(drawing.series):,} series hidden" if hidden else ""

    def on_resize(self) -> None:
        self._extra = self._scroll = 0
        self._ask()

    def on_theme_changed(self) -> None:
        """Draw again in the colours of the theme of the moment."""
        self._ask()

    def _view(self) -> tuple[Window, Window] | None:
        """The window in view and the whole extent, where there is something to zoom."""
        if self._painted is None or self.drawing is None:
            return None
        extent, shown = self._extent, self._painted.picture.x_range
        if extent is None or shown is None or extent[1] <= extent[0]:
            return None
        low, high = self.window or shown
        if self._painted.picture.position_rows:
            # There may be more bars in the window than rows.
            high = min(high, low + shown[1] - shown[0])
        return (low, high), extent

    # Graphics.

    @property
    def _graphics(self) -> Graphics | None:
        graphics: object = getattr(self.app, "graphics", None)
        return graphics if isinstance(graphics, Graphics) else None

    def _put(self, painted: Painted | None) -> None:
        """Show this; the terminal deletes the previous image, and receives the new one."""
        before, self._painted = self._painted, painted
        if before and before.image and (painted is None or painted.image is not before.image):
            send(self.app, before.image.drop)
        if painted and painted.image:
            send(self.app, painted.image.send)

    def on_unmount(self) -> None:
        self._put(None)

    def _shows_image(self) -> bool:
        """Return True if the image can be graphics: nothing dims it or lies over it."""
        painted = self._painted
        if painted is None or painted.image is None:
            return False
        if not (self.is_on_screen and self.screen.is_active):
            return False
        drawn = painted.request.width, painted.request.height
        if drawn != (self.size.width, self.size.height - 1 + self._extra):
            return False
        if not painted.image.stamp:
            return True
        area, corner = painted.image.area, self.content_region.offset
        image = Region(area.x, area.y, area.width, area.height).translate(corner)
        over = self.screen.query("Toast, Tooltip").results()
        return self.screen.find_widget(self).visible_region.contains_region(image) and not any(
            widget.display and widget.region.overlaps(image) for widget in over
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        shown = self._shows_image()
        if shown is not self._has_image:
            self._has_image = shown
            self.refresh()
        if shown and self._painted and self._painted.image and self._painted.image.stamp:
            # Blank cells are painted over the image each time that these lines are.
            self._stamp_soon()
        return super().render_lines(crop)

    def _stamp_soon(self) -> None:
        if not self._stamping:
            self._stamping = True
            self.call_after_refresh(self._stamp)

    def _stamp(self) -> None:
        self._stamping = False
        if self._painted and self._painted.image and self._shows_image():
            send(self.app, stamp(self._painted.image, self.content_region.offset))

    # Looks.

    def render_line(self, y: int) -> Strip:
        base, width = self.base, self.size.width
        if y == self.size.height - 1:
            return strip_of(self.reading(theme_styles(self.app)), width, base)
        painted = self._painted
        lines = () if painted is None else painted.strips
        if painted is not None and painted.image is not None and self._has_image:
            lines = painted.image.strips
        if painted is None or y + self._scroll >= len(lines):
            return Strip.blank(width, base)
        line = lines[y + self._scroll].apply_style(base).crop_extend(0, width, base)
        if self.drawing is None:
            return line
        for x in (self.anchor_x, self.cursor_x):
            line = lit_line(line, y, x, painted.picture, theme_styles(self.app))
        return line

    def reading(self, styles: ThemeStyles) -> list[StyledText]:
        """The last line: the values under the cursor, or how much is drawn."""
        drawing = self.drawing
        if drawing is None:
            return [(" drawing…", styles.quiet)] if self._busy else []
        if self.cursor_x is None:
            parts = []
            if self._extra:
                parts.append(f"{key_of('chart.up')} {key_of('chart.down')} scroll")
            if drawing.images > 1:
                number, key = drawing.image_index + 1, key_of("chart.next_image")
                parts.append(f"image {number} of {drawing.images}, {key} next")
            if self.is_zoomed:
                parts.append(f"zoomed, {key_of('chart.reset')} shows all")
            graphics = self._graphics
            if graphics and graphics.trouble and self._painted and self._painted.picture.image:
                parts.append(graphics.trouble)
            extremes = self._painted.extremes if self._painted else None
            return idle_line(parts, drawing, extremes, self.size.width, styles)
        return cursor_line(drawing.main, self.cursor_x, self.anchor_x, self.size.width, styles)
