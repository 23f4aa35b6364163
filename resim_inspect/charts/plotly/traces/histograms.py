"""Histograms: counts, sums, means or extremes in bins, of one dimension or of two."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Heatmap
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.plotly.traces.bar_layout import BarRun
from resim_inspect.charts.plotly.traces.bins import Bins, auto_bins
from resim_inspect.text import number

_FUNCTIONS = ("sum", "avg", "min", "max")


def histogram_runs(layers: Layers, traces: list[Trace], mode: str) -> list[BarRun]:
    """Bars of histograms of one orientation; those not laid over each other share bins."""
    runs: list[BarRun] = []
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        own = trace.word("bingroup") if mode == "overlay" or len(traces) == 1 else "shared"
        groups.setdefault(own or f"trace {trace.index}", []).append(trace)
    for members in groups.values():
        horizontal = _is_horizontal(members[0])
        letter = "y" if horizontal else "x"
        axis = layers.y_of(members[0]) if horizontal else layers.x
        values = [_ms(axis, axis.calc(trace.get(letter))) for trace in members]
        bins = _bins(axis, members, values, letter)
        if bins is None:
            continue
        for trace, trace_values in zip(members, values, strict=True):
            if not np.isfinite(trace_values).any():
                continue
            runs.append(_run(layers, trace, trace_values, _own_bins(axis, trace, bins, letter)))
    return runs


def _is_horizontal(trace: Trace) -> bool:
    orientation = trace.word("orientation")
    return orientation == "h" if orientation in ("h", "v") else trace.get("x") is None


def _ms(axis: PlotlyAxis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`calc` values, on a date axis as ms since 1970: bins are round in these."""
    return values * 1e3 + axis.base / 1e6 if axis.kind == "date" else values


def _calc(axis: PlotlyAxis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return (values - axis.base / 1e6) / 1e3 if axis.kind == "date" else values


def _bins(
    axis: PlotlyAxis, traces: list[Trace], values: list[NDArray[np.float64]], letter: str,
    plane: bool = False,
) -> Bins | None:  # fmt: skip
    """Bins of traces that share them: what the first trace asks for, the rest automatic."""
    every = np.concatenate(values)
    finite = every[np.isfinite(every)]
    if not len(finite) or not math.isfinite(float(np.ptp(finite))):
        return None
    size, months = 0.0, 0
    start = end = None
    asked = 0
    for trace in traces:
        bin_settings = trace.get(letter + "bins")
        if isinstance(bin_settings, dict):
            raw = bin_settings.get("size")
            if isinstance(raw, str) and raw[:1] == "M" and raw[1:].isdigit():
                months = months or int(raw[1:])
            elif not size:
                size = decode.number(raw) or 0.0
            start = _bound(axis, bin_settings.get("start")) if start is None else start
            end = _bound(axis, bin_settings.get("end")) if end is None else end
        asked = asked or int(decode.number(trace.get("nbins" + letter)) or 0)
    if axis.kind == "category":
        size = max(1.0, float(round(size)))
        bins = Bins(float(finite.min()) - 0.5, float(finite.max()) + 0.5, size)
    else:
        bins = auto_bins(
            finite, asked=max(0, asked), total=len(every), dates=axis.kind == "date",
            size=max(0.0, size), months=months, plane=plane,
        )  # fmt: skip
    cumulative = traces[0].get("cumulative")
    on = isinstance(cumulative, dict) and cumulative.get("enabled") is True
    if on and not bins.months and cumulative.get("currentbin") in ("exclude", "half"):
        # What does not count its own bin needs one more.
        if cumulative.get("direction") == "decreasing":
            bins = replace(bins, start=bins.start - bins.size)
        else:
            bins = replace(bins, end=bins.end + bins.size)
    return replace(
        bins,
        start=bins.start if start is None else start,
        end=bins.end if end is None else end,
    )


def _bound(axis: PlotlyAxis, value: Any) -> float | None:
    if value is None:
        return None
    bound = decode.numeral(value)
    if axis.kind == "date":
        stamps = decode.dates([value])
        bound = math.nan if stamps[0] == decode.NO_DATE else float(stamps[0]) / 1e6
    return bound if math.isfinite(bound) else None


def _own_bins(axis: PlotlyAxis, trace: Trace, bins: Bins, letter: str) -> Bins:
    """Shared bins cut to what a trace asks for itself, at their common edges."""
    bin_settings = trace.get(letter + "bins")
    if not isinstance(bin_settings, dict) or bins.months or bins.size <= 0:
        return bins
    start, end = _bound(axis, bin_settings.get("start")), _bound(axis, bin_settings.get("end"))
    if start is not None and start != bins.start:
        moved = bins.start + math.floor((start - bins.start) / bins.size + 1e-9) * bins.size
        bins = replace(bins, start=moved)
    return bins if end is None else replace(bins, end=end)


def _run(layers: Layers, trace: Trace, values: NDArray[np.float64], bins: Bins) -> BarRun:
    horizontal = _is_horizontal(trace)
    axis = layers.y_of(trace) if horizontal else layers.x
    edges = bins.edges()
    counter = decode.numbers(trace.get("x" if horizontal else "y"))
    function = trace.word("histfunc")
    sizes = _aggregated(
        [_bin_of(edges, values)],
        (len(edges) - 1,),
        np.isfinite(values),
        counter if function in _FUNCTIONS and len(counter) else None,
        function,
    )
    sizes = _accumulated(trace, _normed(trace, sizes, np.diff(edges)))
    filled = np.flatnonzero(np.nan_to_num(sizes))
    first, last = (int(filled[0]), int(filled[-1])) if len(filled) else (0, len(sizes) - 1)
    bin_indices = np.arange(first, last + 1)
    bin_indices = bin_indices[np.isfinite(sizes[bin_indices])]
    in_units = _calc(axis, edges)
    middles = (in_units[:-1] + in_units[1:]) / 2
    step = float(in_units[1] - in_units[0])
    texts = []
    if axis.kind in ("linear", "log", ""):
        ends = [(number(float(in_units[k])), number(float(in_units[k + 1]))) for k in bin_indices]
        texts = [f"in {low} … {high}" for low, high in ends]
    return BarRun(
        trace,
        horizontal,
        middles[bin_indices],
        sizes[bin_indices],
        np.zeros(len(bin_indices)),
        based=False,
        bin_width=step,
        texts=texts,
    )


def _bin_of(edges: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Position of the bin of each value; an edge belongs to the bin above it."""
    rounding = float(edges[1] - edges[0]) * 1e-9
    return np.searchsorted(edges, values + rounding, "right").astype(np.int64) - 1


def _aggregated(
    places: list[NDArray[np.int64]],
    shape: tuple[int, ...],
    finite: NDArray[np.bool_],
    weights: NDArray[np.float64] | None,
    function: str,
) -> NDArray[np.float64]:
    """Counts, sums, means or extremes of values by their places; NaN where there is none."""
    n = min([len(axis_bins) for axis_bins in places] + ([] if weights is None else [len(weights)]))
    inside = finite[:n].copy()
    for axis_bins, size in zip(places, shape, strict=True):
        inside &= (axis_bins[:n] >= 0) & (axis_bins[:n] < size)
    if weights is not None:
        inside &= np.isfinite(weights[:n])
    at = np.ravel_multi_index([p[:n][inside] for p in places], shape)
    cells = math.prod(shape)
    counts = np.bincount(at, minlength=cells).astype(np.float64)
    if weights is None:
        return counts.reshape(shape)
    chosen = weights[:n][inside]
    if function in ("min", "max"):
        extremes = np.full(cells, math.inf if function == "min" else -math.inf)
        (np.minimum if function == "min" else np.maximum).at(extremes, at, chosen)
        return np.where(counts > 0, extremes, np.nan).reshape(shape)
    sums = np.bincount(at, chosen, minlength=cells).astype(np.float64)
    if function == "avg":
        with np.errstate(invalid="ignore", divide="ignore"):
            sums = np.where(counts > 0, sums / counts, np.nan)
    return sums.reshape(shape)


def _normed(
    trace: Trace, sizes: NDArray[np.float64], room: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sizes by `histnorm`; `room`: the width or area of each bin."""
    norm = trace.word("histnorm")
    if trace.get("cumulative", "enabled") is True:
        norm = norm.replace(" density", "").replace("density", "")
    total = float(np.nansum(sizes))
    if norm in ("percent", "probability", "probability density"):
        sizes = sizes / total if total else np.full(sizes.shape, np.nan)
    if norm == "percent":
        sizes = sizes * 100
    return sizes / room if norm in ("density", "probability density") else sizes


def _accumulated(trace: Trace, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    if trace.get("cumulative", "enabled") is not True:
        return sizes
    backwards = trace.word("cumulative", "direction") == "decreasing"
    values = np.nan_to_num(sizes[::-1] if backwards else sizes)
    sums = np.cumsum(values)
    current = trace.word("cumulative", "currentbin")
    if current == "exclude":
        sums = sums - values
    elif current == "half":
        sums = sums - values / 2
    return sums[::-1] if backwards else sums


def plane_histogram(layers: Layers, trace: Trace) -> Heatmap | None:
    """Two-dimensional histogram as a grid; None without values."""
    axes = {"x": layers.x, "y": layers.y_of(trace)}
    values = {k: _ms(axis, axis.calc(trace.get(k))) for k, axis in axes.items()}
    n = min(len(v) for v in values.values())
    edges: dict[str, NDArray[np.float64]] = {}
    for letter, axis in axes.items():
        values[letter] = values[letter][:n]
        bins = _bins(axis, [trace], [values[letter]], letter, plane=True)
        if bins is None:
            return None
        edges[letter] = bins.edges()
    weights = decode.numbers(trace.get("z") if trace.get("z") is not None
                             else _list(trace.get("marker", "color")))  # fmt: skip
    function = trace.word("histfunc")
    shape = (len(edges["y"]) - 1, len(edges["x"]) - 1)
    if math.prod(shape) > 4_000_000:
        return None
    z = _aggregated(
        [_bin_of(edges[k], values[k]) for k in "yx"],
        shape,
        np.isfinite(values["x"]) & np.isfinite(values["y"]),
        weights if function in _FUNCTIONS and len(weights) else None,
        function,
    )
    z = _normed(trace, z, np.outer(np.diff(edges["y"]), np.diff(edges["x"])))
    x, y = (axes[k].from_calc(_calc(axes[k], edges[k])) for k in "xy")
    return Heatmap(z, float(x[0]), float(x[-1]), float(y[0]), float(y[-1]))


def _list(value: Any) -> Any:
    return value if isinstance(value, list | np.ndarray) else None
