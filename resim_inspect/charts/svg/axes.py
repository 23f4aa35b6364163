"""The axes of a plot: ticks that fit, their labels, grid lines, titles with units."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.charts.analysis.scales import Range
from resim_inspect.charts.analysis.ticks import Ticks, ticks
from resim_inspect.charts.model.drawing import Axis, Plot
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.canvas import SMALL, text_width

TICKS_ROW = 20.0
"""px below a plot for the labels of x."""
_TITLE_ROW = 18.0
_GAP_X = 16.0
_PX_A_TICK = 46.0


@dataclass(frozen=True)
class AxisLayout:
    """Px around the area of a plot that the axes take, and their ticks."""

    left: float
    right: float
    below: float
    x_ticks: Ticks
    y_ticks: Ticks
    right_ticks: Ticks


def arrange(
    panel: Plot, width: float, height: float, x_range: Range, ranges: tuple[Range, Range]
) -> AxisLayout:
    """The axes for a panel of `width` × `height` px without its head."""
    y_ticks = _y_ticks(panel.y, ranges[0], height - TICKS_ROW)
    most = max(60.0, width * 0.3)
    left = 4.0
    if panel.y.kind != "hidden":
        left = min(most, _widest(y_ticks)) + 10
    right_ticks, right = Ticks((), ()), 12.0
    if panel.right is not None:
        right_ticks = _y_ticks(panel.right, ranges[1], height - TICKS_ROW)
        right = min(most, _widest(right_ticks)) + 12
    if panel.heatmap is not None:
        right += 92 if width > 320 else 0
    x_ticks = _x_ticks(panel.x, x_range, width - left - right)
    below = 6.0
    if panel.x.kind != "hidden":
        below = TICKS_ROW + (_TITLE_ROW if x_title(panel, x_ticks, y_ticks) else 0)
    return AxisLayout(left, right, below, x_ticks, y_ticks, right_ticks)


def _widest(chosen: Ticks) -> float:
    return max((text_width(label, SMALL) for label in chosen.labels), default=0.0)


def _y_ticks(axis: Axis, extent: Range, height: float) -> Ticks:
    if axis.kind == "category":
        return ticks(*extent, max(1, int(height // 15)), axis)
    most = max(2, int(height // _PX_A_TICK))
    chosen = ticks(*extent, most, axis)
    if axis.kind == "number" and not axis.marks:
        # A step of 5 after one of 2.5 may leave two labels: too few.
        for more in range(most + 1, 2 * most + 2):
            if len(chosen.labels) >= 3:
                break
            chosen = ticks(*extent, more, axis)
    return chosen


def _x_ticks(axis: Axis, extent: Range, width: float) -> Ticks:
    """Place as many ticks as their labels have room for."""
    if axis.kind == "category":
        widest = max((text_width(name, SMALL) for name in axis.categories[:200]), default=10.0)
        return ticks(*extent, max(1, int(width // (min(widest, 120) + 8))), axis)
    most = max(1, int(width // 70))
    for _ in range(6):
        chosen = ticks(*extent, most, axis)
        if len(chosen.labels) * (_widest(chosen) + _GAP_X) <= width + _GAP_X or most <= 1:
            return chosen
        most = max(1, min(most - 1, int(width // (_widest(chosen) + _GAP_X))))
    return chosen


def axis_title(axis: Axis) -> str:
    """Title of an axis with its unit in brackets; times have theirs with the ticks."""
    return axis.title if axis.kind == "time" else axis.title_with_unit


def x_title(panel: Plot, x_ticks: Ticks, y_ticks: Ticks) -> str:
    """Title of x with its unit, and what the labels of y count from."""
    title = " ".join(part for part in (axis_title(panel.x), x_ticks.title) if part)
    if y_ticks.title:
        title = f"{title}   y {y_ticks.title}".strip()
    return title


def paint_grid(area: PlotArea, panel: Plot, axes: AxisLayout) -> None:
    """Grid lines below all layers: of the left axis, and faint ones of x for numbers and times."""
    room = area.room
    if panel.y.kind not in ("hidden", "category"):
        for position in axes.y_ticks.positions:
            if area.holds_y(position):
                y = area.up(position)
                area.canvas.line(room.x, y, room.right, y, "rule", stroke_width=1)
    if panel.x.kind not in ("hidden", "category") and not panel.boxes:
        for position in axes.x_ticks.positions:
            if area.holds_x(position):
                x = area.across(position)
                area.canvas.line(x, room.y, x, room.bottom, "rule", stroke_width=1)


def paint_axes(area: PlotArea, panel: Plot, axes: AxisLayout) -> None:
    """Lines, ticks and labels above the layers."""
    room, canvas = area.room, area.canvas
    if panel.y.kind != "hidden":
        canvas.line(room.x, room.y, room.x, room.bottom, "grid", stroke_width=1)
        for position, label in zip(axes.y_ticks.positions, axes.y_ticks.labels, strict=True):
            if area.holds_y(position):
                y = area.up(position)
                canvas.line(room.x - 4, y, room.x, y, "grid", stroke_width=1)
                canvas.text(
                    room.x - 7, y + 4, label, "dim", size=SMALL, anchor="end", width=axes.left - 8
                )
    if panel.right is not None:
        canvas.line(room.right, room.y, room.right, room.bottom, "grid", stroke_width=1)
        for position, label in zip(
            axes.right_ticks.positions, axes.right_ticks.labels, strict=True
        ):
            if area.holds_y(position, right=True):
                y = area.up(position, right=True)
                canvas.line(room.right, y, room.right + 4, y, "grid", stroke_width=1)
                canvas.text(room.right + 7, y + 4, label, "dim", size=SMALL, width=axes.right - 8)
    if panel.x.kind != "hidden":
        _paint_x_axis(area, panel, axes)


def _paint_x_axis(area: PlotArea, panel: Plot, axes: AxisLayout) -> None:
    room, canvas = area.room, area.canvas
    canvas.line(room.x, room.bottom, room.right, room.bottom, "grid", stroke_width=1)
    placed = sorted(
        (area.across(position), label)
        for position, label in zip(axes.x_ticks.positions, axes.x_ticks.labels, strict=True)
        if area.holds_x(position)
    )
    slot = room.width / max(1, len(placed))
    most = max(40.0, slot - 6) if panel.x.kind == "category" else room.width
    start, outer, end = room.x - axes.left, room.right + axes.right, -1e9
    for x, label in placed:
        canvas.line(x, room.bottom, x, room.bottom + 4, "grid", stroke_width=1)
        width = min(most, text_width(label, SMALL))
        middle = min(max(x, start + width / 2), outer - width / 2)
        if middle - width / 2 > end:
            canvas.text(
                middle, room.bottom + 16, label, "dim", size=SMALL, anchor="middle", width=most
            )
            end = middle + width / 2 + 3
    title = x_title(panel, axes.x_ticks, axes.y_ticks)
    if title:
        canvas.text(
            room.x + room.width / 2,
            room.bottom + TICKS_ROW + 13,
            title,
            "dim",
            anchor="middle",
            width=room.width + axes.left,
        )
