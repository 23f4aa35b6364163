"""Boxes as rectangles: bars, buckets, ranges."""

from __future__ import annotations

import math

from resim_inspect.charts.model.drawing import Box, Plot
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.canvas import FONT_SIZE, text_width
from resim_inspect.charts.svg.theme import OnFill

_THIN = 0.75
"""px that a box has at least in each direction: a bar near zero stays visible."""


def paint_boxes(area: PlotArea, panel: Plot) -> None:
    """Boxes in their order, those of the right axis last."""
    for box in sorted(panel.boxes, key=lambda box: box.right):
        _paint_box(area, box)


def _paint_box(area: PlotArea, box: Box) -> None:
    if not all(map(math.isfinite, (box.x0, box.x1, box.y0, box.y1))):
        return
    room = area.room
    left, right = sorted((area.across(box.x0), area.across(box.x1)))
    top, bottom = sorted((area.up(box.y0, box.right), area.up(box.y1, box.right)))
    if right < room.x or left > room.right or bottom < room.y or top > room.bottom:
        return
    left, right = max(left, room.x - 4), min(right, room.right + 4)
    top, bottom = max(top, room.y - 4), min(bottom, room.bottom + 4)
    empty = box.value == 0 or (box.y0 == box.y1 and not box.horizontal)
    # A hair between neighbours, so that buckets of one colour can be told apart.
    gap = 0.5 if right - left > 4 and not box.horizontal else 0.0
    width = max(_THIN, right - left - 2 * gap)
    height = max(0.0 if empty else _THIN, bottom - top)
    title = ": ".join(part for part in (box.name, box.text) if part)
    if box.status is not None and box.status.fails:
        title = f"{title} ({box.status.name})".strip()
    area.canvas.draw(
        "rect", fill=box.color_role, title=title, x=left + gap, y=top, width=width, height=height
    )
    if box.label and box.horizontal and text_width(box.label) + 8 <= right - left:
        area.canvas.text(
            (left + right) / 2,
            (top + bottom) / 2 + FONT_SIZE * 0.36,
            box.label,
            OnFill(box.color_role),
            anchor="middle",
        )
