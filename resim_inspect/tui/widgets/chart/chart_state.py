"""The zoom of a chart as a value that outlives it, and its fit to data that may have changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from resim_inspect.tui.widgets.chart.viewport import MIN_SHARE, View, Window

TOLERANCE = 1e-9
"""Share of the extent by which a window may exceed it: times are rounded to whole ns."""
MAX_SCALE = 1e6
"""Largest ratio, in either direction, of a restored y range and the usual one."""


@dataclass(frozen=True)
class ChartState:
    """The zoom of a chart, in units of its axes."""

    window: Window | None = None
    """Range of x; None for all data."""
    y_window: Window | None = None
    """Range of y; None for the usual one."""
    fit_y: bool = False
    log_y: bool = False
    base: int = 0
    """Time of the zero of a time axis, in ns as in the file."""


def fitting_view(state: ChartState, base: int, extent: Window, y_range: Window | None) -> View:
    """Return the part of a state that still lies within the data.

    `base`: time of the axis' zero, in ns, 0 without times; `extent`: range of x of the data;
    `y_range`: the usual range of y, None without a y axis.
    """
    window = state.window
    if window is not None:
        shift = (state.base - base) / 1e9
        window = _inside((window[0] + shift, window[1] + shift), extent)
    y_window = state.y_window
    if y_window is not None and not _is_comparable(y_window, y_range):
        y_window = None
    return View(window, y_window, state.fit_y and y_range is not None)


def _inside(window: Window, extent: Window) -> Window | None:
    low, high = max(window[0], extent[0]), min(window[1], extent[1])
    whole = extent[1] - extent[0]
    slack = whole * TOLERANCE
    if not _is_range(window) or window[0] < extent[0] - slack or window[1] > extent[1] + slack:
        return None
    return (low, high) if whole * MIN_SHARE <= high - low < whole else None


def _is_comparable(window: Window, usual: Window | None) -> bool:
    if usual is None or not _is_range(window) or not _is_range(usual):
        return False
    scale = (window[1] - window[0]) / (usual[1] - usual[0])
    return 1 / MAX_SCALE <= scale <= MAX_SCALE and window[0] <= usual[1] and usual[0] <= window[1]


def _is_range(window: Window) -> bool:
    return all(map(math.isfinite, window)) and window[0] < window[1]
