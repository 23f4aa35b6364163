"""Bars and histograms as boxes on the axes of a subplot."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.ticks import position_label
from resim_inspect.charts.model.drawing import Box, Fill
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis, length_of
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.plotly.traces.bar_layout import BarOptions, BarRun, place_bars
from resim_inspect.charts.plotly.traces.error_bars import add_error_bars
from resim_inspect.charts.plotly.traces.histograms import histogram_runs
from resim_inspect.charts.plotly.traces.markers import point_colors
from resim_inspect.text import number, quantity

_MAX_BARS = 20_000


def is_horizontal(trace: Trace) -> bool:
    """Return True if the bars of a trace grow along x."""
    orientation = trace.word("orientation")
    if orientation in ("h", "v"):
        return orientation == "h"
    has_x, has_y = trace.get("x") is not None, trace.get("y") is not None
    # Of y alone bars stand and histograms lie; of x alone it is the other way round.
    return has_y and not has_x if trace.kind == "histogram" else has_x and not has_y


def add_bars(layers: Layers, traces: list[Trace], layout: dict[str, Any]) -> None:
    """All bar and histogram traces of a subplot, those that lie apart from those that stand."""
    mode = decode.word(layout.get("barmode")) or "group"
    histograms = [t for t in traces if t.kind == "histogram"]
    numeric = any(_across(layers, t).kind != "category" for t in histograms)
    repeated = mode == "group" and len(traces) > 1
    gap = decode.number(layout.get("bargap"))
    if gap is None:
        gap = 0.0 if numeric and not repeated else 0.2
    group_gap = decode.number(layout.get("bargroupgap")) or 0.0
    norm = decode.word(layout.get("barnorm"))
    for horizontal in (False, True):
        for right in (False, True):
            chosen = [t for t in traces if is_horizontal(t) is horizontal and t.right is right]
            if not chosen:
                continue
            across = _across(layers, chosen[0])
            runs = [_run(layers, t) for t in chosen if t.kind == "bar"]
            runs += histogram_runs(layers, [t for t in chosen if t.kind == "histogram"], mode)
            runs.sort(key=lambda run: run.trace.index)
            options = BarOptions(
                mode=mode,
                gap=gap,
                group_gap=group_gap,
                norm=norm if norm in ("fraction", "percent") and mode != "overlay" else "",
                category=across.kind == "category",
                unit=0.001 if across.kind == "date" else 1.0,
            )
            if runs:
                place_bars(runs, options)
            for run in runs:
                _add_run(layers, run)


def _across(layers: Layers, trace: Trace) -> PlotlyAxis:
    return layers.y_of(trace) if is_horizontal(trace) else layers.x


def _along(layers: Layers, trace: Trace) -> PlotlyAxis:
    return layers.x if is_horizontal(trace) else layers.y_of(trace)


def _run(layers: Layers, trace: Trace) -> BarRun:
    horizontal = is_horizontal(trace)
    across, along = _across(layers, trace), _along(layers, trace)
    position_letter, size_letter = "yx" if horizontal else "xy"
    raw_sizes, raw_positions = trace.get(size_letter), trace.get(position_letter)
    base = trace.get("base")
    if raw_sizes is None:
        raw_sizes = trace.steps(size_letter, length_of(raw_positions))
    sizes = along.lengths(raw_sizes) if base is not None else along.calc(raw_sizes)
    if raw_positions is None:
        raw_positions = trace.steps(position_letter, len(sizes))
    positions = across.calc(raw_positions)
    n = min(len(positions), len(sizes))
    if n > _MAX_BARS:
        layers.left_out.append(f'{n - _MAX_BARS:,} of the bars of "{trace.name}"')
        n = _MAX_BARS
    zero = -along.base / 1e9 if along.kind == "date" else 0.0
    if base is None:
        # Sizes that are dates count from 1970, where their bars begin.
        sizes = sizes - zero
    texts = trace.get("text")
    labels = [texts] * n if isinstance(texts, str) and texts else decode.items(texts)[:n]
    return BarRun(
        trace,
        horizontal,
        positions[:n],
        sizes[:n],
        _bases(along, base, n, zero),
        base is not None,
        length_factor=0.001 if across.kind == "date" else 1.0,
        texts=[decode.text(label, 24) for label in labels],
    )


def _bases(along: PlotlyAxis, raw_base: Any, n: int, zero: float) -> NDArray[np.float64]:
    if raw_base is None or along.kind == "category":
        return np.full(n, zero)
    if isinstance(raw_base, list | np.ndarray):
        starts = along.calc(raw_base)[:n]
        starts = np.where(np.isnan(starts), 0.0, starts)
        return np.pad(starts, (0, n - len(starts)))
    base = along.calc([raw_base])
    return np.full(n, float(base[0]) if len(base) and np.isfinite(base[0]) else zero)


def _add_run(layers: Layers, run: BarRun) -> None:
    """Boxes of one trace, in axis units; on a log axis they begin at the axis's end."""
    trace = run.trace
    across, along = _across(layers, trace), _along(layers, trace)
    along.from_zero |= not run.based
    low, high = across.from_calc(run.low), across.from_calc(run.high)
    if across.kind == "log":
        low = np.where(np.isnan(low), -math.inf, low)
    top, start = along.from_calc(run.top), along.from_calc(run.start)
    if along.kind == "log":
        start = np.where(np.isnan(start), -math.inf, start)
    elif along.kind == "date" and not run.based:
        start = np.full(len(start), -math.inf)
    # The count of a bucket of numbers is not one of the values.
    has_value = not run.based and along.kind != "date"
    has_value &= trace.kind == "bar" or across.kind == "category"
    colors = point_colors(trace, len(top))
    for k in range(len(top)):
        if not (math.isfinite(high[k]) and math.isfinite(top[k])):
            continue
        growth, sides = (float(start[k]), float(top[k])), (float(low[k]), float(high[k]))
        label = run.texts[k] if k < len(run.texts) and trace.kind == "bar" else ""
        layers.boxes.append(
            Box(
                *(growth if run.horizontal else sides),
                *(sides if run.horizontal else growth),
                trace.color_role if (own := colors[k]) is None else own,
                trace.name,
                _value_text(run, along, k),
                label if run.horizontal else "",
                horizontal=run.horizontal,
                right=trace.right,
                shade=trace.shade,
                value=float(run.sizes[k]) if has_value else None,
            )
        )
    middle = across.from_calc((run.low + run.high) / 2)
    add_error_bars(layers, trace, middle, run.top, along, horizontal=run.horizontal)
    if trace.named:
        layers.fills.append(Fill(trace.name, trace.color_role, trace.shade))


def _value_text(run: BarRun, along: PlotlyAxis, k: int) -> str:
    if along.kind == "date" and not run.based:
        text = position_label(float(run.top[k]), along.axis("absolute"))
    elif along.kind == "date":
        text = f"{number(float(run.sizes[k]))} s"
    elif run.based:
        text = f"{number(float(run.start[k]))} … {number(float(run.top[k]))}"
    else:
        text = quantity(float(run.sizes[k]), along.unit_text, 6)
    return f"{text} {run.texts[k] if k < len(run.texts) else ''}".strip()
