"""Heatmaps: a rectangle a value, means of neighbours where they are very many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.color_scale import color_at, color_range, fraction
from resim_inspect.charts.model.drawing import Plot
from resim_inspect.charts.model.layers import Heatmap
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.canvas import Room
from resim_inspect.text import quantity

MAX_CELLS = 120
"""Rows and columns that are drawn one by one; above, neighbours are drawn as their mean."""


def drawn_values(heatmap: Heatmap) -> tuple[NDArray[np.float64], list[float], list[float]]:
    """The values to draw, and the edges of their columns and rows in axis units."""
    rows, columns = heatmap.z.shape
    xs = _edges(heatmap.x0, heatmap.x1, columns, heatmap.x_edges)
    ys = _edges(heatmap.y0, heatmap.y1, rows, heatmap.y_edges)
    across, down = _groups(columns), _groups(rows)
    if len(across) - 1 == columns and len(down) - 1 == rows:
        return heatmap.z, xs, ys
    finite = np.isfinite(heatmap.z)
    sums = _summed(np.where(finite, heatmap.z, 0.0), across, down)
    counts = _summed(finite.astype(np.float64), across, down)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(counts > 0, sums / counts, np.nan)
    return means, [xs[k] for k in across], [ys[k] for k in down]


def _summed(z: NDArray[np.float64], across: list[int], down: list[int]) -> NDArray[np.float64]:
    by_row = np.add.reduceat(z, down[:-1], axis=0)
    return np.asarray(np.add.reduceat(by_row, across[:-1], axis=1))


def _groups(many: int) -> list[int]:
    """Positions at which groups of neighbours begin, and the end."""
    edges = np.linspace(0, many, min(many, MAX_CELLS) + 1).astype(int)
    return [int(edge) for edge in np.unique(edges)]


def _edges(low: float, high: float, many: int, edges: NDArray[np.float64] | None) -> list[float]:
    return [float(edge) for edge in (np.linspace(low, high, many + 1) if edges is None else edges)]


def paint_heatmap(area: PlotArea, panel: Plot) -> None:
    """The cells of the grid that have a value; those without stay blank."""
    heatmap = panel.heatmap
    scale = color_range(heatmap) if heatmap is not None else None
    if heatmap is None or scale is None or not heatmap.z.size:
        return
    low, high = scale
    values, x_edges, y_edges = drawn_values(heatmap)
    xs = [area.across(edge) for edge in x_edges]
    ys = [area.up(edge) for edge in y_edges]
    canvas = area.canvas
    titled = values.size <= 2_500
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            value = float(values[row, column])
            if not np.isfinite(value):
                continue
            left, right = sorted((xs[column], xs[column + 1]))
            top, bottom = sorted((ys[row], ys[row + 1]))
            canvas.swatch(
                Room(left, top, right - left, bottom - top),
                color_at(fraction(value, low, high)),
                quantity(value, heatmap.unit) if titled else "",
            )


def paint_color_scale(area: PlotArea, heatmap: Heatmap, x: float) -> None:
    """The colour scale beside the area, with its ends and its middle."""
    scale = color_range(heatmap)
    if scale is None:
        return
    room, canvas = area.room, area.canvas
    low, high = scale
    steps = 32
    for step in range(steps):
        top = room.bottom - room.height * (step + 1) / steps
        canvas.swatch(Room(x, top, 12, room.height / steps), color_at((step + 0.5) / steps))
    for share in (0.0, 0.5, 1.0):
        value = low * (1 - share) + high * share
        y = room.bottom - room.height * share
        canvas.text(x + 17, y + 4, quantity(value, heatmap.unit, 4), "dim", size=11, width=66)
