"""Heatmaps: colours of a scale, or shades without colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.color_scale import color_at, color_range, fraction
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.layers import Heatmap
from resim_inspect.charts.model.style import Style
from resim_inspect.charts.rendering.panels.canvas import PlotFrame

_SHADES = "░▒▓█"
"""Shades from the lowest to the highest value; a blank cell has none."""


def paint_heatmap(frame: PlotFrame, heatmap: Heatmap) -> None:
    """Paint one value a cell: the mean of the values that the cell covers."""
    scale = color_range(heatmap)
    if scale is None or not heatmap.z.size:
        return
    rows, columns = heatmap.z.shape
    low, high = scale
    grid, area = frame.grid, frame.area
    xs = _cuts(frame.x, heatmap.x0, heatmap.x1, columns, heatmap.x_edges)
    ys = _cuts(frame.y, heatmap.y0, heatmap.y1, rows, heatmap.y_edges)
    for cy in range(area.height):
        for cx in range(area.width):
            (c0, c1), (r0, r1) = xs[cx], ys[cy]
            if c0 < 0 or r0 < 0:
                continue
            part = heatmap.z[r0:r1, c0:c1]
            part = part[np.isfinite(part)]
            if not len(part):
                continue
            value = float(part.mean())
            share = fraction(value, low, high)
            spot = (area.x + cx, frame.row(cy))
            if frame.palette.color:
                grid.put(*spot, " ", Style(bg=frame.palette.rgb(color_at(share))))
            else:
                grid.put(*spot, _SHADES[min(3, int(share * 4))])


def _cuts(
    scale: Scale, low: float, high: float, many: int, edges: NDArray[np.float64] | None
) -> list[tuple[int, int]]:
    """Range of rows or columns that each cell covers; (-1, -1) for none."""
    ranges: list[tuple[int, int]] = []
    span = high - low
    for cell in range(scale.cells):
        ends = sorted((scale.value(cell), scale.value(cell + 1)))
        if edges is not None:
            outside = ends[1] <= edges[0] or ends[0] >= edges[-1]
            places = np.full(2, np.nan) if outside else np.interp(ends, edges, np.arange(many + 1))
            a, b = places.tolist()
        else:
            a = (ends[0] - low) / span * many if span else 0.0
            b = (ends[1] - low) / span * many if span else float(many)
        if not (np.isfinite(a) and np.isfinite(b)) or b <= 0 or a >= many:
            ranges.append((-1, -1))
            continue
        first = min(many - 1, max(0, int((a + b) / 2) if b - a < 1 else round(a)))
        ranges.append((first, max(first + 1, min(many, round(b)))))
    return ranges
