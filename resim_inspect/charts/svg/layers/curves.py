"""Curves as paths: lines, steps, fills, single points, failing samples, missing values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import blocks, curve_stats
from resim_inspect.charts.analysis.decimate import Decimated, axis_units
from resim_inspect.charts.analysis.segments import clipped_segments
from resim_inspect.charts.model.drawing import Curve, Plot
from resim_inspect.charts.model.style import STATUS_MARKS, VALUE_MARK, ColorRole
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.canvas import decimal
from resim_inspect.document.enums import FAILING

_Floats = NDArray[np.float64]
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
"""Dashes of the series whose colours are used a second, third and fourth time."""
_MAX_MARKS = 4_000
"""Single marks of a curve; above, marks that are close to each other are drawn once."""
_REACH = 20_000.0
"""px: lines that end farther away are clipped, so that no program rounds them."""


def dashes(color_role: ColorRole) -> str:
    """The dash pattern of a series: colours repeat after eight of them."""
    if type(color_role) is not int:
        return ""
    return _DASHES[color_role // 8 % len(_DASHES)]


def paint_curves(area: PlotArea, panel: Plot) -> None:
    """Lines, fills and single points."""
    for curve, points in area.decimated:
        if curve.mark != VALUE_MARK:
            _paint_curve(area, panel, curve, points)


def paint_marks(area: PlotArea, panel: Plot) -> None:
    """Marks of failing samples, topmost the value that is meant; whole at the edges, too."""
    for curve, points in area.decimated:
        _paint_failing(area, curve, points)
    for curve, points in area.decimated:
        if curve.mark == VALUE_MARK:
            _paint_curve(area, panel, curve, points)


def paint_missing(area: PlotArea, panel: Plot) -> None:
    """Marks of samples without a finite value; a gap is enough for a NaN that passed.

    Infinities have an arrow at the edge towards them; a failing NaN has its mark on the axis.
    """
    for curve in panel.curves:
        stats = curve_stats(curve)
        if not len(stats.missing):
            continue
        axis = panel.right if curve.right and panel.right is not None else panel.y
        xs = area.xs(axis_units(stats.missing_x, panel.x))
        inside = (xs >= area.room.x) & (xs <= area.room.right)
        elsewhere = inside.copy()
        for value, high in ((np.inf, True), (-np.inf, False)):
            there = inside & (stats.missing_y == value)
            elsewhere &= ~there
            top = high != axis.reverse
            y = area.room.y + 7 if top else area.room.bottom - 7
            shown = VALUE_MARK if curve.mark == VALUE_MARK else ("↑" if top else "↓")
            _paint_row(area, xs[there], y, shown, curve.color_role)
            for status in FAILING if stats.missing_statuses is not None else ():
                failing = there & (stats.missing_statuses == int(status))
                beside = y + (13 if top else -13)
                _paint_row(area, xs[failing], beside, STATUS_MARKS[status], status)
        for status in FAILING if stats.missing_statuses is not None else ():
            failing = elsewhere & (stats.missing_statuses == int(status))
            _paint_row(area, xs[failing], area.room.bottom, STATUS_MARKS[status], status)
        if curve.mark == VALUE_MARK:
            _paint_row(area, xs[elsewhere], area.room.bottom, VALUE_MARK, curve.color_role)


def _paint_row(area: PlotArea, xs: _Floats, y: float, sign: str, color_role: ColorRole) -> None:
    """Marks at one height, at most one in 6 px."""
    last = -np.inf
    for x in np.unique(xs).tolist():
        if x - last >= 6:
            area.canvas.mark(x, y, sign, color_role, 4)
            last = x


def _paint_curve(area: PlotArea, panel: Plot, curve: Curve, points: Decimated) -> None:
    if not curve.line:
        _paint_cloud(area, panel, curve)
        return
    if not len(points.x):
        return
    xs, ys = area.xs(points.x), area.ys(points.y, curve.right)
    breaks = points.breaks
    if curve.fill:
        _paint_fill(area, curve, xs, ys, breaks)
    if curve.steps and len(xs) > 1:
        xs, ys, breaks = _stepped(xs, ys, breaks)
    path = _polyline(area, xs, ys, breaks)
    if path:
        dash = dashes(curve.color_role)
        area.canvas.draw(
            "path",
            stroke=curve.color_role,
            d=path,
            stroke_width=1.6,
            stroke_linejoin="round",
            stroke_dasharray=dash,
        )
    edges = [0, *breaks.tolist(), len(xs)]
    single = [
        (float(xs[a]), float(ys[a]))
        for a, b in pairwise(edges)
        if b - a == 1 and _inside(area, xs[a], ys[a])
    ]
    if len(single) > _MAX_MARKS:
        _paint_dots(area, curve, single, 4.0)
    else:
        for x, y in single:
            area.canvas.mark(x, y, "•", curve.color_role, 2.4)
    if curve.mark:
        _paint_cloud(area, panel, curve)


def _inside(area: PlotArea, x: float, y: float) -> bool:
    room = area.room
    return room.x <= x <= room.right and room.y <= y <= room.bottom


def _polyline(area: PlotArea, xs: _Floats, ys: _Floats, breaks: NDArray[np.int64]) -> str:
    """Path data of a line with gaps."""
    if len(xs) < 2:
        return ""
    if float(max(np.abs(xs).max(), np.abs(ys).max())) > _REACH:
        room = area.room
        ends = clipped_segments(
            xs, ys, breaks, (room.x - 8, room.y - 8, room.right + 8, room.bottom + 8)
        )
        return "".join(
            f"M{decimal(x0)} {decimal(y0)}L{decimal(x1)} {decimal(y1)}"
            for x0, y0, x1, y1 in ends.tolist()
        )
    parts = []
    pairs = [f"{decimal(x)} {decimal(y)}" for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    for a, b in pairwise([0, *breaks.tolist(), len(xs)]):
        if b - a > 1:
            parts.append("M" + "L".join(pairs[a:b]))
    return "".join(parts)


def _stepped(
    xs: _Floats, ys: _Floats, breaks: NDArray[np.int64]
) -> tuple[_Floats, _Floats, NDArray[np.int64]]:
    """Draw steps between two points: first along x, then along y; a gap stays a gap."""
    edges = [0, *breaks.tolist(), len(xs)]
    step_x, step_y, gaps, total = [], [], [], 0
    for a, b in pairwise(edges):
        step_x.append(np.repeat(xs[a:b], 2)[1:])
        step_y.append(np.repeat(ys[a:b], 2)[:-1])
        total += 2 * (b - a) - 1
        gaps.append(total)
    return np.concatenate(step_x), np.concatenate(step_y), np.asarray(gaps[:-1], np.int64)


def _paint_fill(
    area: PlotArea, curve: Curve, xs: _Floats, ys: _Floats, breaks: NDArray[np.int64]
) -> None:
    """The area between a line and zero, each stretch without a gap on its own."""
    room = area.room
    floor = min(room.bottom + 8, max(room.y - 8, area.up(0.0, curve.right)))
    parts = []
    for a, b in pairwise([0, *breaks.tolist(), len(xs)]):
        if b - a < 2:
            continue
        across = np.clip(xs[a:b], room.x - 8, room.right + 8)
        up = np.clip(ys[a:b], room.y - 8, room.bottom + 8)
        if curve.steps:
            across, up, _ = _stepped(across, up, np.zeros(0, np.int64))
        pairs = [f"{decimal(x)} {decimal(y)}" for x, y in zip(across, up, strict=True)]
        first, last = decimal(float(across[0])), decimal(float(across[-1]))
        parts.append(f"M{first} {decimal(floor)}L" + "L".join(pairs) + f"L{last} {decimal(floor)}z")
    if parts:
        area.canvas.draw("path", fill=curve.color_role, d="".join(parts), fill_opacity=0.22)


def _paint_cloud(area: PlotArea, panel: Plot, curve: Curve) -> None:
    """Single points: each place that holds one, once; dots as one path, marks as shapes."""
    stats, room = curve_stats(curve), area.room
    small = curve.dots or not curve.mark or curve.mark == "·" or stats.finite > _MAX_MARKS
    finest = step = 1.0 if small else 0.5
    while True:
        spots = []
        for part in blocks(stats.finite):
            xs = area.xs(axis_units(stats.x[part], panel.x)) - room.x
            ys = area.ys(stats.y[part], curve.right) - room.y
            inside = (xs >= 0) & (xs <= room.width) & (ys >= 0) & (ys <= room.height)
            cells = np.stack((xs[inside] // step, ys[inside] // step), 1).astype(np.int64)
            spots.append(np.unique(cells, axis=0))
        chosen = np.unique(np.concatenate(spots), axis=0) if spots else np.zeros((0, 2), np.int64)
        if len(chosen) <= 4 * _MAX_MARKS or step >= 4:
            break
        step *= 2
    if step > finest:
        area.remarks.append(f"points closer than {step:.0f} px are drawn as one")
    middles = ((chosen + 0.5) * step + (room.x, room.y)).tolist()
    if small:
        _paint_dots(area, curve, middles, max(2.2, step * 1.2))
        return
    for x, y in middles:
        size = 5 if curve.mark == VALUE_MARK else 3.4
        area.canvas.mark(x, y, curve.mark or "•", curve.color_role, size)


def _paint_dots(
    area: PlotArea, curve: Curve, points: Sequence[Sequence[float]], size: float
) -> None:
    """Round dots of a size in px, as one path."""
    path = "".join(f"M{decimal(x)} {decimal(y)}h0" for x, y in points)
    if path:
        area.canvas.draw(
            "path", stroke=curve.color_role, d=path, stroke_width=size, stroke_linecap="round"
        )


def _paint_failing(area: PlotArea, curve: Curve, points: Decimated) -> None:
    """Marks on failing samples, the worse ones over the others; in 4 px the extremes of them."""
    if points.statuses is None:
        return
    for status in FAILING:
        where = np.flatnonzero(points.statuses == int(status))
        if not len(where):
            continue
        xs, ys = area.xs(points.x[where]), area.ys(points.y[where], curve.right)
        drawn: set[tuple[int, int]] = set()
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            spot = int(x // 4), int(y // 4)
            if spot not in drawn and _inside(area, x, y):
                drawn.add(spot)
                area.canvas.mark(x, y, STATUS_MARKS[status], status, 3.6)
