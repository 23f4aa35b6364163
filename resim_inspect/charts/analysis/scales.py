"""Scales of axis units on cells, and the ranges of x and y that a plot shows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.decimate import Decimated, Decimation, decimate
from resim_inspect.charts.model.layers import Axis, Box, Curve, Plot
from resim_inspect.charts.model.picture import ROUNDING

Range = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """A range of axis units on a number of cells, 0 at the lower end."""

    low: float
    high: float
    cells: int
    reverse: bool = False

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Axis units as fractions of cells: 0 is the lower edge, `cells` the upper one.

        Moved up by `ROUNDING`, except at the upper edge: rounding down gives the cell.
        """
        # A quarter of everything first: the span of ±1e308 is more than a float holds.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            span = self.high * 0.25 - self.low * 0.25
            part = (values * 0.25 - self.low * 0.25) / span
            part = 1.0 - part if self.reverse else part
            return part * (self.cells - ROUNDING) + ROUNDING

    def cell(self, value: float) -> int | None:
        """The cell in which a value lies, 0 the lowest; None outside."""
        part = float(self.place(np.array([value]))[0])
        if not (-1e-9 <= part <= self.cells * (1 + 1e-9)):
            return None
        return min(self.cells - 1, max(0, int(part)))

    def value(self, cell: float) -> float:
        """The value at a fraction of cells."""
        part = cell / max(1, self.cells)
        if self.reverse:
            part = 1 - part
        return self.low * (1 - part) + self.high * part


_MAX_FINITE = 1.7e308
_RANGE_BINS = 64
"""Parts of a curve of which the extremes are kept for its range."""


def widen(low: float, high: float, part: float = 0.0) -> tuple[float, float]:
    """A range that is finite and not empty, wider by a part of its span at both ends."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    low, high = min(low, high), max(low, high)
    low, high = max(low, -_MAX_FINITE), min(high, _MAX_FINITE)
    size = max(abs(low), abs(high))
    if high - low <= size * 1e-13 or high == low:
        pad = size * 0.1 if size > 1e-300 else 0.5
        return max(low - pad, -_MAX_FINITE), min(high + pad, _MAX_FINITE)
    pad = high * part - low * part
    return max(low - pad, -_MAX_FINITE), min(high + pad, _MAX_FINITE)


def data_extent(panel: Plot) -> Range | None:
    """Range from the smallest to the largest x of all layers, in axis units."""
    lows: list[float] = []
    highs: list[float] = []
    for curve in panel.curves:
        span = curve_stats(curve).x_span
        if span is not None:
            lows.append(_units(span[0], curve, panel.x))
            highs.append(_units(span[1], curve, panel.x))
    for box in panel.boxes:
        lows.append(min(box.x0, box.x1))
        highs.append(max(box.x0, box.x1))
    for band in panel.bands:
        if len(band.starts):
            lows.append((int(band.starts[0]) - panel.x.base) / 1e9)
            highs.append((int(band.ends[-1]) - panel.x.base) / 1e9)
    if panel.heatmap is not None:
        lows.append(panel.heatmap.x0)
        highs.append(panel.heatmap.x1)
    lows = [v for v in lows if math.isfinite(v)]
    highs = [v for v in highs if math.isfinite(v)]
    if not lows or not highs:
        return None
    return min(lows), max(highs)


def _units(value: float, curve: Curve, axis: Axis) -> float:
    if curve.x.dtype.kind in "iu":
        return (int(value) - axis.base) / 1e9
    return float(value)


def x_range(panel: Plot, window: Range | None) -> Range:
    """The window that was asked for, else the axis's own limits, else all the data."""
    full = data_extent(panel)
    if window is not None and all(math.isfinite(edge) for edge in window):
        low, high = min(window), max(window)
        least = 1e-9 if panel.x.kind == "time" else 0.0
        if high - low >= least and high > low:
            return widen(low, high)
        middle = (low + high) / 2
        around = max(abs(middle) * 1e-12, 1e-9 if least else 1e-300)
        return widen(middle - around, middle + around)
    if panel.x.limits is not None:
        return widen(*panel.x.limits)
    if panel.x.kind == "category" and panel.x.categories:
        return -0.5, len(panel.x.categories) - 0.5
    if full is None:
        return 0.0, 1.0
    only_marks = panel.curves and not any(curve.line for curve in panel.curves)
    if full[0] == full[1] and panel.x.kind == "time":
        return full[0] - 0.5, full[1] + 0.5
    return widen(*full, 0.02 if only_marks and not panel.boxes else 0.0)


def y_ranges(
    panel: Plot, decimated: Decimation, view: Range, y_window: Range | None, fit_y: bool
) -> tuple[Range, Range]:
    """Ranges of the left and the right axis in a view of x; (0, 1) without a right axis.

    `y_window` sets that of the left axis; `fit_y` ignores limits and thresholds.
    """
    ranged = _without_limits(panel) if fit_y else panel
    left = y_window or y_range(ranged, ranged.y, False, decimated, view)
    if ranged.right is None:
        return left, (0.0, 1.0)
    return left, y_range(ranged, ranged.right, True, decimated, view)


def left_range(panel: Plot) -> Range:
    """Range of the left axis without a zoom, in axis units."""
    view = x_range(panel, None)
    decimated = [(curve, decimate(curve, panel.x, view, _RANGE_BINS)) for curve in panel.curves]
    return y_ranges(panel, decimated, view, None, False)[0]


def _without_limits(panel: Plot) -> Plot:
    """The plot without what widens its y axes beyond the data."""
    right = None if panel.right is None else replace(panel.right, limits=None)
    return replace(panel, y=replace(panel.y, limits=None), right=right, reference_lines=())


def labels_outside(panel: Plot, ranges: tuple[Range, Range]) -> frozenset[str]:
    """Labels of the reference lines that are outside of the ranges of x and y."""
    return frozenset(
        line.label
        for line in panel.reference_lines
        if not ranges[not line.vertical][0] <= line.position <= ranges[not line.vertical][1]
    )


def y_range(
    panel: Plot, axis: Axis, right: bool, decimated: Iterable[tuple[Curve, Decimated]], view: Range
) -> Range:
    """Range from the lowest to the highest value in the window, with thresholds nearby."""
    if axis.limits is not None:
        return widen(*axis.limits)
    if axis.kind == "category" and axis.categories:
        return -0.5, len(axis.categories) - 0.5
    lows: list[float] = []
    highs: list[float] = []
    for curve, points in decimated:
        if curve.right is right and len(points.y):
            shown = (points.x >= view[0]) & (points.x <= view[1])
            values = points.y[shown] if shown.any() else points.y
            lows.append(float(values.min()))
            highs.append(float(values.max()))
            if curve.fill:
                lows.append(0.0)
                highs.append(0.0)
    boxes = [b for b in panel.boxes if b.right is right and _in_view(b, view)]
    for box in boxes:
        lows.append(min(box.y0, box.y1))
        highs.append(max(box.y0, box.y1))
    if panel.heatmap is not None and not right:
        return widen(panel.heatmap.y0, panel.heatmap.y1)
    lows = [v for v in lows if math.isfinite(v)]
    highs = [v for v in highs if math.isfinite(v)]
    if not lows or not highs:
        return 0.0, 1.0
    low, high = min(lows), max(highs)
    if not right:
        low, high = _with_reference_lines(panel, low, high)
    anchored = bool(boxes) and not panel.curves
    low, high = widen(low, high, 0.05)
    if anchored and min(lows) >= 0:
        low = min(lows)
    if anchored and max(highs) <= 0:
        high = max(highs)
    return low, high


def _in_view(box: Box, view: Range) -> bool:
    return max(box.x0, box.x1) >= view[0] and min(box.x0, box.x1) <= view[1]


def _with_reference_lines(panel: Plot, low: float, high: float) -> Range:
    """Widened for the thresholds, unless that would squeeze the data below a quarter."""
    span = high - low
    for reference in sorted(
        panel.reference_lines, key=lambda r: abs(r.position - np.clip(r.position, low, high))
    ):
        if reference.vertical or not reference.in_range or not math.isfinite(reference.position):
            continue
        lower, upper = min(low, reference.position), max(high, reference.position)
        if span <= 0 or upper - lower <= 4 * span:
            low, high = lower, upper
    return low, high
