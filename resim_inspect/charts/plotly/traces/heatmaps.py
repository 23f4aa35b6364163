"""Heat maps and contours as grids of values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Heatmap
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis, is_nested, length_of
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.plotly.traces.histograms import plane_histogram

_MAX_SIDE = 4000
"""Cells of a grid that z, x and y lists may span in one direction"""


def add_heatmap(layers: Layers, trace: Trace, layout: dict[str, Any]) -> None:
    """The trace as the subplot's grid: one grid a subplot is drawn."""
    if trace.kind in ("histogram2d", "histogram2dcontour"):
        grid = plane_histogram(layers, trace)
    elif _is_columns(trace):
        grid = _from_columns(layers, trace)
    else:
        grid = _from_grid(layers, trace)
    if grid is None:
        return
    if layers.heatmap is not None:
        layers.left_out.append(f'{trace.kind} "{trace.name}" behind another one')
        return
    low, high = _color_range(trace, layout)
    layers.heatmap = replace(grid, low=low, high=high)


def _is_columns(trace: Trace) -> bool:
    """Return True if z is a plain list that belongs to lists of x and y."""
    z = trace.get("z")
    if isinstance(z, np.ndarray):
        return z.ndim == 1
    return isinstance(z, list) and bool(z) and not any(
        isinstance(row, list | np.ndarray) for row in z[:10]
    )  # fmt: skip


def _from_columns(layers: Layers, trace: Trace) -> Heatmap | None:
    """Grid of the distinct x and y; a place without a value is NaN, the last value counts."""
    x, y = layers.x.calc(trace.get("x")), layers.y_of(trace).calc(trace.get("y"))
    z = decode.numbers(trace.get("z"))
    n = min(len(x), len(y), len(z))
    known = np.isfinite(x[:n]) & np.isfinite(y[:n])
    columns, rows = np.unique(x[:n][known]), np.unique(y[:n][known])
    if not len(columns) or len(columns) > _MAX_SIDE or len(rows) > _MAX_SIDE:
        return None
    grid = np.full((len(rows), len(columns)), np.nan)
    at = np.searchsorted(rows, y[:n][known]), np.searchsorted(columns, x[:n][known])
    grid[at] = z[:n][known]
    if trace.get("transpose") is True:
        grid = grid.T
    return _placed(layers, trace, grid, columns, rows)


def _from_grid(layers: Layers, trace: Trace) -> Heatmap | None:
    z = decode.grid(trace.get("z"))
    if not z.size:
        return None
    if trace.get("transpose") is True:
        z = z.T
    y_axis = layers.y_of(trace)
    sides = []
    for axis, letter, n in ((layers.x, "x", z.shape[1]), (y_axis, "y", z.shape[0])):
        values = trace.get(letter)
        scaled = trace.word(letter + "type") == "scaled"
        if length_of(values) and not scaled:
            places = axis.calc(values)
            if axis.kind == "category" and not is_nested(values):
                # Rows and columns stand at their categories, whatever the order of these.
                z = _sorted(z, places, letter)
                places = np.sort(places[np.isfinite(places)])
        elif axis.kind == "category":
            places = np.arange(n, dtype=np.float64)
        else:
            start = axis.calc([trace.get(letter + "0") or 0])
            step = axis.lengths([trace.get("d" + letter) or 1])
            first = float(start[0]) if len(start) and np.isfinite(start[0]) else 0.0
            by = float(step[0]) if len(step) and np.isfinite(step[0]) else 1.0
            places = first + np.arange(n, dtype=np.float64) * by
        sides.append(places)
    return _placed(layers, trace, z, sides[0], sides[1])


def _sorted(z: NDArray[np.float64], places: NDArray[np.float64], letter: str) -> Any:
    side = 1 if letter == "x" else 0
    n = min(z.shape[side], len(places))
    order = np.argsort(places[:n], kind="stable")
    return z[:, order] if letter == "x" else z[order, :]


def _placed(
    layers: Layers,
    trace: Trace,
    z: NDArray[np.float64],
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
) -> Heatmap:
    """The grid between its edges in axis units, with all edges where they are not even."""
    x_edges = _edges(layers.x, columns, z.shape[1])
    y_edges = _edges(layers.y_of(trace), rows, z.shape[0])
    if x_edges[0] > x_edges[-1]:
        z, x_edges = z[:, ::-1], x_edges[::-1]
    if y_edges[0] > y_edges[-1]:
        z, y_edges = z[::-1, :], y_edges[::-1]
    return Heatmap(
        z,
        float(x_edges[0]),
        float(x_edges[-1]),
        float(y_edges[0]),
        float(y_edges[-1]),
        x_edges=None if _is_even(x_edges) else x_edges,
        y_edges=None if _is_even(y_edges) else y_edges,
    )


def _edges(axis: PlotlyAxis, places: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """n + 1 edges of cells that are given by their middles, or by n + 1 edges."""
    places = places[np.isfinite(places)]
    if len(places) > n:
        return axis.from_calc(places[: n + 1])
    places = axis.from_calc(places)
    return _between(places[np.isfinite(places)], n)


def _between(places: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    if len(places) < 2:
        middle = float(places[0]) if len(places) else 0.0
        return middle - 0.5 + np.arange(n + 1, dtype=np.float64)
    inner = (places[:-1] + places[1:]) / 2
    first = places[0] - (places[1] - places[0]) / 2
    last = places[-1] + (places[-1] - places[-2]) / 2
    edges = np.concatenate(([first], inner, [last]))
    missing = n + 1 - len(edges)
    if missing > 0:
        step = edges[-1] - edges[-2]
        edges = np.concatenate((edges, edges[-1] + step * np.arange(1, missing + 1)))
    return edges


def _is_even(edges: NDArray[np.float64]) -> bool:
    steps = np.diff(edges)
    return bool(len(steps) < 2 or np.allclose(steps, steps[0], rtol=1e-6, atol=0))


def _color_range(trace: Trace, layout: dict[str, Any]) -> tuple[float | None, float | None]:
    """Values at the ends of the colour scale where the figure sets them."""
    shared = trace.word("coloraxis")
    letter, source = ("z", trace.data)
    if shared:
        color_axis = layout.get(shared)
        letter, source = ("c", color_axis if isinstance(color_axis, dict) else {})
    low, high = (decode.number(source.get(letter + end)) for end in ("min", "max"))
    return (low, high) if low is not None and high is not None and low < high else (None, None)
