"""Requests to a thread to paint a metric, and the lines on the screen that it returns."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from resim_inspect.document import Document
from resim_inspect.text import clean
from resim_inspect.tui.widgets.chart.viewport import View

if TYPE_CHECKING:
    from resim_inspect.charts.analysis.value_range import ValueRange
    from resim_inspect.charts.build.job_values import JobValues
    from resim_inspect.charts.model.drawing import Drawing, DrawOptions
    from resim_inspect.charts.model.picture import Picture
    from resim_inspect.charts.model.style import Palette
    from resim_inspect.charts.model.style import Style as ChartStyle
    from resim_inspect.tui.widgets.chart.terminal_graphics import Graphics, GraphicsImage


class Base(NamedTuple):
    """A metric that another one is compared with."""

    document: Document
    position: int
    is_reference: bool = False
    """True for a metric of the reference document, False for a side of a comparison."""


class Subject(NamedTuple):
    """Subject of a chart: a metric, metrics data or an image file, by position or path."""

    document: Document | None
    kind: str
    """`metric`, `data` or `file`; another word with `draw`."""
    position: int
    path: Path | None = None
    """Path of an image file, with `file`."""
    jobs: JobValues | None = None
    """Values of a scalar in the jobs of the workspace."""
    base: Base | None = None
    """The metric that this one is compared with, drawn dim."""
    draw: Callable[[], Drawing] | None = None
    """Function that draws what is neither in a document nor in a file."""


class Request(NamedTuple):
    """One picture that is wanted."""

    subject: Subject
    options: DrawOptions
    width: int
    height: int
    view: View
    palette: Palette


class Painted(NamedTuple):
    """A picture, the drawing it is of, and its lines."""

    request: Request
    drawing: Drawing
    picture: Picture
    strips: tuple[Strip, ...]
    extremes: ValueRange | None = None
    """The smallest and the largest value of the panel that is read."""
    has_failing: bool = False
    """True if a sample of it fails or has no value."""
    image: GraphicsImage | None = None
    """The same with its image as graphics, where the terminal has them."""


def paint(request: Request, known: Painted | None, graphics: Graphics | None = None) -> Painted:
    """Draw and render; decodes series, so not for the thread that shows the screen."""
    from resim_inspect.charts import draw, draw_series
    from resim_inspect.charts.analysis.sample_steps import next_failing
    from resim_inspect.charts.analysis.value_range import value_range

    options, subject = request.options, request.subject
    if known and known.request.subject == subject and known.request.options == options:
        drawing, extremes, has_failing = known.drawing, known.extremes, known.has_failing
    else:
        document = subject.document
        if subject.draw is not None:
            drawing = subject.draw()
        elif document is None:
            drawing = _file(subject)
        elif subject.kind == "metric":
            metric = document.metrics[subject.position]
            drawing = draw(document, metric, options)
            if subject.base is not None:
                from resim_inspect.charts.build.overlay import COMPARED, REFERENCE, overlaid

                base = subject.base
                drawing = overlaid(
                    draw(base.document, base.document.metrics[base.position], options),
                    drawing,
                    REFERENCE if base.is_reference else COMPARED,
                    difference=options.difference,
                )
            if subject.jobs is not None:
                from resim_inspect.charts.build.job_values import with_job_values

                drawing = with_job_values(drawing, metric, subject.jobs)
        else:
            drawing = draw_series(document, document.data[subject.position], options.category)
        extremes = value_range(drawing.main)
        has_failing = next_failing(drawing.main, -math.inf, 1) is not None
    picture = rendered(drawing, request.width, request.height, request.view, request.palette)
    lines = strips(picture)
    # Without colours the placeholders of images, whose colour is the image's number, say nothing.
    if graphics is None or not request.palette.color:
        return Painted(request, drawing, picture, lines, extremes, has_failing)
    image = graphics.image_of(drawing, picture, lines)
    return Painted(request, drawing, picture, lines, extremes, has_failing, image)


def rendered(drawing: Drawing, width: int, height: int, view: View, palette: Palette) -> Picture:
    """A drawing in cells, in a palette."""
    from resim_inspect.charts import render

    return render(
        drawing,
        width,
        height,
        window=view.window,
        y_window=view.y_window,
        fit_y=view.fit_y,
        palette=palette,
    )


def _file(subject: Subject) -> Drawing:
    """An image file, or a message with the reason why it cannot be shown."""
    from resim_inspect.charts.model.drawing import Drawing, Image, Message
    from resim_inspect.document.images import open_image
    from resim_inspect.errors import MissingError

    path = subject.path or Path()
    name = clean(path.name, 120)
    try:
        pixels, caption = open_image(path, name)
    except MissingError as error:
        return Drawing(name, "image", (Message(str(error)),))
    return Drawing(name, "image", (Image(pixels, caption, str(path)),))


def strips(picture: Picture) -> tuple[Strip, ...]:
    """The picture's lines as Textual shows them."""
    styles: dict[ChartStyle, Style] = {}
    lines = []
    for line in picture.lines:
        segments = []
        for span in line:
            style = styles.get(span.style)
            if style is None:
                style = styles[span.style] = rich_style(span.style)
            segments.append(Segment(span.text, style))
        lines.append(Strip(segments))
    return tuple(lines)


def rich_style(style: ChartStyle) -> Style:
    """A style of a picture as rich knows it."""
    return Style(
        color=None if style.fg is None else "#{:02x}{:02x}{:02x}".format(*style.fg),
        bgcolor=None if style.bg is None else "#{:02x}{:02x}{:02x}".format(*style.bg),
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
    )
