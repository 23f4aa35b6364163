"""Stacked areas: traces of one stack group, each on the sum of those below it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Box, Curve, Fill
from resim_inspect.charts.model.layers import STACKED
from resim_inspect.charts.plotly.axes import length_of
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.text import number

_DAY = 86_400.0
"""Seconds: about the width of a bar where a date axis has one position"""


@dataclass
class _Area:
    """One layer of a stack on the positions of all layers."""

    trace: Trace
    own: NDArray[np.float64]
    top: NDArray[np.float64]


def add_stacked_areas(layers: Layers, traces: list[Trace]) -> None:
    """Add the traces of a subplot that have a stack group, group by group."""
    groups: dict[tuple[str, bool], list[Trace]] = {}
    for trace in traces:
        groups.setdefault((trace.word("stackgroup"), trace.right), []).append(trace)
    for members in groups.values():
        _add_group(layers, members)


def _add_group(layers: Layers, traces: list[Trace]) -> None:
    first = traces[0]
    horizontal = any(t.word("orientation") == "h" for t in traces)
    y_axis = layers.y_of(first)
    position_axis, size_axis = (y_axis, layers.x) if horizontal else (layers.x, y_axis)
    names = ("y", "x") if horizontal else ("x", "y")
    read: list[tuple[Trace, NDArray[np.float64], NDArray[np.float64]]] = []
    for trace in traces:
        sizes = size_axis.calc(trace.get(names[1]))
        raw_positions = trace.get(names[0])
        raw = (
            trace.steps(names[0], length_of(trace.get(names[1])))
            if raw_positions is None
            else raw_positions
        )
        at = position_axis.calc(raw)
        n = min(len(at), len(sizes))
        known = np.isfinite(at[:n])
        order = np.argsort(at[:n][known], kind="stable")
        read.append((trace, at[:n][known][order], sizes[:n][known][order]))
    read = [member for member in read if len(member[1])]
    if not read:
        return
    positions = np.unique(np.concatenate([at for _, at, _ in read]))
    interpolate = any(t.word("stackgaps") == "interpolate" for t in traces)
    areas = []
    total = np.zeros(len(positions))
    for trace, at, sizes in read:
        own = _on(positions, at, sizes, interpolate)
        total = total + own
        areas.append(_Area(trace, own, total))
    norm = next((t.word("groupnorm") for t in traces if t.word("groupnorm")), "")
    if norm in ("fraction", "percent"):
        whole = np.where(total == 0, 1.0, total) / (1.0 if norm == "fraction" else 100.0)
        areas = [_Area(a.trace, a.own / whole, a.top / whole) for a in areas]
    size_axis.title_suffix = STACKED
    size_axis.from_zero = True
    if len(positions) == 1:
        half = 0.4 * (_DAY if position_axis.kind == "date" else 1.0)
        _add_bars(layers, areas, float(position_axis.from_calc(positions)[0]), half, horizontal)
        return
    for area in areas:
        _add_line(layers, area, positions, horizontal)


def _on(
    positions: NDArray[np.float64],
    at: NDArray[np.float64],
    sizes: NDArray[np.float64],
    interpolate: bool,
) -> NDArray[np.float64]:
    """Sizes at all positions of the stack: 0, or between the neighbours, where there is none."""
    known = np.isfinite(sizes)
    if interpolate and known.any():
        return np.interp(positions, at[known], sizes[known])
    own = np.zeros(len(positions))
    places = np.searchsorted(positions, at)
    own[places] = np.where(known, sizes, 0.0)
    return own


def _add_line(
    layers: Layers, area: _Area, positions: NDArray[np.float64], horizontal: bool
) -> None:
    trace = area.trace
    y_axis = layers.y_of(trace)
    position_axis, size_axis = (y_axis, layers.x) if horizontal else (layers.x, y_axis)
    at, top = position_axis.from_calc(positions), size_axis.from_calc(area.top)
    # A layer of height zero lies on the one below it, and would hide it.
    flat = area.own == 0
    beside = np.concatenate(([True], flat[:-1])) & np.concatenate((flat[1:], [True]))
    top = np.where(flat & beside, np.nan, top)
    x, y = (top, at) if horizontal else (at, top)
    layers.curves.append(
        Curve(
            trace.name,
            x,
            y,
            color_role=trace.color_role,
            right=trace.right,
            legend=trace.named,
            texts=tuple(
                f"(own {number(own)})" if own != sum_ else ""
                for own, sum_ in zip(area.own.tolist(), area.top.tolist(), strict=True)
            ),
        )
    )


def _add_bars(layers: Layers, areas: list[_Area], at: float, half: float, horizontal: bool) -> None:
    """A stack at one position only: areas have no width there, bars have."""
    low, high = at - half, at + half
    for area in areas:
        trace = area.trace
        own, top = float(area.own[0]), float(area.top[0])
        if trace.named:
            layers.fills.append(Fill(trace.name, trace.color_role, trace.shade))
        if not own:
            continue
        ends = (top - own, top)
        x0, x1, y0, y1 = (*ends, low, high) if horizontal else (low, high, *ends)
        layers.boxes.append(
            Box(x0, x1, y0, y1, trace.color_role, trace.name, number(own, 6),
                horizontal=horizontal, right=trace.right, shade=trace.shade)
        )  # fmt: skip
