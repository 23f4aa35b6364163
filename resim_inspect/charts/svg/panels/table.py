"""A table: columns as wide as they need and the room allows, numbers to the right."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Table
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, View
from resim_inspect.charts.svg.canvas import Canvas, Room, text_width
from resim_inspect.text import count

MAX_ROWS = 200
MAX_COLUMNS = 12
_ROW = 20.0
_GAP = 20.0
_TITLE = 24.0


def _shown(panel: Table) -> int:
    return min(len(panel.rows), MAX_ROWS)


def _columns(panel: Table) -> int:
    rows = panel.rows[: _shown(panel)]
    return max([len(panel.header), *(len(row) for row in rows)], default=0)


def _left_out(panel: Table, rows: int) -> str:
    """Number of rows and columns that are not drawn, in words; empty if all are."""
    total = panel.total if panel.total is not None else len(panel.rows)
    parts = [count(total - rows, "more row")] if total > rows else []
    hidden = _columns(panel) - MAX_COLUMNS
    parts += [count(hidden, "more column")] if hidden > 0 else []
    return ", ".join(parts)


def height(panel: Table, _width: float) -> float:
    """Natural height in px."""
    rows = _shown(panel) + bool(panel.header) + bool(_left_out(panel, _shown(panel)))
    return (_TITLE if panel.title else 0.0) + rows * _ROW + 12


def _widths(panel: Table, width: float) -> list[float]:
    """Natural widths; where they do not fit, the widest are cut first."""
    columns = min(_columns(panel), MAX_COLUMNS)
    rows = panel.rows[: _shown(panel)]
    widths = []
    for k in range(columns):
        texts = [panel.header[k]] if k < len(panel.header) else []
        texts += [row[k].text for row in rows if k < len(row)]
        # The header and some cells are bold.
        widest = max((text_width(text.strip(), bold=True) for text in texts), default=10.0)
        widths.append(widest + 6)
    room = max(20.0 * columns, width - _GAP * (columns - 1))
    while sum(widths) > room + 0.5:
        widest = max(widths)
        second = max((w for w in widths if w < widest), default=0.0)
        many = widths.count(widest)
        reduced = max(second, widest - (sum(widths) - room) / many)
        widths = [min(w, reduced) for w in widths]
        if widest - reduced < 0.01:
            break
    return widths


def paint(canvas: Canvas, panel: Table, room: Room, view: View = WHOLE) -> PaintedChart:
    """Paint the rows that fit; the last line counts the others."""
    del view
    if panel.title:
        canvas.text(room.x, room.y + 14, panel.title, "text", width=room.width, font_weight="600")
        room = room.below(_TITLE)
    widths = _widths(panel, room.width)
    lefts = [sum(widths[:k]) + _GAP * k for k in range(len(widths))]
    y = room.y + 14
    if panel.header:
        for k, text in enumerate(panel.header[: len(widths)]):
            _put(canvas, panel, k, room.x + lefts[k], y, widths[k], text, "dim", "600")
        end = room.x + (lefts[-1] + widths[-1] if widths else 0.0)
        canvas.line(room.x, y + 6, end, y + 6, "grid", stroke_width=1)
        y += _ROW
    shown = min(_shown(panel), max(0, int((room.bottom - y + 14) // _ROW)))
    if _left_out(panel, shown) and shown and shown < _shown(panel):
        shown -= 1
    for row in panel.rows[:shown]:
        for k, cell in enumerate(row[: len(widths)]):
            weight = "600" if cell.bold else "400"
            text = cell.text.strip() if k in panel.right else cell.text
            _put(canvas, panel, k, room.x + lefts[k], y, widths[k], text, cell.color_role, weight)
        y += _ROW
    if left := _left_out(panel, shown):
        canvas.text(room.x, y, f"… {left}", "dim", width=room.width)
    return PaintedChart()


def _put(
    canvas: Canvas,
    panel: Table,
    column: int,
    x: float,
    y: float,
    width: float,
    text: str,
    color_role: ColorRole,
    weight: str,
) -> None:
    right = column in panel.right
    canvas.text(
        x + width if right else x,
        y,
        text,
        color_role,
        anchor="end" if right else "start",
        width=width,
        font_weight=weight,
    )
