"""Bar charts as plotly figures: bars side by side or stacked, failing ones marked."""

from __future__ import annotations

from typing import Any

import numpy as np

from resim_inspect.charts.model.drawing import Bars, BarSeries
from resim_inspect.document.enums import MetricStatus
from resim_inspect.export.report.interactive.encoding import color, plain
from resim_inspect.export.report.interactive.filled_shapes import dashed_line
from resim_inspect.text import full_number, number, with_unit

_MAX_VERTICAL = 24
"""Number of bars up to which they are vertical if the names of categories are short."""
_MAX_NAME = 12
_CATEGORY_LABEL = 28
MAX_BARS = 6_000
_ROW = 22
"""Pixels of a horizontal bar."""


def bars_figure(panel: Bars) -> tuple[dict[str, Any], int, str]:
    """A bar chart, its height in pixels, and a note on bars that are left out."""
    most = max(1, MAX_BARS // max(1, len(panel.series)))
    categories = panel.categories[:most]
    vertical = panel.vertical
    if vertical is None:
        longest = max(map(len, categories), default=0)
        bars = len(categories) * max(1, len(panel.series))
        vertical = bars <= _MAX_VERTICAL and longest <= _MAX_NAME
    traces = [_trace(panel, series, len(categories), vertical) for series in panel.series]
    places: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": list(range(len(categories))),
        "ticktext": [plain(name, _CATEGORY_LABEL) for name in categories],
        "automargin": True,
        "title": {"text": plain(panel.x_title, 80)},
        "range": [-0.5, len(categories) - 0.5] if vertical else [len(categories) - 0.5, -0.5],
    }
    values: dict[str, Any] = {
        "automargin": True,
        "zeroline": True,
        "title": {"text": plain(panel.y_title, 80)},
        "exponentformat": "e",
    }
    if panel.percent:
        values["ticksuffix"] = "%"
    shapes = [
        dashed_line(line.position, line.color_role, vertical=not vertical)
        for line in panel.reference_lines
        if not line.vertical
    ]
    layout = {
        "barmode": "relative" if panel.stacked else "group",
        "xaxis": places if vertical else values,
        "yaxis": values if vertical else places,
        "shapes": shapes,
        "showlegend": len(panel.series) > 1,
        "hovermode": "closest",
    }
    note = ""
    if len(categories) < len(panel.categories):
        note = f"The first {len(categories):,} of {len(panel.categories):,} categories are drawn."
    rows = len(categories) * (1 if panel.stacked else max(1, len(panel.series)))
    height = 320 if vertical else max(220, min(4_000, 90 + _ROW * rows))
    return {"data": traces, "layout": layout}, height, note


def _trace(panel: Bars, series: BarSeries, shown: int, vertical: bool) -> dict[str, Any]:
    values = series.values[:shown]
    has_value = (
        np.ones(len(values), np.bool_)
        if series.has_value is None
        else series.has_value[: len(values)]
    )
    drawn = has_value & np.isfinite(values)
    lengths = [float(v) if ok else None for v, ok in zip(values, drawn, strict=True)]
    hover, signs, edges, widths = [], [], [], []
    for k, (value, has) in enumerate(zip(values.tolist(), has_value.tolist(), strict=True)):
        status = MetricStatus.UNSET
        if series.statuses is not None and k < len(series.statuses):
            status = MetricStatus(int(series.statuses[k]))
        words = f" {status.symbol} {status.name}" if status.fails else ""
        lead = f"{series.name}, " if series.name else ""
        shown_value = with_unit(full_number(value), series.unit)
        hover.append(plain(f"{lead}{panel.categories[k]}: {shown_value}{words}", 300))
        mark = status.symbol if status.fails else ""
        if has and not np.isfinite(value):
            mark = number(value)
        signs.append(mark)
        edges.append(color(status) if status.fails else "@background")
        widths.append(2.5 if status.fails else 0)
    places = list(range(len(values)))
    return {
        "type": "bar",
        "orientation": "v" if vertical else "h",
        "x": places if vertical else lengths,
        "y": lengths if vertical else places,
        "name": plain(series.name),
        "hovertext": hover,
        "hoverinfo": "text",
        "text": signs,
        "textposition": "auto",
        "marker": {"color": color(series.color_role), "line": {"color": edges, "width": widths}},
    }
