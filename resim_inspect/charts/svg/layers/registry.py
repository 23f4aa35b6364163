"""The layers of a plot in the order in which they are drawn; a new layer is one line here."""

from __future__ import annotations

from collections.abc import Callable

from resim_inspect.charts.model.drawing import Plot
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.layers.bands import paint_bands
from resim_inspect.charts.svg.layers.boxes import paint_boxes
from resim_inspect.charts.svg.layers.curves import paint_curves
from resim_inspect.charts.svg.layers.heatmap import paint_heatmap
from resim_inspect.charts.svg.layers.reference_lines import (
    paint_annotations,
    paint_reference_lines,
)

LAYERS: dict[str, Callable[[PlotArea, Plot], None]] = {
    "heatmap": paint_heatmap,
    "boxes": paint_boxes,
    "bands": paint_bands,
    "reference_lines": paint_reference_lines,
    "curves": paint_curves,
    "annotations": paint_annotations,
}
"""Painters by the field of `Plot` that holds the layer."""
