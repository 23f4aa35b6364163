"""One panel of a drawing as a plotly figure."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from resim_inspect.charts.analysis.scales import x_range, y_range
from resim_inspect.charts.model.drawing import Bars, Panel, Plot
from resim_inspect.charts.model.layers import Heatmap
from resim_inspect.export.report.interactive.axes import axis_layout, is_dates
from resim_inspect.export.report.interactive.bars import bars_figure
from resim_inspect.export.report.interactive.curves import (
    curve_traces,
    decimation_note,
    drawn_curves,
)
from resim_inspect.export.report.interactive.encoding import plain
from resim_inspect.export.report.interactive.filled_shapes import (
    band_traces,
    box_traces,
    reference_shapes,
)

_HEIGHT = 320
_BAND_ROW = 44
_MAX_HEIGHT = 1_600


class PanelFigure(NamedTuple):
    """A plotly figure and what to say about it."""

    figure: dict[str, Any]
    """`data` and `layout`."""
    height: int
    """Pixels."""
    notes: tuple[str, ...]


def panel_figure(panel: Panel) -> PanelFigure | None:
    """Return a plot or a bar chart as a figure; None for panels of other kinds."""
    with np.errstate(all="ignore"):
        if isinstance(panel, Bars):
            figure, height, note = bars_figure(panel)
            return PanelFigure(figure, height, (note,) if note else ())
        if isinstance(panel, Plot):
            return _plot(panel)
    return None


def _plot(panel: Plot) -> PanelFigure:
    shown_x = x_range(panel, None)
    drawn = drawn_curves(panel, shown_x)
    pairs = [(drawn_curve.curve, drawn_curve.points) for drawn_curve in drawn]
    shown_y = y_range(panel, panel.y, False, pairs, shown_x)
    traces = box_traces(panel)
    bands, band_note = band_traces(panel)
    traces += bands
    if panel.heatmap is not None:
        traces.append(_heatmap(panel.heatmap))
    traces += curve_traces(panel, drawn)
    shapes, annotations = reference_shapes(panel, shown_y)
    layout: dict[str, Any] = {
        "xaxis": axis_layout(panel.x, shown_x),
        "yaxis": axis_layout(panel.y, shown_y),
        "shapes": shapes,
        "annotations": annotations,
        "barmode": "overlay",
        "hovermode": _hover_mode(panel),
    }
    if panel.right is not None:
        right = axis_layout(panel.right, y_range(panel, panel.right, True, pairs, shown_x))
        layout["yaxis2"] = right | {"overlaying": "y", "side": "right", "showgrid": False}
    if panel.title:
        layout["title"] = {"text": plain(panel.title, 100)}
    layout["showlegend"] = sum(bool(trace.get("showlegend")) for trace in traces) > 1 or bool(bands)
    height = _HEIGHT
    if panel.bands:
        height = min(_MAX_HEIGHT, max(200, 120 + _BAND_ROW * len(panel.bands)))
    notes = tuple(note for note in (decimation_note(drawn), band_note) if note)
    return PanelFigure({"data": traces, "layout": layout}, height, notes)


def _hover_mode(panel: Plot) -> str:
    if panel.boxes or panel.bands or panel.heatmap is not None:
        return "closest"
    dated = panel.x.kind == "time" or is_dates(panel.x)
    return "x unified" if dated and len(panel.curves) <= 12 else "closest"


def _heatmap(heatmap: Heatmap) -> dict[str, Any]:
    rows, columns = heatmap.z.shape
    x = heatmap.x_edges if heatmap.x_edges is not None else _edges(heatmap.x0, heatmap.x1, columns)
    y = heatmap.y_edges if heatmap.y_edges is not None else _edges(heatmap.y0, heatmap.y1, rows)
    values = [[float(value) if np.isfinite(value) else None for value in row] for row in heatmap.z]
    return {
        "type": "heatmap",
        "z": values,
        "x": x.tolist(),
        "y": y.tolist(),
        "zmin": heatmap.low,
        "zmax": heatmap.high,
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": plain(heatmap.unit, 24)}},
    }


def _edges(low: float, high: float, many: int) -> np.ndarray:
    return np.linspace(low, high, many + 1)
