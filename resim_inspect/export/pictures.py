"""A chart as a file: SVG, PNG, or text as in the terminal."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from resim_inspect.document.approximate import APPROXIMATE_NOTE

if TYPE_CHECKING:
    from resim_inspect.charts.model.drawing import Drawing
    from resim_inspect.charts.svg import SvgOptions

TEXT_COLUMNS = 100


class PictureFormat(StrEnum):
    """The formats of a chart."""

    SVG = "svg"
    PNG = "png"
    TEXT = "txt"


def picture_bytes(
    drawing: Drawing, kind: PictureFormat, options: SvgOptions, *, approximate: bool = False
) -> bytes:
    """The content of the file of a chart; `options` are for SVG and PNG.

    `approximate` writes below the chart that it was evaluated here: the file leaves the document.
    A PNG has the light theme if `options` leaves the choice to the reader. Raises
    MissingExtraError for PNG without the extra, ExportError if it cannot be painted.
    """
    if approximate:
        drawing = replace(drawing, notes=(APPROXIMATE_NOTE, *drawing.notes))
    if kind is PictureFormat.TEXT:
        return _text(drawing, options).encode()
    from resim_inspect.charts.svg import svg_chart

    if kind is PictureFormat.SVG:
        return svg_chart(drawing, options).encode()
    from resim_inspect.export.raster import png_of

    theme = "light" if options.theme == "auto" else options.theme
    return png_of(svg_chart(drawing, replace(options, theme=theme)))


def _text(drawing: Drawing, options: SvgOptions) -> str:
    """The chart in characters, without colours, with its title."""
    from resim_inspect.charts.model.picture import status_word
    from resim_inspect.charts.model.style import PLAIN
    from resim_inspect.charts.rendering.compose import natural_height, render

    height = natural_height(drawing, TEXT_COLUMNS)
    picture = render(
        drawing,
        TEXT_COLUMNS,
        height,
        window=options.window,
        y_window=options.y_window,
        fit_y=options.fit_y,
        palette=PLAIN,
    )
    head = [drawing.title, drawing.type_label]
    if drawing.status:
        head.append(status_word(drawing.status))
    lines = [line.rstrip() for line in picture.text.split("\n")]
    return "\n".join([" · ".join(part for part in head if part), "", *lines]) + "\n"
