"""Boxes on cells: bars and buckets whose growing end is drawn in eighths of a cell."""

from __future__ import annotations

import math

import numpy as np

from resim_inspect.charts.model.layers import Box
from resim_inspect.charts.model.style import Palette
from resim_inspect.charts.rendering.cells import RIGHT, UP
from resim_inspect.charts.rendering.panels.canvas import PlotFrame
from resim_inspect.text import cell_width

FILLS = "█▓▒░#+=:%~"
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

_Owners = dict[tuple[int, int], int]
"""Position of the box that a cell shows."""


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
    owners: _Owners = {}
    shown: list[tuple[int, Span, Span]] = []
    for k, box in enumerate(boxes):
        (left, right), (low, high) = columns[k].tolist(), rows[k].tolist()
        if not all(math.isfinite(edge) for edge in (left, right, low, high)):
            continue
        if right < 0 or left > frame.area.width or high < 0 or low > frame.area.height:
            continue
        if box.horizontal:
            shown.append((k, (left, right), (low, high)))
            _paint_box(frame, box, (left, right), (low, high), owners, k)
            _paint_label(frame, box, (left, right), (low, high))
        else:
            shown.append((k, (low, high), (left, right)))
            _paint_box(frame, box, (low, high), (left, right), owners, k)
    if not frame.palette.color:
        _paint_hidden(frame, boxes, shown, owners)


def _paint_hidden(
    frame: PlotFrame,
    boxes: tuple[Box, ...],
    shown: list[tuple[int, Span, Span]],
    owners: _Owners,
) -> None:
    """Give a cell to short boxes that others cover: without colours a cell shows one box."""
    visible = set(owners.values())
    for k, along, across in shown:
        box = boxes[k]
        if k in visible or along[1] - along[0] >= 1 or box.x0 == box.x1 or box.y0 == box.y1:
            continue
        length = frame.area.width if box.horizontal else frame.area.height
        cell = min(length - 1, max(0, int((along[0] + along[1]) / 2)))
        width = frame.area.height if box.horizontal else frame.area.width
        for lane in _covered(across, width):
            column, row = (cell, lane) if box.horizontal else (lane, cell)
            spot = frame.area.x + column, frame.row(row)
            frame.grid.put(*spot, fill_char(box.shade, frame.palette))


def _covered(span: Span, cells: int) -> range:
    """The cells whose middle lies in a span; at least one."""
    # Halves go up: boxes that share an edge, or leave a cell, do so at any place.
    first = max(0, math.floor(span[0] + 0.5))
    last = min(cells, math.floor(span[1] + 0.5))
    if last <= first:
        first = min(cells - 1, max(0, int((span[0] + span[1]) / 2)))
        last = first + 1
    return range(first, last)


def _paint_box(
    frame: PlotFrame, box: Box, along: Span, across: Span, owners: _Owners, position: int
) -> None:
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
                owners[x, y] = position
                continue
            if not eighths and end - start >= 1 / 8:
                continue
            from_low = start <= cell + 1e-6 or end - start < 1 / 8
            if palette.color:
                side = _SIDES[box.horizontal, from_low]
                grid.part(x, y, max(1, eighths), style, side)
            elif _paint_end(frame, box, (x, y), eighths, from_low):
                owners[x, y] = position


def _paint_end(
    frame: PlotFrame, box: Box, cell: tuple[int, int], eighths: int, from_low: bool
) -> bool:
    """The partly filled cell at an end of a box, without colours; returns if it shows the box.

    All fills end alike, in eighths. A cell of another box goes to the one with the larger part.
    """
    style = frame.palette.style(box.color_role)
    if not frame.grid.blank(*cell, 1):
        if eighths >= 4:
            frame.grid.put(*cell, fill_char(box.shade, frame.palette), style)
        return eighths >= 4
    if box.horizontal:
        # One eighth would look like the line at zero.
        tip = RIGHT[max(2, eighths)] if from_low else "▐▕"[eighths < 4]
    else:
        tip = UP[max(1, eighths)] if from_low else "▀▔"[eighths < 4]
    frame.grid.put(*cell, tip, style)
    return True


def _paint_label(frame: PlotFrame, box: Box, along: Span, across: Span) -> None:
    """The label of a horizontal box, inside it if it fits."""
    left, right = max(0.0, along[0]), min(float(frame.area.width), along[1])
    size = cell_width(box.label)
    if box.label and size + 2 <= right - left:
        rows = _covered(across, frame.area.height)
        x = frame.area.x + int(left + (right - left - size) / 2)
        y = frame.row(rows[len(rows) // 2])
        frame.grid.put(x, y, box.label, frame.palette.fill(box.color_role))
