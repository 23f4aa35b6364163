"""Metrics as pictures: `draw` makes plain data of a metric, `render` makes lines of text of it.

    drawing = draw(document, metric)
    picture = render(drawing, 120, 30)
    print(to_ansi(picture))

Importing this package loads neither numpy nor plotext; calling it does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resim_inspect.charts.drawing import Drawing as Drawing
    from resim_inspect.charts.drawing import DrawOptions as DrawOptions
    from resim_inspect.charts.drawing import Reading as Reading
    from resim_inspect.charts.kinds import draw as draw
    from resim_inspect.charts.kinds import draw_series as draw_series
    from resim_inspect.charts.picture import Picture as Picture
    from resim_inspect.charts.picture import Readout as Readout
    from resim_inspect.charts.picture import Rect as Rect
    from resim_inspect.charts.picture import to_ansi as to_ansi
    from resim_inspect.charts.rendering import natural_height as natural_height
    from resim_inspect.charts.rendering import render as render
    from resim_inspect.charts.style import DARK as DARK
    from resim_inspect.charts.style import LIGHT as LIGHT
    from resim_inspect.charts.style import PLAIN as PLAIN
    from resim_inspect.charts.style import Line as Line
    from resim_inspect.charts.style import Palette as Palette
    from resim_inspect.charts.style import Span as Span
    from resim_inspect.charts.style import Style as Style

_HOME = {
    "draw": "kinds",
    "draw_series": "kinds",
    "Drawing": "drawing",
    "DrawOptions": "drawing",
    "Reading": "drawing",
    "Picture": "picture",
    "Readout": "picture",
    "Rect": "picture",
    "to_ansi": "picture",
    "natural_height": "rendering",
    "render": "rendering",
    "DARK": "style",
    "LIGHT": "style",
    "PLAIN": "style",
    "Line": "style",
    "Palette": "style",
    "Span": "style",
    "Style": "style",
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
