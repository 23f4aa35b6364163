"""Marks of scatter traces grouped by the colours that the figure gives them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.style import RGB
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.colors import color, scale_color
from resim_inspect.charts.plotly.layers import Trace

MAX_LARGE_MARKS = 600
"""More marks than these are small dots."""
_MAX_COLORS = 10

ColorGroup = tuple[str, RGB, NDArray[np.int64]]
"""Name, colour, and positions of the points"""


def color_groups(trace: Trace, n: int) -> list[ColorGroup]:
    """Groups of n marks that the figure colours differently; empty where it does not."""
    colors = trace.get("marker", "color")
    if isinstance(colors, str) or decode.size_of(colors) < n or n == 0:
        return []
    listed = decode.items(colors)[:n]
    if all(isinstance(v, str) for v in listed):
        return _by_name(listed)
    return _by_scale(trace, decode.numbers(colors)[:n])


def point_colors(trace: Trace, n: int) -> list[RGB | None]:
    """Colour of each of n bars; None where the figure gives none."""
    color_values = trace.get("marker", "color")
    if isinstance(color_values, list) and any(isinstance(v, str) for v in color_values):
        return [color(v) for v in color_values[:n]] + [None] * (n - len(color_values))
    colors: list[RGB | None] = [None] * n
    for _, rgb, positions in color_groups(trace, n):
        for k in positions.tolist():
            colors[k] = rgb
    return colors


def _by_name(listed: list[str]) -> list[ColorGroup]:
    distinct = list(dict.fromkeys(listed))
    if len(distinct) > _MAX_COLORS:
        return []
    groups = []
    for text in distinct:
        rgb = color(text)
        if rgb is not None:
            where = np.array([k for k, v in enumerate(listed) if v == text], np.int64)
            groups.append(("", rgb, where))
    return groups


def _by_scale(trace: Trace, values: NDArray[np.float64]) -> list[ColorGroup]:
    finite = values[np.isfinite(values)]
    scale = trace.get("marker", "colorscale")
    if not len(finite) or not isinstance(scale, list):
        return []
    low = decode.number(trace.get("marker", "cmin"))
    high = decode.number(trace.get("marker", "cmax"))
    low = float(finite.min()) if low is None else low
    high = float(finite.max()) if high is None else high
    names = _color_bar_names(trace)
    distinct = np.unique(finite)
    span = (high - low) or 1.0
    groups: list[ColorGroup] = []
    if len(distinct) <= _MAX_COLORS:
        for value in distinct.tolist():
            rgb = scale_color(scale, (value - low) / span)
            if rgb is not None:
                groups.append((names.get(value, ""), rgb, np.flatnonzero(values == value)))
        return groups
    steps = np.clip(np.nan_to_num((values - low) / span * _MAX_COLORS), 0, _MAX_COLORS - 1)
    for k in range(_MAX_COLORS):
        where = np.flatnonzero(np.isfinite(values) & (steps.astype(np.int64) == k))
        rgb = scale_color(scale, (k + 0.5) / _MAX_COLORS)
        if len(where) and rgb is not None:
            groups.append(("", rgb, where))
    return groups


def _color_bar_names(trace: Trace) -> dict[float, str]:
    """Names of values on the colour bar."""
    places = decode.items(trace.get("marker", "colorbar", "tickvals"))
    texts = decode.items(trace.get("marker", "colorbar", "ticktext"))
    return {
        float(at): decode.text(name, 40)
        for at, name in zip(places, texts, strict=False)
        if isinstance(at, int | float)
    }
