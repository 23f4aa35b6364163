"""Thresholds, moments and free texts: lines with labels, and shading where a value fails."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Plot, ReferenceLine
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.canvas import SMALL, shortened, text_width

_LABEL_GAP = 13.0
"""px between the base lines of two labels, at least."""


def paint_shading(area: PlotArea, panel: Plot) -> None:
    """Shade the side of each threshold on which values fail.

    Thresholds of one series among several are left out: values of the others may pass there.
    """
    for line in panel.reference_lines:
        side = line.short[:1]
        if line.vertical or side not in ("<", ">") or not line.label.startswith("fails"):
            continue
        room = area.room
        y = min(room.bottom, max(room.y, area.up(line.position)))
        above = (side == ">") != panel.y.reverse
        top, bottom = (room.y, y) if above else (y, room.bottom)
        if bottom > top:
            area.canvas.draw(
                "rect",
                fill="limit",
                x=room.x,
                y=top,
                width=room.width,
                height=bottom - top,
                fill_opacity=0.09,
            )


def paint_reference_lines(area: PlotArea, panel: Plot) -> None:
    """The lines within the ranges of the axes."""
    room, canvas = area.room, area.canvas
    for line in panel.reference_lines:
        if line.vertical and area.holds_x(line.position):
            x = area.across(line.position)
            canvas.line(
                x, room.y, x, room.bottom, line.color_role, stroke_width=1, stroke_dasharray="2 3"
            )
        elif not line.vertical and area.holds_y(line.position):
            y = area.up(line.position)
            canvas.line(
                room.x,
                y,
                room.right,
                y,
                line.color_role,
                stroke_width=1.3,
                stroke_dasharray="7 4",
            )


def paint_labels(area: PlotArea, panel: Plot) -> None:
    """Labels on top of everything else, with a halo, so that curves do not cross them."""
    room, canvas = area.room, area.canvas
    taken: list[float] = []
    for line in panel.reference_lines:
        if line.vertical or not line.label or not area.holds_y(line.position):
            continue
        y = area.up(line.position)
        text = shortened(line.label, room.width - 12, SMALL)
        above = y - 4 if y - 16 > room.y else y + 12
        if any(abs(above - other) < _LABEL_GAP for other in taken):
            above = y + 12
        if any(abs(above - other) < _LABEL_GAP for other in taken):
            continue
        taken.append(above)
        _halo(area, room.right - 5, above, text, "end", line)
    ends: list[tuple[float, float]] = []
    for line in panel.reference_lines:
        if not line.vertical or not area.holds_x(line.position):
            continue
        x = area.across(line.position)
        if line.mark:
            canvas.mark(x, room.y - 4, line.mark, line.color_role, 3.4)
        if not (line.label and line.legend):
            continue
        width = text_width(line.label, SMALL)
        anchor = "start" if x + 6 + width <= room.right else "end"
        span = (x, x + width + 12) if anchor == "start" else (x - width - 12, x)
        if width > room.width / 2 or any(a < span[1] and span[0] < b for a, b in ends):
            continue
        ends.append(span)
        _halo(area, x + (5 if anchor == "start" else -5), room.y + 12, line.label, anchor, line)


def _halo(area: PlotArea, x: float, y: float, text: str, anchor: str, line: ReferenceLine) -> None:
    _backed(area, x, y, text, anchor)
    area.canvas.text(x, y, text, line.color_role, size=SMALL, anchor=anchor)


def _backed(area: PlotArea, x: float, y: float, text: str, anchor: str) -> None:
    """A plate of the background's colour below a text."""
    width = text_width(text, SMALL) + 4
    left = x - 2 if anchor == "start" else x - width + 2
    area.canvas.draw(
        "rect", fill="background", x=left, y=y - 10, width=width, height=13, fill_opacity=0.72
    )


def paint_annotations(area: PlotArea, panel: Plot) -> None:
    """Texts at their points; what begins near the right edge ends at it."""
    room, canvas = area.room, area.canvas
    for note in panel.annotations:
        if not (area.holds_x(note.x) and area.holds_y(note.y, note.right)):
            continue
        x, y = area.across(note.x), area.up(note.y, note.right)
        text = shortened(note.text, room.width)
        x = max(room.x, min(x, room.right - text_width(text)))
        canvas.text(x, min(room.bottom - 2, max(room.y + 10, y + 4)), text, note.color_role)
