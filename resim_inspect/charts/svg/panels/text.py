"""Markdown as lines of a monospaced font, laid out as in the terminal."""

from __future__ import annotations

import re

from resim_inspect.charts.model.drawing import Text
from resim_inspect.charts.model.style import RGB, ColorRole, Palette, Span
from resim_inspect.charts.rendering.panels import markdown
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, View
from resim_inspect.charts.svg.canvas import MONOSPACE, Canvas, Room
from resim_inspect.text import cell_width, count

MAX_LINES = 400
_SIZE = 12.5
_CELL = _SIZE * 0.602
_LINE = 17.0
_PARTS = re.compile(r"\S+(?: \S+)*")

_ROLES: dict[RGB, ColorRole] = {(1, 0, 0): "dim", (2, 0, 0): "accent"}
_ROLES.update({(0, 0, k + 1): k for k in range(8)})
_ROLE_PALETTE = Palette(
    "roles",
    color=True,
    light=True,
    series=tuple((0, 0, k + 1) for k in range(8)),
    named={"dim": (1, 0, 0), "accent": (2, 0, 0), "grid": (1, 0, 0)},
)
"""Colours that stand for roles: the layout of Markdown answers with colours."""


def _lines(panel: Text, width: float) -> list[tuple[Span, ...]]:
    return markdown.lines(panel.markdown, max(20, int(width / _CELL)), _ROLE_PALETTE)


def height(panel: Text, width: float) -> float:
    """Natural height in px."""
    return min(MAX_LINES + 1, len(_lines(panel, width))) * _LINE + 8


def paint(canvas: Canvas, panel: Text, room: Room, view: View = WHOLE) -> PaintedChart:
    """Paint the lines that fit; the last one counts the others."""
    del view
    lines = _lines(panel, room.width)
    rows = min(MAX_LINES + 1, int((room.height - 2) // _LINE))
    shown = lines if len(lines) <= rows else lines[: max(0, rows - 1)]
    y = room.y + 13
    for line in shown:
        _paint_line(canvas, line, room.x, y)
        y += _LINE
    if len(lines) > len(shown):
        canvas.text(room.x, y, f"… {count(len(lines) - len(shown), 'more line')}", "dim")
    return PaintedChart()


def _paint_line(canvas: Canvas, line: tuple[Span, ...], x: float, y: float) -> None:
    column = 0
    for span in line:
        style = span.style
        ink = _ROLES.get(style.fg, "text") if style.fg is not None else "text"
        # Several blanks would become one.
        for part in _PARTS.finditer(span.text):
            before = cell_width(span.text[: part.start()])
            canvas.text(
                x + (column + before) * _CELL,
                y,
                part.group(),
                "dim" if style.dim else ink,
                size=_SIZE,
                font_family=MONOSPACE,
                font_weight="600" if style.bold else "",
                font_style="italic" if style.italic else "",
                text_decoration="underline" if style.underline else "",
                # The length keeps columns aligned whatever the font is.
                textLength=cell_width(part.group()) * _CELL,
            )
        column += cell_width(span.text)
