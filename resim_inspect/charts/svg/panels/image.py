"""An image, put into the SVG as PNG, with its caption below."""

from __future__ import annotations

import base64

from resim_inspect.charts.model.drawing import Image
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, View
from resim_inspect.charts.svg.canvas import Canvas, Room
from resim_inspect.document.images import png_bytes
from resim_inspect.text import clean

_CAPTION = 20.0
_TALLEST = 560.0


def _size(panel: Image, width: float, height: float) -> tuple[float, float]:
    """px of the image with its proportions; a small one is at most four times as large."""
    tall, wide = panel.pixels.shape[:2]
    scale = min(width / max(1, wide), height / max(1, tall), 4.0)
    return max(1.0, wide * scale), max(1.0, tall * scale)


def height(panel: Image, width: float) -> float:
    """Natural height in px."""
    return _size(panel, width, _TALLEST)[1] + (_CAPTION if panel.caption else 0.0) + 4


def paint(canvas: Canvas, panel: Image, room: Room, view: View = WHOLE) -> PaintedChart:
    """Paint the image as large as the room allows."""
    del view
    below = _CAPTION if panel.caption else 0.0
    width, tall = _size(panel, room.width, max(1.0, room.height - below - 4))
    canvas.draw(
        "image",
        x=room.x,
        y=room.y,
        width=width,
        height=tall,
        href="data:image/png;base64," + base64.b64encode(png_bytes(panel.pixels)).decode("ascii"),
        image_rendering="pixelated" if width >= 2 * panel.pixels.shape[1] else "",
    )
    if panel.caption:
        canvas.text(room.x, room.y + tall + 15, clean(panel.caption), "dim", width=room.width)
    return PaintedChart()
