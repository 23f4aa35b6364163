"""Box plots, and violins drawn as such: quartiles, whiskers, outliers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Box, Curve, Fill
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis, length_of
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.text import number

_MAX_OUTLIERS = 200
_MAX_BOXES = 1000


@dataclass(frozen=True)
class Quartiles:
    """Numbers of one box, in `calc` units."""

    position: float
    q1: float
    median: float
    q3: float
    low: float
    """End of the lower whisker"""
    high: float
    mean: float | None = None
    outliers: NDArray[np.float64] | None = None


def is_horizontal(trace: Trace) -> bool:
    """Return True if the values of a box trace run along x."""
    orientation = trace.word("orientation")
    if orientation in ("h", "v"):
        return orientation == "h"
    if _given(trace):
        # Of precomputed quartiles y (not x) holds the positions of horizontal boxes.
        return trace.get("y") is not None and trace.get("x") is None
    return trace.get("x") is not None and trace.get("y") is None


def has_positions(trace: Trace) -> bool:
    """Return True if a trace says where its boxes stand."""
    return trace.get("y" if is_horizontal(trace) else "x") is not None


def position_values(trace: Trace) -> Any:
    """Positions of a trace's boxes: its own, else one for all, else its name."""
    letter = "y" if is_horizontal(trace) else "x"
    raw_positions = trace.get(letter)
    if raw_positions is not None:
        return raw_positions
    start = trace.get(letter + "0")
    if start is None and _given(trace):
        start = 0.0
    return [trace.name if start is None else start]


def value_arrays(trace: Trace) -> list[Any]:
    """Raw values that a trace puts on its value axis."""
    if _given(trace):
        names = ("q1", "median", "q3", "lowerfence", "upperfence")
        return [trace.get(name) for name in names if trace.get(name) is not None]
    return [trace.get("x" if is_horizontal(trace) else "y")]


def _given(trace: Trace) -> bool:
    return all(length_of(trace.get(name)) for name in ("q1", "median", "q3"))


def add_boxes(layers: Layers, traces: list[Trace], layout: dict[str, Any]) -> None:
    """All box or violin traces of a subplot, side by side where the layout groups them."""
    kind = traces[0].kind
    grouped = decode.word(layout.get(f"{kind}mode")) == "group"
    gap = decode.number(layout.get(f"{kind}gap"))
    group_gap = decode.number(layout.get(f"{kind}groupgap"))
    gap, group_gap = 0.3 if gap is None else gap, 0.3 if group_gap is None else group_gap
    groups = list(dict.fromkeys(t.word("offsetgroup") or str(t.index) for t in traces))
    boxes_by_trace = [(t, _quartiles(layers, t, k)) for k, t in enumerate(traces)]
    positions = np.unique([q.position for _, boxes in boxes_by_trace for q in boxes])
    step = float(np.diff(positions).min()) if len(positions) > 1 else 1.0
    many = len(groups) if grouped else 1
    for trace, boxes in boxes_by_trace:
        slot = groups.index(trace.word("offsetgroup") or str(trace.index)) if many > 1 else 0
        width = step * (1 - gap) * (1 - group_gap) / many
        own = decode.number(trace.get("width"))
        shift = step * (1 - gap) * (-0.5 + (slot + 0.5) / many) if many > 1 else 0.0
        for quartiles in boxes[:_MAX_BOXES]:
            _add(layers, trace, quartiles, shift, own if own else width)
        if trace.named and boxes and has_positions(trace):
            layers.fills.append(Fill(trace.name, trace.color_role, trace.shade))


def _quartiles(layers: Layers, trace: Trace, slot: int) -> list[Quartiles]:
    horizontal = is_horizontal(trace)
    across = layers.y_of(trace) if horizontal else layers.x
    along = layers.x if horizontal else layers.y_of(trace)
    if _given(trace):
        return _precomputed(trace, across, along, slot)
    values = along.calc(trace.get("x" if horizontal else "y"))
    n = len(values)
    raw_samples = trace.get("y" if horizontal else "x")
    if raw_samples is not None:
        at = across.calc(raw_samples)[:n]
        values = values[: len(at)]
    else:
        at = np.full(n, _lone_position(trace, across, slot))
    boxes = []
    for position in np.unique(at[np.isfinite(at)])[:_MAX_BOXES].tolist():
        part = np.sort(values[(at == position) & np.isfinite(values)])
        if len(part):
            boxes.append(_from_values(trace, position, part))
    return boxes


def _lone_position(trace: Trace, across: PlotlyAxis, slot: int) -> float:
    """Position of a trace without positions: its `x0`, else its name's, else its number."""
    positions = across.calc(position_values(trace))
    return float(positions[0]) if len(positions) and np.isfinite(positions[0]) else float(slot)


def _precomputed(trace: Trace, across: PlotlyAxis, along: PlotlyAxis, slot: int) -> list[Quartiles]:
    q1, median, q3 = (along.calc(trace.get(name)) for name in ("q1", "median", "q3"))
    n = min(len(q1), len(median), len(q3))
    raw_positions = trace.get("y" if is_horizontal(trace) else "x")
    if raw_positions is not None:
        at = across.calc(raw_positions)
    else:
        start = _lone_position(trace, across, slot)
        step = decode.number(trace.get("dy" if is_horizontal(trace) else "dx"))
        at = start + np.arange(n, dtype=np.float64) * (1.0 if step is None else step)
    low, high, mean = (
        along.calc(trace.get(name)) if trace.get(name) is not None else np.zeros(0)
        for name in ("lowerfence", "upperfence", "mean")
    )
    boxes = []
    for k in range(min(n, len(at), _MAX_BOXES)):
        low_quartile, middle, high_quartile = quartiles = (
            float(q1[k]),
            float(median[k]),
            float(q3[k]),
        )
        if (
            not all(math.isfinite(v) for v in (float(at[k]), *quartiles))
            or not low_quartile <= middle <= high_quartile
        ):
            continue
        ends = [
            float(v[k]) if k < len(v) and math.isfinite(v[k]) else default
            for v, default in ((low, low_quartile), (high, high_quartile))
        ]
        average = float(mean[k]) if k < len(mean) and math.isfinite(mean[k]) else None
        start, end = min(ends[0], low_quartile), max(ends[1], high_quartile)
        boxes.append(Quartiles(float(at[k]), *quartiles, start, end, average))
    return boxes


def _from_values(trace: Trace, position: float, part: NDArray[np.float64]) -> Quartiles:
    """Quartiles of ascending values by the trace's method, whiskers within 1.5 of the box."""
    method = trace.word("quartilemethod")
    if method in ("inclusive", "exclusive") and len(part) > 1:
        half = len(part) // 2
        odd = len(part) % 2 if method == "inclusive" else 0
        lower, upper = part[: half + odd], part[len(part) - half - odd :]
        q1, q3 = float(np.median(lower)), float(np.median(upper))
        median = float(np.median(part))
    else:
        q1, median, q3 = (float(v) for v in np.percentile(part, (25, 50, 75), method="hazen"))
    reach = 1.5 * (q3 - q1)
    inside_low, inside_high = part[part >= q1 - reach], part[part <= q3 + reach]
    low = min(q1, float(inside_low[0])) if len(inside_low) else q1
    high = max(q3, float(inside_high[-1])) if len(inside_high) else q3
    points = trace.get("boxpoints" if trace.kind == "box" else "points")
    outliers = part[(part < low) | (part > high)]
    if points is False and trace.kind == "box":
        low, high, outliers = float(part[0]), float(part[-1]), part[:0]
    shows_mean = trace.get("boxmean") in (True, "sd") or trace.get("meanline", "visible") is True
    mean = float(part.mean()) if shows_mean else None
    return Quartiles(position, q1, median, q3, low, high, mean, outliers[:_MAX_OUTLIERS])


def _add(layers: Layers, trace: Trace, box: Quartiles, shift: float, width: float) -> None:
    horizontal = is_horizontal(trace)
    across = layers.y_of(trace) if horizontal else layers.x
    along = layers.x if horizontal else layers.y_of(trace)
    a, b = across.from_calc(np.array([box.position + shift - width / 2,
                                      box.position + shift + width / 2])).tolist()  # fmt: skip
    corners = np.array([box.low, box.q1, box.median, box.q3, box.high])
    low, q1, median, q3, high = along.from_calc(corners).tolist()
    text = f"median {number(box.median)}, half from {number(box.q1)} to {number(box.q3)}"
    if box.mean is not None:
        text += f", mean {number(box.mean)}"
    if horizontal:
        layers.boxes.append(
            Box(q1, q3, a, b, trace.color_role, trace.name, text, horizontal=True,
                right=trace.right, shade=trace.shade)
        )  # fmt: skip
    else:
        layers.boxes.append(
            Box(a, b, q1, q3, trace.color_role, trace.name, text, right=trace.right,
                shade=trace.shade)
        )  # fmt: skip
    middle = (a + b) / 2
    nan = math.nan
    if trace.get("showwhiskers") is not False:
        ends = np.array([low, q1, nan, q3, high, nan])
        still = np.array([middle, middle, nan, middle, middle, nan])
        layers.curves.append(_line(trace, ends, still, horizontal, trace.color_role))
    inner = np.array([a + (b - a) * 0.05, b - (b - a) * 0.05])
    layers.curves.append(_line(trace, np.array([median, median]), inner, horizontal, "text"))
    for values, mark in (
        (None if box.mean is None else np.array([box.mean]), "◇"),
        (box.outliers, "•"),
    ):
        if values is not None and len(values):
            at = along.from_calc(values)
            line = _line(trace, at, np.full(len(at), middle), horizontal, trace.color_role)
            layers.curves.append(
                Curve(line.name, line.x, line.y, line=False, mark=mark, legend=False,
                      color_role="text" if mark == "◇" else line.color_role,
                      right=line.right, counted=False, excluded_from_readout=mark == "◇")
            )  # fmt: skip


def _line(
    trace: Trace,
    along: NDArray[np.float64],
    still: NDArray[np.float64],
    horizontal: bool,
    color_role: ColorRole,
) -> Curve:
    x, y = (along, still) if horizontal else (still, along)
    return Curve(
        trace.name, x, y, color_role=color_role, right=trace.right, legend=False,
        counted=False, excluded_from_readout=True,
    )  # fmt: skip
