"""Curves as strokes of the canvas: lines, steps, fills, marks, failing samples."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import blocks, curve_stats
from resim_inspect.charts.analysis.decimate import Decimated, axis_units
from resim_inspect.charts.model.drawing import Axis, Curve
from resim_inspect.charts.model.style import RGB, STATUS_MARKS, VALUE_MARK, ColorRole
from resim_inspect.charts.plotext_backend import Stroke
from resim_inspect.charts.rendering.panels.canvas import PlotFrame
from resim_inspect.document.enums import FAILING


class MissingMark(NamedTuple):
    """The mark of samples that have no finite value, in a cell of the plot."""

    column: int
    row: int
    """Counts from the lower edge; -1 is the x axis."""
    sign: str
    color_role: ColorRole


_SIGN_EVERY = 12
"""Columns between two marks of a line without colours."""


def curve_strokes(
    frame: PlotFrame, axis: Axis, curve: Curve, points: Decimated, sign: str = ""
) -> list[Stroke]:
    """The curve itself; `axis` is that of x, `sign` a mark to set along it without colours."""
    if not len(points.x):
        return []
    color, x, y = frame.palette.rgb(curve.color_role), frame.x, frame.y
    xs, ys = x.place(points.x), y.place(points.y)
    if not curve.line:
        return [_cloud(frame, axis, curve, sign or curve.mark or "braille")]
    breaks = points.breaks
    strokes: list[Stroke] = []
    if curve.fill:
        strokes += _fill(xs, ys, float(y.place(np.zeros(1))[0]), breaks, color)
    if curve.steps and len(xs) > 1:
        xs, ys, breaks = _stepped(xs, ys, breaks)
    strokes.append(Stroke(xs, ys, color, breaks=breaks.tolist()))
    strokes += _lonely(xs, ys, breaks, color, x.cells)
    if curve.mark:
        strokes.append(_cloud(frame, axis, curve, sign or curve.mark))
    elif sign:
        strokes += _signs(xs, ys, x.cells, sign)
    return strokes


def _cloud(frame: PlotFrame, axis: Axis, curve: Curve, symbol: str) -> Stroke:
    """Single points, all of them: every dot, or cell of a mark, that holds one, once."""
    x, y, stats = frame.x, frame.y, curve_stats(curve)
    color = frame.palette.rgb(curve.color_role)
    across, up = (2, 4) if symbol == "braille" else (1, 1)
    spots: list[NDArray[np.int64]] = []
    height = y.cells * up
    for part in blocks(stats.finite):
        xs = x.place(axis_units(stats.x[part], axis))
        ys = y.place(stats.y[part])
        inside = (xs >= 0) & (xs <= x.cells) & (ys >= 0) & (ys <= y.cells)
        column = np.minimum((xs[inside] * across).astype(np.int64), x.cells * across - 1)
        row = np.minimum((ys[inside] * up).astype(np.int64), height - 1)
        spots.append(np.unique(column * height + row))
    dots = np.unique(np.concatenate(spots)) if spots else np.zeros(0, np.int64)
    return Stroke(
        (dots // height + 0.5) / across, (dots % height + 0.5) / up, color, symbol, joined=False
    )


def _lonely(
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    breaks: NDArray[np.int64],
    color: RGB | None,
    cells: int,
) -> list[Stroke]:
    """Points with a gap on both sides get a mark: they are not part of a line."""
    edges = np.concatenate(([0], breaks, [len(xs)]))
    single = edges[:-1][np.diff(edges) == 1]
    if not len(single) or len(single) > 4 * cells:
        return []
    return [Stroke(xs[single], ys[single], color, "•", joined=False)]


def _signs(xs: NDArray[np.float64], ys: NDArray[np.float64], cells: int, sign: str) -> list[Stroke]:
    """Marks about every dozen columns, for each series at other ones."""
    shift = (ord(sign) * 5) % _SIGN_EVERY
    wanted = np.arange(shift, cells, _SIGN_EVERY)
    inside = np.flatnonzero((xs >= 0) & (xs <= cells))
    if not len(inside):
        return []
    order = inside[np.argsort(xs[inside], kind="stable")]
    at = np.searchsorted(xs[order], wanted)
    chosen = np.unique(order[np.minimum(at, len(order) - 1)])
    return [Stroke(xs[chosen], ys[chosen], None, sign, joined=False)]


def _stepped(
    xs: NDArray[np.float64], ys: NDArray[np.float64], breaks: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Draw steps between two points: first along x, then along y."""
    n = len(xs)
    more_x, more_y = np.empty(2 * n - 1), np.empty(2 * n - 1)
    more_x[0::2], more_y[0::2] = xs, ys
    more_x[1::2], more_y[1::2] = xs[1:], ys[:-1]
    # At a gap the corner falls onto the new point.
    for position in breaks.tolist():
        more_y[2 * position - 1] = ys[position]
    return more_x, more_y, np.asarray(breaks * 2 - 1, np.int64)


def _fill(
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    floor: float,
    breaks: NDArray[np.int64],
    color: RGB | None,
) -> list[Stroke]:
    """Vertical lines from the floor to the curve, one a column."""
    if len(xs) < 2 or not np.isfinite(floor):
        return []
    edges = [0, *breaks.tolist(), len(xs)]
    px: list[float] = []
    py: list[float] = []
    for a, b in pairwise(edges):
        part_x, part_y = xs[a:b], ys[a:b]
        if len(part_x) < 2 or not np.isfinite(part_x).all() or (np.diff(part_x) < 0).any():
            continue
        low, high = max(-1.0, part_x[0]), min(4000.0, part_x[-1])
        columns = np.arange(np.ceil(low - 0.25), high, 1.0) + 0.25
        tops = np.interp(columns, part_x, part_y)
        for column, top in zip(columns.tolist(), tops.tolist(), strict=True):
            px += [column, column]
            py += [floor, top]
    if not px:
        return []
    return [Stroke(np.array(px), np.array(py), color, breaks=list(range(2, len(px), 2)))]


def mark_strokes(frame: PlotFrame, points: Decimated) -> list[Stroke]:
    """Marks on failing samples, the worse ones over the others, at most two a column."""
    x, y = frame.x, frame.y
    strokes: list[Stroke] = []
    for status in FAILING:
        mark, color = STATUS_MARKS[status], frame.palette.rgb(status)
        if points.statuses is not None:
            where = np.flatnonzero(points.statuses == int(status))
            if len(where):
                xs, ys = _ends(x.place(points.x[where]), y.place(points.y[where]), x.cells)
                strokes.append(Stroke(xs, ys, color, mark, joined=False))
    return strokes


def missing_marks(frame: PlotFrame, axis: Axis, curve: Curve) -> list[MissingMark]:
    """Marks of samples without a finite value; a gap in a line is enough for a NaN that passed.

    Infinities have an arrow at the edge towards them, and a failing one its mark inside of it.
    A failing NaN has its mark on the x axis (row -1): no value is there.
    """
    stats = curve_stats(curve)
    if not len(stats.missing):
        return []
    xs = frame.x.place(axis_units(stats.missing_x, axis))
    columns = np.minimum(np.floor(xs), frame.x.cells - 1)
    inside = (xs >= 0) & (xs <= frame.x.cells)
    top = frame.y.cells - 1
    sides = [(np.inf, "↑", top, -1), (-np.inf, "↓", 0, 1)]
    if frame.y.reverse:
        sides = [(value, "↓↑"[sign == "↓"], top - row, -step) for value, sign, row, step in sides]
    elsewhere = inside.copy()
    marks: list[MissingMark] = []
    valued = curve.mark == VALUE_MARK
    for value, sign, row, step in sides:
        there = inside & (stats.missing_y == value)
        elsewhere &= ~there
        shown = VALUE_MARK if valued else sign
        marks += _marks_in(columns[there], row, shown, curve.color_role)
        for status in FAILING if stats.missing_statuses is not None else ():
            failing = there & (stats.missing_statuses == int(status))
            beside = min(top, max(0, row + step))
            marks += _marks_in(columns[failing], beside, STATUS_MARKS[status], status)
    for status in FAILING if stats.missing_statuses is not None else ():
        failing = elsewhere & (stats.missing_statuses == int(status))
        marks += _marks_in(columns[failing], -1, STATUS_MARKS[status], status)
    if valued:
        marks += _marks_in(columns[elsewhere], -1, VALUE_MARK, curve.color_role)
    return marks


def _marks_in(
    columns: NDArray[np.float64], row: int, sign: str, color_role: ColorRole
) -> list[MissingMark]:
    """One mark for each distinct column."""
    return [MissingMark(int(column), row, sign, color_role) for column in np.unique(columns)]


def _ends(
    xs: NDArray[np.float64], ys: NDArray[np.float64], cells: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest of the points in each column."""
    inside = (xs >= 0) & (xs <= cells)
    xs, ys = xs[inside], ys[inside]
    if len(xs) < 3:
        return xs, ys
    column = np.minimum(np.floor(xs), cells - 1)
    order = np.lexsort((ys, column))
    first = np.flatnonzero(np.diff(column[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    chosen = np.unique(np.concatenate((order[first], order[last])))
    return xs[chosen], ys[chosen]
