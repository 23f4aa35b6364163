"""Boxes on cells: bars and buckets whose growing end is drawn in eighths of a cell."""

from __future__ import annotations

import math

import numpy as np

from resim_inspect.charts.model.layers import Box
from resim_inspect.charts.model.style import Palette
from resim_inspect.charts.rendering.cells import RIGHT, UP
from resim_inspect.charts.rendering.panels.canvas import PlotFrame
from resim_inspect.text import cell_width

FILLS = "█▓▒░"
"""Fills of the series without colours."""

_SIDES = {
    (False, True): "low",
    (False, False): "high",
    (True, True): "left",
    (True, False): "right",
}
"""Side of a cell that is filled, by (horizontal, filled from the lower end)."""

Span = tuple[float, float]
"""Start and end in cells, ascending."""


def fill_char(shade: int, palette: Palette) -> str:
    """The character of a full cell: shades tell series apart without colours."""
    return "█" if palette.color else FILLS[shade % len(FILLS)]


def paint_boxes(frame: PlotFrame, boxes: tuple[Box, ...]) -> None:
    """Paint boxes in their order; each at least a cell wide."""
    if not boxes:
        return
    edges = np.array([(b.x0, b.x1, b.y0, b.y1) for b in boxes], np.float64)
    with np.errstate(invalid="ignore"):
        x0, x1 = frame.x.place(edges[:, 0]), frame.x.place(edges[:, 1])
        y0, y1 = frame.y.place(edges[:, 2]), frame.y.place(edges[:, 3])
    columns = np.stack((np.minimum(x0, x1), np.maximum(x0, x1)), 1)
    rows = np.stack((np.minimum(y0, y1), np.maximum(y0, y1)), 1)
    for k, box in enumerate(boxes):
        (left, right), (low, high) = columns[k].tolist(), rows[k].tolist()
        if not all(math.isfinite(edge) for edge in (left, right, low, high)):
            continue
        if right < 0 or left > frame.area.width or high < 0 or low > frame.area.height:
            continue
        if box.horizontal:
            _paint_box(frame, box, (left, right), (low, high))
            _paint_label(frame, box, (left, right), (low, high))
        else:
            _paint_box(frame, box, (low, high), (left, right))


def _covered(span: Span, cells: int) -> range:
    """The cells whose middle lies in a span; at least one."""
    first = max(0, round(span[0]))
    last = min(cells, round(span[1]))
    if last <= first:
        first = min(cells - 1, max(0, int((span[0] + span[1]) / 2)))
        last = first + 1
    return range(first, last)


def _paint_box(frame: PlotFrame, box: Box, along: Span, across: Span) -> None:
    """One box: `along` the direction in which it grows, and `across` it."""
    grid, area, palette = frame.grid, frame.area, frame.palette
    length, width = area.height, area.width
    if box.horizontal:
        length, width = width, length
    start, end = max(0.0, along[0]), min(float(length), along[1])
    style = palette.style(box.color_role)
    full = fill_char(box.shade, palette)
    last = min(length, math.ceil(end) if end > start else int(start) + 1)
    for lane in _covered(across, width):
        for cell in range(int(start), last):
            eighths = round((min(end, cell + 1.0) - max(start, float(cell))) * 8)
            column, row = (cell, lane) if box.horizontal else (lane, cell)
            x, y = area.x + column, frame.row(row)
            if eighths >= 8:
                grid.put(x, y, full, style)
                continue
            if not eighths and end - start >= 1 / 8:
                continue
            from_low = start <= cell or end - start < 1 / 8
            if palette.color:
                side = _SIDES[box.horizontal, from_low]
                grid.part(x, y, max(1, eighths), style, side)
            else:
                _paint_end(frame, box, (x, y), eighths, (from_low, end - start))


def _paint_end(
    frame: PlotFrame, box: Box, cell: tuple[int, int], eighths: int, end: tuple[bool, float]
) -> None:
    """The partly filled cell at an end of a box, without colours: it shows one thing only."""
    from_low, length = end
    style = frame.palette.style(box.color_role)
    full = fill_char(box.shade, frame.palette)
    if box.horizontal:
        if eighths >= 4 or length < 1:
            tip = RIGHT[max(1, eighths)] if from_low else "▐"
            frame.grid.put(*cell, full if full != "█" else tip, style)
    elif full != "█":
        if eighths >= 4:
            frame.grid.put(*cell, full, style)
    elif frame.grid.blank(*cell, 1):
        tip = UP[max(1, eighths)] if from_low else "▀▔"[eighths < 4]
        frame.grid.put(*cell, tip, style)


def _paint_label(frame: PlotFrame, box: Box, along: Span, across: Span) -> None:
    """The label of a horizontal box, inside it if it fits."""
    left, right = max(0.0, along[0]), min(float(frame.area.width), along[1])
    size = cell_width(box.label)
    if box.label and size + 2 <= right - left:
        rows = _covered(across, frame.area.height)
        x = frame.area.x + int(left + (right - left - size) / 2)
        y = frame.row(rows[len(rows) // 2])
        frame.grid.put(x, y, box.label, frame.palette.fill(box.color_role))
