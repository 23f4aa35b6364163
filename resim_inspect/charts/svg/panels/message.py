"""A message in place of a chart."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Message
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, View
from resim_inspect.charts.svg.canvas import Canvas, Room, wrapped

_LINE = 18.0


def height(panel: Message, width: float) -> float:
    """Natural height in px."""
    return _LINE * len(wrapped(panel.text, width)) + 16


def paint(canvas: Canvas, panel: Message, room: Room, view: View = WHOLE) -> PaintedChart:
    """Paint the message."""
    del view
    for row, line in enumerate(wrapped(panel.text, room.width)):
        canvas.text(room.x, room.y + 20 + row * _LINE, line, "dim")
    return PaintedChart()
