"""A table on cells: columns as wide as they need and the room allows, numbers to the right."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Table
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cell_width, count, cut, fit

_GAP = 2
_MIN_WIDTH = 4


def rows(panel: Table, width: int) -> int:
    """Natural height in rows: title, header, rows, and a line that counts what is left out."""
    lines = min(len(panel.rows), 100_000)
    counted = _left_out(panel, lines) > 0 or _hidden_columns(panel, lines, width) > 0
    return lines + (2 if panel.header else 0) + bool(panel.title) + counted


def _left_out(panel: Table, shown: int) -> int:
    return max(0, (panel.total if panel.total is not None else len(panel.rows)) - shown)


def _columns(panel: Table, shown: int) -> int:
    return max([len(panel.header), *(len(row) for row in panel.rows[:shown])], default=0)


def _most_columns(width: int) -> int:
    return max(1, width // (_MIN_WIDTH + _GAP))


def _hidden_columns(panel: Table, shown: int, width: int) -> int:
    """Number of columns without room."""
    return max(0, _columns(panel, shown) - _most_columns(width))


def _widths(panel: Table, shown: int, width: int) -> list[int]:
    """Natural widths, the widest cut first until all fit; columns that do not are left out."""
    columns = min(_columns(panel, shown), _most_columns(width))
    widths = []
    for k in range(columns):
        texts = [panel.header[k]] if k < len(panel.header) else []
        texts += [row[k].text for row in panel.rows[:shown] if k < len(row)]
        widths.append(max((min(200, cell_width(t)) for t in texts), default=1))
    room = width - _GAP * (columns - 1)
    while sum(widths) > room and max(widths, default=0) > 1:
        widest = max(widths)
        second = max((w for w in widths if w < widest), default=1)
        many = widths.count(widest)
        over = sum(widths) - room
        cut_to = max(second, widest - -(-over // many), 1)
        widths = [min(w, cut_to) for w in widths]
    return widths


def paint(panel: Table, request: PanelRequest) -> PaintedPanel:
    """Paint the rows that fit; the last line counts the others."""
    grid = Grid(request.width, request.height)
    palette = request.palette
    y = 0
    if panel.title and request.height >= 4:
        grid.put(0, y, cut(panel.title, request.width), palette.style("text", bold=True))
        y += 1
    head = 2 if panel.header and request.height - y >= 3 else 0
    shown = min(len(panel.rows), request.height - y - head)
    left = _left_out(panel, shown)
    hidden = _hidden_columns(panel, shown, request.width)
    if (left or hidden) and shown == request.height - y - head and shown > 0:
        shown -= 1
        left = _left_out(panel, shown)
    widths = _widths(panel, shown, request.width)
    if head:
        x = 0
        for k, size in enumerate(widths):
            text = panel.header[k] if k < len(panel.header) else ""
            right = k in panel.right
            grid.put(x, y, fit(text, size, right=right), palette.style("dim", bold=True))
            grid.put(x, y + 1, "─" * size, palette.style("grid"))
            x += size + _GAP
        y += 2
    for row in panel.rows[:shown]:
        x = 0
        for k, size in enumerate(widths):
            if k < len(row):
                cell = row[k]
                style = palette.style(cell.color_role, bold=cell.bold)
                grid.put(x, y, fit(cell.text, size, right=k in panel.right), style)
            x += size + _GAP
        y += 1
    if left or hidden:
        parts = [count(left, "more row")] if left else []
        parts += [count(hidden, "more column")] if hidden else []
        text = "… " + ", ".join(parts)
        grid.put(0, min(y, request.height - 1), cut(text, request.width), palette.style("dim"))
    return PaintedPanel(grid, more=left)
