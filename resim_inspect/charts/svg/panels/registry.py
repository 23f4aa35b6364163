"""The painter of each kind of panel. A new kind of panel is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resim_inspect.charts.model.drawing import (
    Bars,
    Gauge,
    Image,
    Message,
    Panel,
    Plot,
    Table,
    Text,
)
from resim_inspect.charts.svg.area import PaintedChart
from resim_inspect.charts.svg.panels import bars, gauge, image, message, plot, table, text


@dataclass(frozen=True)
class SvgPainter:
    """Functions that lay out and paint one kind of panel."""

    height: Callable[[Any, float], float]
    """Natural height of a panel in px, for a width in px."""
    paint: Callable[..., PaintedChart]
    grows: bool = False
    """Panels of this kind share the px that are left over, and give px first."""


SVG_PAINTERS: dict[type[Panel], SvgPainter] = {
    Plot: SvgPainter(plot.height, plot.paint, grows=True),
    Bars: SvgPainter(bars.height, bars.paint, grows=True),
    Image: SvgPainter(image.height, image.paint, grows=True),
    Table: SvgPainter(table.height, table.paint),
    Text: SvgPainter(text.height, text.paint),
    Gauge: SvgPainter(gauge.height, gauge.paint),
    Message: SvgPainter(message.height, message.paint),
}
