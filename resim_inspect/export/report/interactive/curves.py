"""Curves of a plot as traces: lines with their gaps, and the samples that fail."""

from __future__ import annotations

from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.decimate import Decimated, decimate
from resim_inspect.charts.analysis.scales import Range
from resim_inspect.charts.model.layers import Axis, Curve, Plot
from resim_inspect.document.enums import FAILING, MetricStatus
from resim_inspect.export.report.interactive.axes import is_dates, plotly_values
from resim_inspect.export.report.interactive.encoding import color, numbers, plain
from resim_inspect.text import count

MAX_POINTS = 12_000
"""Points of a chart, all its curves together; a curve with more is decimated."""
_MIN_POINTS = 800
"""Points that each of many curves has at least."""
_MARKED = 40
"""Points up to which a line has a mark at each."""
_SYMBOLS = {MetricStatus.FAIL_WARN: "circle", MetricStatus.FAIL_BLOCK: "x"}


_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Lines of the base's curves, which have one colour, in their order."""


class DrawnCurve(NamedTuple):
    """A curve and the points of it that are drawn."""

    curve: Curve
    points: Decimated


def drawn_curves(panel: Plot, shown: Range) -> list[DrawnCurve]:
    """Decimate the curves of a plot, so that extremes, gaps and failing samples stay."""
    budget = max(_MIN_POINTS, MAX_POINTS // max(1, len(panel.curves)))
    drawn = []
    for curve in panel.curves:
        span = curve_stats(curve).x_span
        window = shown if span is None else _whole(curve, panel.x, shown)
        bins = budget // 4 if curve_stats(curve).finite > budget else budget
        drawn.append(DrawnCurve(curve, decimate(curve, panel.x, window, bins)))
    return drawn


def _whole(curve: Curve, axis: Axis, shown: Range) -> Range:
    """The range of all of a curve, and what is shown: the user can zoom out of it."""
    stats = curve_stats(curve)
    low, high = stats.x_span or (0, 0)
    if curve.x.dtype.kind in "iu":
        low, high = (int(low) - axis.base) / 1e9, (int(high) - axis.base) / 1e9
    return min(float(low), shown[0]), max(float(high), shown[1])


def decimation_note(drawn: list[DrawnCurve]) -> str:
    """A sentence about points that are not drawn; empty if all are."""
    reduced = [drawn_curve for drawn_curve in drawn if not drawn_curve.points.complete]
    if not reduced:
        return ""
    points = sum(len(drawn_curve.points.indices) for drawn_curve in reduced)
    behind = sum(drawn_curve.points.behind for drawn_curve in reduced)
    return (
        f"{points:,} of {count(behind, 'point')} are drawn, which keep the extremes, the gaps and "
        "failing samples."
    )


def curve_traces(panel: Plot, drawn: list[DrawnCurve]) -> list[dict[str, Any]]:
    """The traces of the curves, those of failing samples above them."""
    traces: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    named: set[MetricStatus] = set()
    dashes = cycle(_DASHES)
    for number, (curve, points) in enumerate(drawn):
        if not len(points.y):
            continue
        axis = panel.right if curve.right and panel.right is not None else panel.y
        common = _common(panel, curve, axis, f"curve{number}")
        line = _line(curve, points, panel.x, axis, common)
        if curve.color_role == "dim":
            line["line"]["dash"] = next(dashes)
        traces.append(line)
        for status in FAILING:
            trace = _failing(curve, points, panel.x, axis, status)
            if trace is not None:
                trace = {**common, **trace, "showlegend": status not in named}
                named.add(status)
                marks.append(trace)
    return traces + marks


def _common(panel: Plot, curve: Curve, axis: Axis, group: str) -> dict[str, Any]:
    unit = curve.unit or axis.shown_unit
    value = "%{y}" if axis.kind in ("category", "time") else "%{y:.7~g}"
    name = plain(curve.name)
    text = f"{name}: {value}{' ' + plain(unit, 24) if unit else ''}"
    if not is_dates(panel.x) and panel.x.kind != "time" and _is_path(curve):
        text += "<br>at %{x:.7~g}"
    common = {
        "type": "scatter",
        "name": name,
        "legendgroup": group,
        "hovertemplate": text + "<extra></extra>",
    }
    return common | ({"yaxis": "y2"} if curve.right and panel.right is not None else {})


def _is_path(curve: Curve) -> bool:
    return not curve_stats(curve).sorted


def _line(
    curve: Curve, points: Decimated, x: Axis, y: Axis, common: dict[str, Any]
) -> dict[str, Any]:
    xs, ys = plotly_values(points.x, x), plotly_values(points.y, y)
    paint = color(curve.color_role)
    trace: dict[str, Any] = {
        **common,
        "showlegend": curve.legend and bool(curve.name),
        "line": {"color": paint, "width": 1.6},
    }
    if curve.line and not curve.dots:
        alone = _alone(points)
        few = len(points.y) <= _MARKED
        trace["mode"] = "lines+markers" if few or alone.any() else "lines"
        if few or alone.any():
            sizes = np.where(alone, 7.0, 4.0 if few else 0.0)
            trace["marker"] = {"color": paint, "size": numbers(_broken(sizes, points, 0.0))}
        xs, ys = _broken(xs, points), _broken(ys, points, np.nan)
        if curve.steps:
            trace["line"]["shape"] = "hv"
        if curve.fill:
            trace["fill"] = "tozeroy"
    else:
        trace["mode"] = "markers"
        symbol = "diamond" if curve.mark is not None else "circle"
        trace["marker"] = {"color": paint, "size": 10 if curve.mark is not None else 5}
        trace["marker"]["symbol"] = symbol
    return trace | {"x": numbers(xs), "y": numbers(ys)}


def _broken(
    values: NDArray[np.float64], points: Decimated, gap: float | None = None
) -> NDArray[np.float64]:
    """Values with one more before each break of the line: `gap`, or the value behind it."""
    if not len(points.breaks):
        return values
    inserted = values[points.breaks] if gap is None else np.full(len(points.breaks), gap)
    return np.insert(values, points.breaks, inserted)


def _alone(points: Decimated) -> NDArray[np.bool_]:
    """True for points between two breaks, of which no line can be seen."""
    starts = np.zeros(len(points.y) + 1, np.bool_)
    starts[points.breaks] = True
    starts[0] = starts[-1] = True
    alone: NDArray[np.bool_] = starts[:-1] & starts[1:]
    return alone


def _failing(
    curve: Curve, points: Decimated, x: Axis, y: Axis, status: MetricStatus
) -> dict[str, Any] | None:
    where = curve_stats(curve).failing.get(status)
    if where is None or not len(where) or points.statuses is None:
        return None
    chosen = points.statuses == int(status)
    return {
        "mode": "markers",
        "name": f"{status.symbol} {status.name}",
        "legendgroup": status.name,
        "marker": {"color": color(status), "size": 5, "symbol": _SYMBOLS[status]},
        "hovertemplate": f"{plain(curve.name)}: %{{y:.7~g}} {status.name}<extra></extra>",
        "x": numbers(plotly_values(points.x[chosen], x)),
        "y": numbers(plotly_values(points.y[chosen], y)),
    }
