"""A message in place of a chart."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Message
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cell_width, wrap


def rows(panel: Message, width: int) -> int:
    """Natural height in rows."""
    return len(wrap(panel.text, max(8, width - 4))) + 2


def paint(panel: Message, request: PanelRequest) -> PaintedPanel:
    """Paint the message in the middle of the room."""
    grid = Grid(request.width, request.height)
    side = 2 if request.width >= 20 else 0
    lines = wrap(panel.text, max(1, request.width - 2 * side))[: request.height]
    top = max(0, (request.height - len(lines)) // 2)
    for row, line in enumerate(lines):
        left = max(0, (request.width - cell_width(line)) // 2)
        grid.put(left, top + row, line, request.palette.style("dim"))
    return PaintedPanel(grid)
