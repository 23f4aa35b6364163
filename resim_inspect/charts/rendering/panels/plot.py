"""A plot on cells: heading, legend, axes, layers and the cursor, and the values under a cell."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from resim_inspect.charts import plotext_backend
from resim_inspect.charts.analysis.captions import window_caption
from resim_inspect.charts.analysis.decimate import Decimation, decimate
from resim_inspect.charts.analysis.readout import readout_at
from resim_inspect.charts.analysis.scales import Range, Scale, labels_outside, x_range, y_ranges
from resim_inspect.charts.model.drawing import Plot
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import RGB, VALUE_MARK, Style
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels import legend
from resim_inspect.charts.rendering.panels.axes import AxisLayout, arrange, paint_axes
from resim_inspect.charts.rendering.panels.bands import paint_bands
from resim_inspect.charts.rendering.panels.boxes import paint_boxes
from resim_inspect.charts.rendering.panels.canvas import (
    PaintedPanel,
    PanelRequest,
    PlotFrame,
    paint_column,
)
from resim_inspect.charts.rendering.panels.heatmap import paint_heatmap
from resim_inspect.charts.rendering.panels.strokes import curve_strokes, mark_strokes, missing_marks
from resim_inspect.text import cell_width, cut


def rows(panel: Plot, _width: int) -> int:
    """Natural height in rows."""
    return min(24, 2 * len(panel.bands) + 5) if panel.bands else 16


def paint(panel: Plot, request: PanelRequest) -> PaintedPanel:
    """Paint a plot; in too little room parts are left out, the canvas last."""
    width, height = request.width, request.height
    grid = Grid(width, height)
    if width < 3 or height < 1:
        return PaintedPanel(grid)
    view = x_range(panel, request.window)
    bins = max(4, 2 * width)
    decimated = [(curve, decimate(curve, panel.x, view, bins)) for curve in panel.curves]
    left_range, right_range = y_ranges(panel, decimated, view, request.y_window, request.fit_y)
    top = _paint_head(grid, panel, request, (view, left_range))
    axes, area = arrange(panel, request, top, (left_range, right_range))
    x = Scale(*view, area.width, panel.x.reverse)
    y = Scale(*left_range, area.height, panel.y.reverse)
    frame = PlotFrame(grid, area, x, y, request.palette)
    title = paint_axes(frame, panel, axes, request.title_below)
    _paint_layers(frame, panel, axes.right_y, decimated)
    _paint_missing(frame, panel, axes)
    if request.cursor is not None:
        _paint_cursor(frame, request.cursor)

    def read(column: int, row: int) -> Readout | None:
        at = x.value(column - area.x + 0.5)
        level = y.value(area.height - (row - area.y) - 0.5)
        return readout_at(panel, at, level, (x, y))

    return PaintedPanel(
        grid,
        plot=area,
        x_range=view,
        y_range=left_range,
        reverse=panel.x.reverse,
        caption=window_caption(decimated),
        x_title=title,
        read=read,
    )


def _paint_head(grid: Grid, panel: Plot, request: PanelRequest, ranges: tuple[Range, Range]) -> int:
    """The heading and the legend; returns how many rows they take."""
    width, palette = request.width, request.palette
    entries = legend.entries(panel, palette, labels_outside(panel, ranges))
    title = _y_title(panel)
    heading = 1 if panel.title and request.height >= 7 else 0
    if heading:
        grid.put(0, 0, cut(panel.title, width), palette.style("text", bold=True))
    height = request.height - heading
    if height < 5 or not (entries or title):
        return heading
    # In a low plot a second row is for what would be left out, not for full names.
    two = height >= 14 or (height >= 10 and not legend.complete(entries, title, width, 1))
    two |= height >= 12 and not legend.title_is_whole(entries, title, width, 1)
    return heading + legend.paint(grid, heading, entries, title, palette, 2 if two else 1)


def _y_title(panel: Plot) -> str:
    title = panel.y.title_with_unit
    text = f"y: {title}" if title else ""
    if panel.right is not None and panel.right.title:
        text += f"   right: {panel.right.title}"
    return text.strip()


def _paint_layers(frame: PlotFrame, panel: Plot, right_y: Scale, decimated: Decimation) -> None:
    """All layers from the lowest to the topmost: heatmap, boxes, bands, lines, curves, texts."""
    right = replace(frame, y=right_y)
    if panel.heatmap is not None:
        paint_heatmap(frame, panel.heatmap)
    paint_boxes(frame, tuple(box for box in panel.boxes if not box.right))
    paint_boxes(right, tuple(box for box in panel.boxes if box.right))
    if panel.bands:
        paint_bands(frame, panel)
    _paint_reference_lines(frame, panel)
    _paint_curves(frame, right, panel, decimated)
    for note in panel.annotations:
        y = right_y if note.right else frame.y
        column, cell = frame.x.cell(note.x), y.cell(note.y)
        if column is not None and cell is not None:
            text = cut(note.text, frame.area.width)
            # What begins near the right edge moves to the left, to be read whole.
            column = min(column, max(0, frame.area.width - cell_width(text)))
            style = frame.palette.style(note.color_role)
            frame.grid.put(frame.area.x + column, frame.row(cell), text, style)


def _paint_curves(frame: PlotFrame, right: PlotFrame, panel: Plot, decimated: Decimation) -> None:
    """Curves, above them the marks of failing samples, topmost the value that is meant."""
    mark_of = legend.series_marks(panel, frame.palette)
    strokes: list[plotext_backend.Stroke] = []
    for curve, points in decimated:
        if curve.mark != VALUE_MARK:
            mark = "" if curve.excluded_from_readout else mark_of.get(curve.name, "")
            side = right if curve.right else frame
            strokes += curve_strokes(side, panel.x, curve, points, mark)
    for curve, points in decimated:
        strokes += mark_strokes(right if curve.right else frame, points)
    for curve, points in decimated:
        if curve.mark == VALUE_MARK:
            strokes += curve_strokes(right if curve.right else frame, panel.x, curve, points)
    if not strokes:
        return
    area = frame.area
    for row, line in enumerate(plotext_backend.draw(area.width, area.height, strokes)):
        for column, (char, color) in enumerate(line):
            if char != " ":
                frame.grid.over(area.x + column, area.y + row, char, _style(color))


@lru_cache(maxsize=256)
def _style(color: RGB | None) -> Style:
    return Style(fg=color)


def _paint_missing(frame: PlotFrame, panel: Plot, axes: AxisLayout) -> None:
    """Marks of samples without a finite value, those of the value that is meant last."""
    for curve in sorted(panel.curves, key=lambda curve: curve.mark == VALUE_MARK):
        side = replace(frame, y=axes.right_y) if curve.right else frame
        for mark in missing_marks(side, panel.x, curve):
            row = frame.row(max(mark.row, -1 if axes.rows else 0))
            style = frame.palette.style(mark.color_role, bold=True)
            frame.grid.put(frame.area.x + mark.column, row, mark.sign, style)


def _paint_reference_lines(frame: PlotFrame, panel: Plot) -> None:
    grid, area = frame.grid, frame.area
    for line in panel.reference_lines:
        style = frame.palette.style(line.color_role)
        cell = (frame.x if line.vertical else frame.y).cell(line.position)
        if cell is None:
            continue
        if line.vertical:
            paint_column(frame, cell, "┊", style)
            if line.mark:
                grid.over(area.x + cell, area.y, line.mark, style)
        else:
            row = frame.row(cell)
            for column in range(area.x, area.x + area.width):
                if grid.blank(column, row, 1):
                    grid.put(column, row, "┄", style)


def _paint_cursor(frame: PlotFrame, position: float) -> None:
    cell = frame.x.cell(position)
    if cell is not None:
        paint_column(frame, cell, "│", frame.palette.style("accent", bold=True))
