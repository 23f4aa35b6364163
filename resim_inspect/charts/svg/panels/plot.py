"""A plot: heading, legend, axes and layers."""

from __future__ import annotations

from collections.abc import Callable

from resim_inspect.charts.analysis.captions import window_caption
from resim_inspect.charts.analysis.decimate import decimate
from resim_inspect.charts.analysis.scales import Range, Scale, labels_outside, x_range, y_ranges
from resim_inspect.charts.model.drawing import Plot
from resim_inspect.charts.svg import axes as axis_painter
from resim_inspect.charts.svg import legend
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, PlotArea, View
from resim_inspect.charts.svg.canvas import FONT_SIZE, Canvas, Room
from resim_inspect.charts.svg.layers.curves import paint_marks, paint_missing
from resim_inspect.charts.svg.layers.heatmap import drawn_values, paint_color_scale
from resim_inspect.charts.svg.layers.reference_lines import paint_labels, paint_shading
from resim_inspect.charts.svg.layers.registry import LAYERS

_CANVAS = 260.0
_BAND = 42.0
_TITLE = 20.0


def height(panel: Plot, width: float) -> float:
    """Natural height in px."""
    _, rows = legend.arrange(legend.entries(panel), width)
    body = max(80.0, _BAND * len(panel.bands) + 12) if panel.bands else _CANVAS
    return rows + _title_rows(panel) + body + axis_painter.TICKS_ROW + 26


def _title_rows(panel: Plot) -> float:
    return (_TITLE if panel.title else 0.0) + (_TITLE if _has_y_titles(panel) else 8.0)


def _has_y_titles(panel: Plot) -> bool:
    right = panel.right is not None and bool(axis_painter.axis_title(panel.right))
    return bool(axis_painter.axis_title(panel.y)) or right


def paint(
    canvas: Canvas,
    panel: Plot,
    room: Room,
    view: View = WHOLE,
    decorate: Callable[[PlotArea], None] | None = None,
) -> PaintedChart:
    """Paint a plot into a room; `decorate` adds to its area more than its layers."""
    window = x_range(panel, view.window)
    bins = max(8, int(room.width))
    decimated = [(curve, decimate(curve, panel.x, window, bins)) for curve in panel.curves]
    left_range, right_range = y_ranges(panel, decimated, window, view.y_window, view.fit_y)
    room = _paint_head(canvas, panel, room, (window, left_range))
    layout = axis_painter.arrange(panel, room.width, room.height, window, (left_range, right_range))
    inner = Room(
        room.x + layout.left,
        room.y,
        max(10.0, room.width - layout.left - layout.right),
        max(10.0, room.height - layout.below),
    )
    across, up = round(inner.width), round(inner.height)
    area = PlotArea(
        canvas,
        inner,
        Scale(*window, across, panel.x.reverse),
        Scale(*left_range, up, panel.y.reverse),
        Scale(*right_range, up, bool(panel.right and panel.right.reverse)),
        decimated,
    )
    axis_painter.paint_grid(area, panel, layout)
    clip = canvas.new_id("clip")
    canvas.open("clipPath", id=clip)
    canvas.draw("rect", x=inner.x, y=inner.y - 1, width=inner.width, height=inner.height + 2)
    canvas.close("clipPath")
    canvas.open("g", clip_path=f"url(#{clip})")
    paint_shading(area, panel)
    for paint_layer in LAYERS.values():
        paint_layer(area, panel)
    canvas.close("g")
    axis_painter.paint_axes(area, panel, layout)
    paint_marks(area, panel)
    paint_missing(area, panel)
    if decorate is not None:
        decorate(area)
    paint_labels(area, panel)
    if panel.heatmap is not None and room.width > 320:
        paint_color_scale(area, panel.heatmap, inner.right + layout.right - 82)
    return PaintedChart(_caption(area, panel), tuple(area.remarks))


def _paint_head(canvas: Canvas, panel: Plot, room: Room, ranges: tuple[Range, Range]) -> Room:
    """The title, the legend and the titles of y; returns the room below them."""
    if panel.title:
        canvas.text(room.x, room.y + 14, panel.title, "text", width=room.width, font_weight="600")
        room = room.below(_TITLE)
    listed = legend.entries(panel, labels_outside(panel, ranges))
    placed, rows = legend.arrange(listed, room.width)
    legend.paint(canvas, room, placed)
    room = room.below(rows)
    if not _has_y_titles(panel):
        return room.below(8)
    baseline = room.y + FONT_SIZE
    right = axis_painter.axis_title(panel.right) if panel.right is not None else ""
    each = room.width / 2 - 8 if right else room.width
    canvas.text(room.x, baseline, axis_painter.axis_title(panel.y), "dim", width=each)
    canvas.text(room.right, baseline, right, "dim", width=each, anchor="end")
    return room.below(_TITLE)


def _caption(area: PlotArea, panel: Plot) -> str:
    text = window_caption(area.decimated)
    if panel.heatmap is not None and panel.heatmap.z.size:
        drawn = drawn_values(panel.heatmap)[0].size
        if drawn < panel.heatmap.z.size:
            more = f"{panel.heatmap.z.size:,} cells, drawn as {drawn:,} means"
            text = f"{text} · {more}" if text else more
    return text
