"""Parts of a bar chart that vertical and horizontal bars share: stacking, statuses, legend."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Bars, BarSeries, Fill
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import FAILING, MetricStatus
from resim_inspect.text import count

NO_VALUE_MARK = "∅"
"""Mark in the place of a bar that is NaN."""


def visible_categories(panel: Bars, window: tuple[float, float] | None) -> range:
    """Positions of the categories within a window of x; all of them without one."""
    n = len(panel.categories)
    if not n or window is None or not all(math.isfinite(edge) for edge in window):
        return range(n)
    first = max(0, min(n - 1, math.ceil(min(window))))
    last = max(first, min(n - 1, math.floor(max(window))))
    return range(first, last + 1)


def category_caption(panel: Bars, shown: int, *, from_extremes: bool = False) -> str:
    """Number of the categories in view, where it tells something: `12 of 300 jobs`."""
    total = count(len(panel.categories), *panel.category_noun)
    caption = f"{shown:,} of {total}" if shown < len(panel.categories) else ""
    return f"{caption or total}, drawn from extremes" if from_extremes else caption


def value_at(series: BarSeries, category: int) -> float | None:
    """Value of one bar; None if the series has none for the category."""
    if category >= len(series.values) or (
        series.has_value is not None and not series.has_value[category]
    ):
        return None
    return float(series.values[category])


def finite_values(series: BarSeries, categories: range) -> NDArray[np.float64]:
    """Values of a series for consecutive categories; 0 where it has none that is finite."""
    values = np.zeros(len(categories))
    part = np.asarray(series.values[categories.start : categories.stop], np.float64)
    drawn = np.isfinite(part)
    if series.has_value is not None:
        drawn &= np.asarray(series.has_value[categories.start : categories.start + len(part)], bool)
    values[: len(part)][drawn] = part[drawn]
    return values


def failing_bars(series: BarSeries, categories: range) -> NDArray[np.bool_]:
    """True for each of some consecutive categories whose bar has a failing status."""
    failing = np.zeros(len(categories), bool)
    if series.statuses is not None:
        part = series.statuses[categories.start : categories.stop]
        failing[: len(part)] = np.isin(part, [int(status) for status in FAILING])
    return failing


def totals_and_failures(
    panel: Bars, categories: range
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Sum of the finite values of each of n categories, and True where one of its bars fails."""
    totals = np.zeros(len(categories))
    failing = np.zeros(len(categories), bool)
    for series in panel.series:
        with np.errstate(over="ignore"):
            totals += finite_values(series, categories)
        failing |= failing_bars(series, categories)
    return totals, failing


def sum_of(values: Iterable[float]) -> float:
    """Sum of finite values; infinite if it is beyond the numbers that a float has."""
    values = list(values)
    try:
        return math.fsum(values)
    except OverflowError:
        # Of a part of each, which neither overflows nor loses digits at this size.
        return math.copysign(math.inf, math.fsum(value * 2.0**-64 for value in values))


def clipped(value: float) -> float:
    """An end of a bar or an axis that may be infinite: the largest finite number at most."""
    return min(max(value, -sys.float_info.max), sys.float_info.max)


def ends(panel: Bars, categories: range) -> tuple[float, float]:
    """Lowest and highest end of the bars of consecutive categories; both sides of zero."""
    up, down = np.zeros(len(categories)), np.zeros(len(categories))
    for series in panel.series:
        values = finite_values(series, categories)
        if panel.stacked:
            with np.errstate(over="ignore"):
                up += np.maximum(values, 0.0)
                down += np.minimum(values, 0.0)
        else:
            up, down = np.maximum(up, values), np.minimum(down, values)
    return clipped(float(down.min(initial=0.0))), clipped(float(up.max(initial=0.0)))


def stack(panel: Bars, categories: Iterable[int]) -> list[tuple[int, BarSeries, float, float]]:
    """(position, series, start, end) of each part of a bar; those below zero stack downwards."""
    parts = []
    for category in categories:
        up, down = 0.0, 0.0
        for series in panel.series:
            value = value_at(series, category)
            if value is None or not math.isfinite(value):
                continue
            if not panel.stacked:
                parts.append((category, series, 0.0, value))
            elif value >= 0:
                parts.append((category, series, up, up := clipped(up + value)))
            else:
                parts.append((category, series, down, down := clipped(down + value)))
    return parts


def status_of(series: BarSeries, category: int) -> MetricStatus | None:
    """Status of one bar; None if the file gives none."""
    if series.statuses is None or category >= len(series.statuses):
        return None
    return MetricStatus(int(series.statuses[category]))


def color_role_of(panel: Bars, series: BarSeries, category: int) -> ColorRole:
    """Colour of one bar: that of a failing status, if no colour tells series apart."""
    status = status_of(series, category)
    if status is not None and status.fails and len(panel.series) == 1:
        return status
    return series.color_role


def shades(panel: Bars) -> dict[str, int]:
    """The fill pattern of each name, used without colours: series of one name share it."""
    names = dict.fromkeys(series.name for series in panel.series)
    return {name: shade for shade, name in enumerate(names)}


def bar_fills(panel: Bars) -> tuple[Fill, ...]:
    """Legend entries: the named series if there are several, and the failing statuses."""
    shade_of = shades(panel)
    named = {series.name: series for series in panel.series if series.name}
    fills = [
        Fill(name, bar_series.color_role, shade_of[name]) for name, bar_series in named.items()
    ]
    fills = fills if len(fills) > 1 else []
    for status in FAILING:
        many = sum(
            int((series.statuses == int(status)).sum())
            for series in panel.series
            if series.statuses is not None
        )
        if many:
            fills.append(Fill(f"{status.name} {many:,}", status, sign=status.symbol))
    return tuple(fills)
