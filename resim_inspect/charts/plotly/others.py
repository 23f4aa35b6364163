"""Traces without a pair of axes: tables, pies, indicators, and lines in space."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import (
    Area,
    Axis,
    Bars,
    BarSeries,
    Cell,
    Curve,
    Gauge,
    Panel,
    Plot,
    Table,
    TextAnnotation,
)
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.plotly.scatter import _by_color
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import number

_MAX_ROWS = 2000


def domain(trace: Trace) -> Area | None:
    """Where in the figure a trace stands: left, top, right, bottom as fractions."""
    x = [decode.number(v) for v in decode.items(trace.get("domain", "x"))]
    y = [decode.number(v) for v in decode.items(trace.get("domain", "y"))]
    if len(x) != 2 and len(y) != 2:
        return None
    x0, x1 = (x[0] or 0.0, x[1] if x[1] is not None else 1.0) if len(x) == 2 else (0.0, 1.0)
    y0, y1 = (y[0] or 0.0, y[1] if y[1] is not None else 1.0) if len(y) == 2 else (0.0, 1.0)
    return x0, 1 - y1, x1, 1 - y0


def table(trace: Trace) -> Table:
    """A table trace: its cells are given by column."""
    header = tuple(_cell_text(v) for v in decode.items(trace.get("header", "values")))
    columns = [decode.items(c) for c in decode.items(trace.get("cells", "values"))]
    many = max((len(c) for c in columns), default=0)
    right = frozenset(
        k
        for k, column in enumerate(columns)
        if column and all(isinstance(v, int | float) for v in column[:50] if v is not None)
    )
    rows = [
        tuple(Cell(_cell_text(column[k]) if k < len(column) else "") for column in columns)
        for k in range(min(many, _MAX_ROWS))
    ]
    return Table(header, tuple(rows), right, total=many)


def _cell_text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_cell_text(v) for v in value[:8])
    if isinstance(value, float):
        return number(value, 6)
    return decode.text(value, 200)


def shares(trace: Trace) -> Bars:
    """Pies, funnels and the outer level of sunbursts and treemaps as bars with percentages."""
    labels = decode.items(trace.get("labels"))
    values = decode.numbers(trace.get("values"))
    if trace.kind in ("funnel", "funnelarea"):
        labels = labels or decode.items(trace.get("y"))
        values = values if len(values) else decode.numbers(trace.get("x"))
    parents = decode.items(trace.get("parents"))
    if parents:
        top = [k for k, parent in enumerate(parents) if not parent]
        if len(top) == 1 and top[0] < len(labels):
            inside = [k for k, parent in enumerate(parents) if parent == labels[top[0]]]
            top = inside or top
        labels = [labels[k] for k in top if k < len(labels)]
        values = np.array([values[k] if k < len(values) else np.nan for k in top])
    sums: dict[str, float] = {}
    if not len(values) and labels:
        values = np.ones(len(labels))
    for k, value in enumerate(values.tolist()):
        name = decode.text(labels[k], 60) if k < len(labels) else str(k + 1)
        if math.isfinite(value):
            sums[name or "(no name)"] = sums.get(name or "(no name)", 0.0) + value
    if trace.kind == "pie" and trace.get("sort") is not False:
        sums = dict(sorted(sums.items(), key=lambda item: -item[1]))
    series = BarSeries(
        trace.name, np.array(list(sums.values()), np.float64), color_role=trace.color_role
    )
    return Bars(tuple(sums), (series,), percent=True, vertical=False)


def indicator(trace: Trace) -> Gauge:
    """A number, with its change against a reference and its scale."""
    value = decode.number(trace.get("value"))
    reference = decode.number(trace.get("delta", "reference"))
    detail = ""
    if value is not None and reference is not None and "delta" in trace.word("mode"):
        change = value - reference
        sign = "▲ +" if change > 0 else "▼ " if change < 0 else "= "
        detail = f"{sign}{number(change, 6)} against {number(reference, 6)}"
    ends = [decode.number(v) for v in decode.items(trace.get("gauge", "axis", "range"))]
    span = None
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        span = (ends[0], ends[1])
    suffix = decode.text(trace.get("number", "suffix"), 24)
    prefix = decode.text(trace.get("number", "prefix"), 24)
    label = " ".join(t for t in (decode.text(trace.get("title"), 60), prefix) if t)
    return Gauge(value, suffix.strip(), MetricStatus.UNSET, label=label, detail=detail, span=span)


def space(traces: list[Trace], scene: dict[str, Any]) -> tuple[Panel, list[str]]:
    """scatter3d and line traces as seen from the camera, without perspective.

    Each axis is scaled to the same length, as plotly's cube does.
    """
    points = [
        np.stack([_three(trace, letter) for letter in "xyz"], 1)
        for trace in traces
        if min(decode.size_of(trace.get(letter)) for letter in "xyz")
    ]
    if not points:
        return Plot(Axis("hidden"), Axis("hidden")), []
    every = np.concatenate(points)
    every = every[np.isfinite(every).all(axis=1)]
    if not len(every):
        return Plot(Axis("hidden"), Axis("hidden")), []
    low, high = every.min(axis=0), every.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    right, up = _camera(scene)
    curves: list[Curve] = []
    annotations: list[TextAnnotation] = []
    corner = np.array([-1.0, -1.0, -1.0])
    for k, letter in enumerate("xyz"):
        end = corner.copy()
        end[k] = 1.0
        ends = np.stack((corner, end))
        curves.append(
            Curve(
                letter,
                ends @ right,
                ends @ up,
                color_role="grid",
                legend=False,
                counted=False,
                excluded_from_readout=True,
            )
        )
        title = decode.text(decode.part(scene, f"{letter}axis", "title"), 24) or letter
        label = f"{title} {number(float(low[k]))}…{number(float(high[k]))}"
        tip = end * 1.04
        annotations.append(TextAnnotation(float(tip @ right), float(tip @ up), label))
    drawn = iter(points)
    for trace in traces:
        if not min(decode.size_of(trace.get(letter)) for letter in "xyz"):
            continue
        raw = next(drawn)
        placed = (raw - low) / span * 2 - 1
        curves += _space_curves(trace, raw, placed @ right, placed @ up)
    plot = Plot(
        Axis("hidden", title="seen from the camera"),
        Axis("hidden"),
        curves=tuple(curves),
        annotations=tuple(annotations),
    )
    return plot, []


def _three(trace: Trace, letter: str) -> NDArray[np.float64]:
    n = min(decode.size_of(trace.get(name)) for name in "xyz")
    axis = PlotlyAxis(letter, {})
    axis.feed(trace.get(letter))
    axis.settle()
    return axis.units(trace.get(letter))[:n]


def _camera(scene: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The screen's directions to the right and upwards, seen from the camera."""
    eye = np.array(
        [decode.number(decode.part(scene, "camera", "eye", k)) or 0.0 for k in "xyz"], np.float64
    )
    if not np.isfinite(eye).all() or np.linalg.norm(eye) < 1e-9:
        eye = np.array([1.25, 1.25, 1.25])
    view = eye / np.linalg.norm(eye)
    right = np.cross(np.array([0.0, 0.0, 1.0]), view)
    if np.linalg.norm(right) < 1e-6:
        right = np.array([0.0, 1.0, 0.0])
    right = right / np.linalg.norm(right)
    return right, np.cross(view, right)


def _space_curves(
    trace: Trace, raw: NDArray[np.float64], u: NDArray[np.float64], v: NDArray[np.float64]
) -> list[Curve]:
    mode = trace.word("mode") or "lines+markers"
    n = len(u)
    texts: tuple[str, ...] = ()
    if n <= 100_000:
        texts = tuple(
            "(" + ", ".join(number(value) for value in point) + ")" for point in raw.tolist()
        )
    found = []
    if "lines" in mode:
        found.append(
            Curve(trace.name, u, v, color_role=trace.color_role, legend=trace.named, texts=texts)
        )
    if "markers" in mode or not found:
        groups = _by_color(trace, n)
        if not groups:
            every = np.arange(n)
            rgb = decode.color(trace.get("marker", "color"))
            groups = [("", rgb, every)] if rgb is not None else []
        many = n > 600
        for name, color_role, where in groups:
            found.append(
                Curve(name or trace.name, u[where], v[where], color_role=color_role, line=False,
                      mark=None if many else "●", dots=many, legend=bool(name),
                      counted="lines" not in mode, excluded_from_readout="lines" in mode)
            )  # fmt: skip
        if not groups and "lines" not in mode:
            found.append(
                Curve(trace.name, u, v, color_role=trace.color_role, line=False, texts=texts,
                      mark=None if many else "●", dots=many, legend=trace.named)
            )  # fmt: skip
    return found


def heatmap(layers: Layers, trace: Trace) -> None:
    """Heat maps, contours and two-dimensional histograms as a grid of values."""
    from resim_inspect.charts.model.drawing import Heatmap

    if trace.kind == "histogram2d":
        x, y = layers.x.units(trace.get("x")), layers.y.units(trace.get("y"))
        n = min(len(x), len(y))
        ok = np.isfinite(x[:n]) & np.isfinite(y[:n])
        if not ok.any():
            return
        spans = [np.ptp(values[:n][ok]) for values in (x, y)]
        if not np.isfinite(spans).all():
            layers.left_out.append(f'the histogram "{trace.name}" (its values are too far apart)')
            return
        bins = (_bins(trace, "x"), _bins(trace, "y"))
        counted, xs, ys = np.histogram2d(x[:n][ok], y[:n][ok], bins)
        layers.heatmap = Heatmap(
            counted.T, float(xs[0]), float(xs[-1]), float(ys[0]), float(ys[-1])
        )
        return
    z = decode.grid(trace.get("z"))
    if not z.size:
        return
    if trace.get("transpose") is True:
        z = z.T
    x0, x1 = _ends(layers.x, trace.get("x"), z.shape[1], trace, "x")
    y0, y1 = _ends(layers.y, trace.get("y"), z.shape[0], trace, "y")
    layers.heatmap = Heatmap(
        z, x0, x1, y0, y1,
        low=decode.number(trace.get("zmin")), high=decode.number(trace.get("zmax")),
    )  # fmt: skip


def _bins(trace: Trace, letter: str) -> int:
    asked = decode.number(trace.get("nbins" + letter))
    return int(min(500, max(1, asked))) if asked else 20


def _ends(axis: PlotlyAxis, values: Any, n: int, trace: Trace, letter: str) -> tuple[float, float]:
    """The outer edges of n cells that are given by their middles (or by n + 1 edges)."""
    if values is None:
        start = decode.number(trace.get(letter + "0")) or 0.0
        step = decode.number(trace.get("d" + letter)) or 1.0
        return start - step / 2, start + (n - 0.5) * step
    at = axis.units(values)
    at = at[np.isfinite(at)]
    if len(at) == n + 1:
        return float(at[0]), float(at[-1])
    if len(at) >= 2:
        step = (float(at[-1]) - float(at[0])) / (len(at) - 1)
        return float(at[0]) - step / 2, float(at[-1]) + step / 2
    middle = float(at[0]) if len(at) else 0.0
    return middle - 0.5, middle + 0.5 + (n - 1)
