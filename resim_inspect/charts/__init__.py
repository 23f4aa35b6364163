"""Metrics as pictures: `draw` turns a metric into plain data, `render` that into lines of text.

    drawing = draw(document, metric)
    picture = render(drawing, 120, 30)
    print(to_ansi(picture))

Importing this package loads neither numpy nor plotext; calling it does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resim_inspect.charts.build import draw as draw
    from resim_inspect.charts.build import draw_series as draw_series
    from resim_inspect.charts.model.drawing import Drawing as Drawing
    from resim_inspect.charts.model.drawing import DrawOptions as DrawOptions
    from resim_inspect.charts.model.picture import Picture as Picture
    from resim_inspect.charts.model.picture import Rect as Rect
    from resim_inspect.charts.model.picture import to_ansi as to_ansi
    from resim_inspect.charts.model.readings import Reading as Reading
    from resim_inspect.charts.model.readings import Readout as Readout
    from resim_inspect.charts.model.style import DARK as DARK
    from resim_inspect.charts.model.style import LIGHT as LIGHT
    from resim_inspect.charts.model.style import PLAIN as PLAIN
    from resim_inspect.charts.model.style import Line as Line
    from resim_inspect.charts.model.style import Palette as Palette
    from resim_inspect.charts.model.style import Span as Span
    from resim_inspect.charts.model.style import Style as Style
    from resim_inspect.charts.rendering.compose import natural_height as natural_height
    from resim_inspect.charts.rendering.compose import render as render

_HOME = {
    "draw": "build",
    "draw_series": "build",
    "Drawing": "model.drawing",
    "DrawOptions": "model.drawing",
    "Reading": "model.readings",
    "Picture": "model.picture",
    "Readout": "model.readings",
    "Rect": "model.picture",
    "to_ansi": "model.picture",
    "natural_height": "rendering.compose",
    "render": "rendering.compose",
    "DARK": "model.style",
    "LIGHT": "model.style",
    "PLAIN": "model.style",
    "Line": "model.style",
    "Palette": "model.style",
    "Span": "model.style",
    "Style": "model.style",
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
