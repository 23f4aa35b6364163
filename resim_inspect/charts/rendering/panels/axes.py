"""The axes of a plot on cells: lines, ticks that fit, labels, the title of x."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from resim_inspect.charts.analysis.scales import Range, Scale
from resim_inspect.charts.analysis.ticks import Ticks, ticks
from resim_inspect.charts.model.drawing import Axis, Plot
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.rendering.cells import cut_title, distinct_labels
from resim_inspect.charts.rendering.panels.canvas import PanelRequest, PlotFrame
from resim_inspect.text import LIMIT_DIGITS, cell_width, cut, fit, number

_MIN_LABELS = 3
_LOW = 8
"""Rows of a plot in which two labels have to do."""


@dataclass(frozen=True)
class AxisLayout:
    """Cells around the area of a plot that the axes take, and their ticks."""

    left: int
    """Cells of the labels on the left; 0 for none."""
    right: int
    rows: int
    """Rows of the x axis: its line and its labels, or none."""
    y_ticks: Ticks
    right_ticks: Ticks
    right_y: Scale


def arrange(
    panel: Plot, request: PanelRequest, top: int, ranges: tuple[Range, Range]
) -> tuple[AxisLayout, Rect]:
    """The axes below `top` rows for the ranges of both y axes, and the area between them."""
    width = request.width
    axis_rows = 2 if request.height - top >= 4 else 0
    rows = max(1, request.height - top - axis_rows)
    y = Scale(*ranges[0], rows, panel.y.reverse)
    y_ticks = with_thresholds(y_ticks_of(ranges[0], panel.y, rows), panel, y)
    y_ticks = shortened(y_ticks, panel.y, width)
    left = max(request.gutter, label_width(y_ticks, width)) if width >= 16 else 0
    right_ticks, right = Ticks((), ()), 0
    if panel.right is not None:
        right_ticks = y_ticks_of(ranges[1], panel.right, rows)
        right = label_width(right_ticks, width) + 1 if width >= 30 else 0
    columns = max(1, width - left - (1 if left else 0) - right)
    right_y = Scale(*ranges[1], rows, bool(panel.right and panel.right.reverse))
    layout = AxisLayout(left, right, axis_rows, y_ticks, right_ticks, right_y)
    return layout, Rect(width - columns - right, top, columns, rows)


def y_ticks_of(extent: tuple[float, float], axis: Axis, rows: int) -> Ticks:
    """Ticks of a y axis that has `rows` rows, enough of them to read a peak off."""
    if axis.kind == "category":
        return ticks(*extent, rows, axis)
    least = max(1, (rows + 1) // 3, min(5, rows // 2))
    chosen = ticks(*extent, least, axis)
    if axis.kind == "number" and not axis.marks:
        # A step of 5 after one of 2.5 may leave two labels, or one in a low plot: too few.
        enough, most = (_MIN_LABELS, rows * 2 // 3) if rows > _LOW else (2, rows)
        for max_ticks in range(6 if rows > _LOW else least + 1, most + 1):
            if len(chosen.labels) >= enough:
                break
            chosen = ticks(*extent, max_ticks, axis)
    return chosen


def shortened(y_ticks: Ticks, axis: Axis, width: int) -> Ticks:
    """The ticks of categories cut where all their names are alike, if they would be cut."""
    if axis.kind != "category":
        return y_ticks
    label_of = dict(
        zip(axis.categories, distinct_labels(axis.categories, _most_label(width)), strict=True)
    )
    labels = tuple(label_of.get(label, label) for label in y_ticks.labels)
    return Ticks(y_ticks.positions, labels, y_ticks.title)


def _most_label(width: int) -> int:
    return max(6, width // 3)


def with_thresholds(y_ticks: Ticks, panel: Plot, y: Scale) -> Ticks:
    """The ticks of y with each threshold's value in its row, in place of a tick there."""
    if panel.y.kind != "number" or panel.y.marks or y_ticks.title:
        return y_ticks
    values: dict[int, float] = {}
    for reference in panel.reference_lines:
        cell = y.cell(reference.position) if reference.short and not reference.vertical else None
        if cell is not None:
            values.setdefault(cell, reference.position)
    if not values:
        return y_ticks
    tick_labels = [
        (at, label)
        for at, label in zip(y_ticks.positions, y_ticks.labels, strict=True)
        if y.cell(at) not in values
    ]
    written = dict(zip(y_ticks.positions, y_ticks.labels, strict=True))
    tick_labels += [(at, written.get(at, number(at, LIMIT_DIGITS))) for at in values.values()]
    tick_labels.sort()
    return Ticks(
        tuple(at for at, _ in tick_labels),
        tuple(label for _, label in tick_labels),
        y_ticks.title,
    )


def label_width(y_ticks: Ticks, width: int) -> int:
    """Cells of the labels of a y axis in a plot of `width` columns, with a blank behind them."""
    widest = max((cell_width(label) for label in y_ticks.labels), default=0)
    return min(widest, _most_label(width)) + 1


def paint_axes(frame: PlotFrame, panel: Plot, axes: AxisLayout, title_below: bool = False) -> str:
    """Lines, ticks and labels of all axes; returns the title of x if it is left to the caller."""
    grid, area = frame.grid, frame.area
    line, text = frame.palette.style("grid"), frame.palette.style("dim")
    if axes.left and panel.y.kind != "hidden":
        for row in range(area.height):
            grid.put(area.x - 1, area.y + row, "│", line)
        used: set[int] = set()
        for at, label in zip(axes.y_ticks.positions, axes.y_ticks.labels, strict=True):
            cell = frame.y.cell(at)
            if cell is None or cell in used:
                continue
            used.add(cell)
            row = frame.row(cell)
            grid.put(area.x - 1 - axes.left, row, fit(label, axes.left - 1, right=True), text)
            grid.put(area.x - 1, row, "┤", line)
    if axes.right:
        for row in range(area.height):
            grid.put(area.x + area.width, area.y + row, "│", line)
        for at, label in zip(axes.right_ticks.positions, axes.right_ticks.labels, strict=True):
            cell = axes.right_y.cell(at)
            if cell is not None:
                grid.put(area.x + area.width, frame.row(cell), "├", line)
                label = cut(label, axes.right - 1)
                grid.put(area.x + area.width + 1, frame.row(cell), label, text)
    if not axes.rows:
        return ""
    marks, title = _paint_x_axis(frame, panel.x, axes)
    if title_below:
        return title
    if title:
        _paint_title(frame, title, marks)
    return ""


def _paint_x_axis(frame: PlotFrame, axis: Axis, axes: AxisLayout) -> tuple[list[int], str]:
    """Line, ticks and labels of x; returns the columns of the ticks, and the title."""
    grid, area, x = frame.grid, frame.area, frame.x
    line, text = frame.palette.style("grid"), frame.palette.style("dim")
    row = area.y + area.height
    corner = "└" if axes.left else ""
    if axis.kind != "hidden":
        grid.put(area.x - len(corner), row, corner + "─" * area.width, line)
    if axes.right:
        grid.put(area.x + area.width, row, "┘", line)
    x_ticks = _x_ticks(axis, x, area.width)
    edge = area.x - axes.left - 1
    free = max(0, edge)
    placed: list[tuple[int, int, str]] = []
    marks: list[int] = []
    for at, label in sorted(zip(x_ticks.positions, x_ticks.labels, strict=True), reverse=x.reverse):
        cell = x.cell(at)
        if cell is None:
            continue
        grid.put(area.x + cell, row, "┬", line)
        marks.append(area.x + cell)
        size = cell_width(label)
        start = min(max(area.x + cell - size // 2, max(0, edge)), grid.width - size)
        if start >= free:
            placed.append((start, size, label))
            free = start + size + 1
    for start, _, label in placed:
        grid.put(start, row + 1, label, text)
    title = axis.title
    unit = axis.unit if axis.kind != "time" else ""
    if unit and unit not in title:
        title = f"{title} [{unit}]".strip()
    title = " ".join(part for part in (title, x_ticks.title) if part)
    offset = axes.y_ticks.title
    if offset:
        title = f"{title}   y {offset}".strip()
    return marks, title


def _paint_title(frame: PlotFrame, title: str, marks: list[int]) -> None:
    """The title of x in its line, in the last gap between ticks that has room, else at the end."""
    area, style = frame.area, frame.palette.style("dim")
    text = f" {cut_title(title, area.width - 2)} "
    end = area.x + area.width
    edges = [area.x, *sorted(marks), end]
    gaps = [(a + 1, b) for a, b in pairwise(edges) if b - a > cell_width(text)]
    right = gaps[-1][1] if gaps else end
    frame.grid.put(right - cell_width(text), area.y + area.height, text, style)


def _x_ticks(axis: Axis, x: Scale, columns: int) -> Ticks:
    """Place as many ticks as their labels have room for."""
    if axis.kind == "category":
        widest = max((cell_width(name) for name in axis.categories[:200]), default=1)
        return ticks(x.low, x.high, max(1, columns // (min(widest, 12) + 1)), axis)
    max_ticks = max(1, columns // 8)
    for _ in range(4):
        chosen = ticks(x.low, x.high, max_ticks, axis)
        widest = max((cell_width(label) for label in chosen.labels), default=1)
        if len(chosen.labels) * (widest + 2) <= columns + 2 or max_ticks <= 1:
            return chosen
        max_ticks = max(1, min(max_ticks - 1, columns // (widest + 3)))
    return chosen
