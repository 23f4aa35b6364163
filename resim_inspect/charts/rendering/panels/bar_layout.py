"""Parts of a bar chart that vertical and horizontal bars share: stacking, statuses, legend."""

from __future__ import annotations

import math
from collections.abc import Iterable

from resim_inspect.charts.model.drawing import Bars, BarSeries
from resim_inspect.charts.rendering.panels.boxes import fill_char
from resim_inspect.charts.rendering.panels.canvas import PanelRequest
from resim_inspect.charts.rendering.panels.legend import LegendEntry
from resim_inspect.document.enums import MetricStatus


def visible_categories(panel: Bars, window: tuple[float, float] | None) -> range:
    """Positions of the categories within a window of x; all of them without one."""
    n = len(panel.categories)
    if not n or window is None or not all(math.isfinite(edge) for edge in window):
        return range(n)
    first = max(0, min(n - 1, math.ceil(min(window))))
    last = max(first, min(n - 1, math.floor(max(window))))
    return range(first, last + 1)


def stack(panel: Bars, categories: Iterable[int]) -> list[tuple[int, BarSeries, float, float]]:
    """(position, series, start, end) of each part of a bar; those below zero stack downwards."""
    parts = []
    for category in categories:
        up, down = 0.0, 0.0
        for series in panel.series:
            value = float(series.values[category]) if category < len(series.values) else math.nan
            if not math.isfinite(value):
                continue
            if not panel.stacked:
                parts.append((category, series, 0.0, value))
            elif value >= 0:
                parts.append((category, series, up, up + value))
                up += value
            else:
                parts.append((category, series, down, down + value))
                down += value
    return parts


def status_of(series: BarSeries, category: int) -> MetricStatus | None:
    """Status of one bar; None if the file gives none."""
    if series.statuses is None or category >= len(series.statuses):
        return None
    return MetricStatus(int(series.statuses[category]))


def legend_entries(panel: Bars, request: PanelRequest) -> list[LegendEntry]:
    """One entry for each named series; none for a single series."""
    named = [s for s in panel.series if s.name]
    if len(named) < 2:
        return []
    return [
        LegendEntry(fill_char(panel.series.index(s), request.palette), s.name, s.color_role)
        for s in named
    ]
