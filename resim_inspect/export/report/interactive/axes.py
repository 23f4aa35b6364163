"""Axes of drawings as those of plotly figures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.scales import Range
from resim_inspect.charts.analysis.ticks import ticks
from resim_inspect.charts.model.layers import Axis
from resim_inspect.export.report.interactive.encoding import plain

_MAX_TICKS = 8
_CATEGORY_LABEL = 28
_TITLE = 80
_MS_RANGE = 8.6e15
"""Dates in ms that JavaScript has on either side of 1970."""


def is_dates(axis: Axis) -> bool:
    """Return True for an axis that plotly shows with dates and times of day."""
    return axis.kind == "time" and axis.absolute and abs(axis.base) / 1e6 < _MS_RANGE / 10


def plotly_values(positions: NDArray[np.float64], axis: Axis) -> NDArray[np.float64]:
    """Positions in axis units as plotly has them: ms since 1970 for dates, numbers for log."""
    if axis.kind == "log":
        with np.errstate(over="ignore"):
            return np.power(10.0, positions)
    if is_dates(axis):
        return axis.base / 1e6 + positions * 1e3
    if axis.kind == "time":
        # A relative time is written from the axis's own zero.
        return positions - axis.relative_origin / 1e9
    return positions


def plotly_value(position: float, axis: Axis) -> float:
    """One position as plotly has it."""
    return float(plotly_values(np.array([position]), axis)[0])


def plotly_span(length: float, axis: Axis) -> float:
    """A distance on a linear axis or one of times as plotly has it."""
    return length * 1e3 if is_dates(axis) else length


def axis_layout(axis: Axis, shown: Range) -> dict[str, Any]:
    """The layout of an axis with the range that is shown before any zoom."""
    layout: dict[str, Any] = {"automargin": True, "zeroline": False}
    title = _title(axis)
    if title:
        layout["title"] = {"text": plain(title, _TITLE)}
    low, high = shown
    if axis.kind != "log":
        low, high = plotly_value(low, axis), plotly_value(high, axis)
    layout["range"] = [high, low] if axis.reverse else [low, high]
    if axis.kind == "hidden":
        layout["visible"] = False
    elif axis.kind == "log":
        layout["type"] = "log"
    elif is_dates(axis):
        layout["type"] = "date"
        layout["hoverformat"] = "%H:%M:%S.%3f"
    elif axis.kind == "category" or axis.marks:
        named = ticks(*shown, 200 if axis.kind == "category" else _MAX_TICKS, axis)
        layout["tickmode"] = "array"
        layout["tickvals"] = [plotly_value(position, axis) for position in named.positions]
        layout["ticktext"] = [plain(label, _CATEGORY_LABEL) for label in named.labels]
    if axis.kind == "time" and not is_dates(axis):
        layout["ticksuffix"] = " s"
    if axis.kind in ("number", "time") and not is_dates(axis) and not axis.marks:
        layout["exponentformat"] = "e"
        layout["separatethousands"] = True
    if axis.integer_ticks and shown[1] - shown[0] < _MAX_TICKS:
        layout["dtick"] = 1
    return layout


def _title(axis: Axis) -> str:
    if axis.kind == "time" and axis.absolute and axis.time_zone:
        return f"{axis.title or 'time'} [{axis.time_zone}]"
    return axis.title_with_unit
