"""The painter of each kind of panel. A new kind of panel is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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
from resim_inspect.charts.rendering.panels import bars, gauge, image, markdown, message, plot, table
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest

P = TypeVar("P")


@dataclass(frozen=True)
class Painter(Generic[P]):
    """Functions that lay out and paint one kind of panel."""

    rows: Callable[[P, int], int]
    """Natural height of a panel in rows, for a width in columns."""
    paint: Callable[[P, PanelRequest], PaintedPanel]
    roomy_rows: Callable[[P, int], int] | None = None
    """Height of a panel beside others where there is room; None for the natural one."""
    grows: bool = False
    """Panels of this kind share the rows that are left over, and give rows first."""


PAINTERS: dict[type[Panel], Painter[Any]] = {
    Plot: Painter(plot.rows, plot.paint, grows=True),
    Bars: Painter(bars.rows, bars.paint, grows=True),
    Image: Painter(image.rows, image.paint, grows=True),
    Table: Painter(table.rows, table.paint),
    Text: Painter(markdown.rows, markdown.paint),
    Gauge: Painter(gauge.rows, gauge.paint, gauge.roomy_rows),
    Message: Painter(message.rows, message.paint),
}


def painter_of(panel: Panel) -> Painter[Any]:
    """The painter of a panel."""
    return PAINTERS[type(panel)]
