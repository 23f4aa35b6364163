"""An image in half blocks, two pixels a cell; shades of grey without colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Image
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.style import Style
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cut

_SHADES = " .:-=+*#%@"


def fitted(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """Columns and half rows that keep an image's proportions in `columns` × `rows` cells."""
    scale = min(columns / max(1, width), 2 * rows / max(1, height))
    across = max(1, min(columns, round(width * scale)))
    down = max(1, min(2 * rows, round(height * scale)))
    return across, down


def rows(_panel: Image, _width: int) -> int:
    """Natural height in rows."""
    return 20


def paint(panel: Image, request: PanelRequest) -> PaintedPanel:
    """The image in the middle, its caption below."""
    grid = Grid(request.width, request.height)
    palette = request.palette
    rows = request.height - (1 if panel.caption and request.height >= 3 else 0)
    tall, wide = panel.pixels.shape[:2]
    across, down = fitted(wide, tall, request.width, rows)
    pixels = _resized(panel.pixels, across, down + down % 2)
    if down % 2:
        pixels[-1] = pixels[-2] if len(pixels) > 1 else pixels[-1]
    left = (request.width - across) // 2
    used = (down + 1) // 2
    top = (rows - used) // 2
    if palette.color:
        for row in range(used):
            upper, lower = pixels[2 * row].tolist(), pixels[2 * row + 1].tolist()
            half = row == used - 1 and down % 2 == 1
            for column in range(across):
                style = Style(fg=tuple(upper[column]), bg=None if half else tuple(lower[column]))
                grid.put(left + column, top + row, "▀", style)
    else:
        grey = pixels.astype(np.float64).mean(axis=2)
        for row in range(used):
            shades = (grey[2 * row] + grey[2 * row + 1]) / 2 / 256 * len(_SHADES)
            line = "".join(_SHADES[int(shade)] for shade in shades.tolist())
            grid.put(left, top + row, line)
    if rows < request.height:
        grid.put(0, request.height - 1, cut(panel.caption, request.width), palette.style("dim"))
    return PaintedPanel(grid, plot=Rect(left, top, across, used))


def _resized(pixels: NDArray[np.uint8], columns: int, rows: int) -> NDArray[np.uint8]:
    from PIL import Image as Pillow

    image = Pillow.fromarray(np.ascontiguousarray(pixels))
    small = image.resize((columns, rows), Pillow.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small, np.uint8).copy()
