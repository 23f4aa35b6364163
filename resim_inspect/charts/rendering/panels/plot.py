"""A plot on cells: axes, ticks, legend, curves, filled shapes, thresholds, readings."""

from __future__ import annotations

from functools import lru_cache

from resim_inspect.charts import plotext_backend as adapter
from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.decimate import Decimated, decimate
from resim_inspect.charts.analysis.readout import readout_at
from resim_inspect.charts.analysis.scales import Scale, x_range, y_range
from resim_inspect.charts.analysis.ticks import Ticks
from resim_inspect.charts.model.drawing import Curve, Plot
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import RGB, VALUE_MARK, ColorRole, Style
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels import legend, shapes
from resim_inspect.charts.rendering.panels.axes import (
    Frame,
    label_width,
    paint_axes,
    shortened,
    with_thresholds,
    y_ticks_of,
)
from resim_inspect.charts.rendering.panels.canvas import Painted, Request
from resim_inspect.charts.rendering.panels.strokes import curve_strokes, mark_strokes
from resim_inspect.text import cut


def paint(panel: Plot, request: Request) -> Painted:
    """Paint a plot; in too little room parts are left out, the canvas last."""
    width, height, palette = request.width, request.height, request.palette
    grid = Grid(width, height)
    if width < 3 or height < 1:
        return Painted(grid)
    view = x_range(panel, request.window)
    bins = max(4, 2 * width)
    decimated = [(curve, decimate(curve, panel.x, view, bins)) for curve in panel.curves]
    left_range = y_range(panel, panel.y, False, decimated, view)
    off = frozenset(
        r.label
        for r in panel.reference_lines
        if not (view if r.vertical else left_range)[0]
        <= r.position
        <= (view if r.vertical else left_range)[1]
    )
    found = legend.entries(panel, palette, off)
    title = _y_title(panel)
    heading = 1 if panel.title and height >= 7 else 0
    if heading:
        grid.put(0, 0, cut(panel.title, width), palette.style("text", bold=True))
    height -= heading
    rows_legend = 0
    if height >= 5 and (found or title):
        # In a low plot a second row is for what would be left out, not for full names.
        two = height >= 14 or (height >= 10 and not legend.whole(found, title, width, 1))
        rows_legend = legend.rows_needed(found, title, width, 2 if two else 1)
    axis_rows = 2 if height - rows_legend >= 4 else 0
    rows = max(1, height - rows_legend - axis_rows)
    y_ticks = y_ticks_of(left_range, panel.y, rows)
    y = Scale(*left_range, rows, panel.y.reverse)
    y_ticks = shortened(with_thresholds(y_ticks, panel, y), panel.y, width)
    left = label_width(y_ticks, width) if width >= 16 else 0
    right_ticks, right_range, right = Ticks((), ()), (0.0, 1.0), 0
    if panel.right is not None:
        right_range = y_range(panel, panel.right, True, decimated, view)
        right_ticks = y_ticks_of(right_range, panel.right, rows)
        right = label_width(right_ticks, width) + 1 if width >= 30 else 0
    columns = max(1, width - left - (1 if left else 0) - right)
    area = Rect(width - columns - right, heading + rows_legend, columns, rows)
    frame = Frame(area, rows_legend, axis_rows, left, right)
    if rows_legend:
        legend.paint(grid, heading, found, title, palette, rows_legend)
    x = Scale(*view, columns, panel.x.reverse)
    y2 = Scale(*right_range, rows, bool(panel.right and panel.right.reverse))
    paint_axes(grid, panel, frame, x, y, y2, y_ticks, right_ticks, request)
    _paint_layers(grid, panel, area, decimated, x, y, y2, request)
    counted = [(curve, points) for curve, points in decimated if curve.counted]
    shown = sum(points.behind for _, points in counted)
    whole = all(points.complete or not curve.line for curve, points in counted)
    total = sum(curve_stats(curve).finite for curve, _ in counted)

    def read(column: int, row: int) -> Readout | None:
        at = x.value(column - area.x + 0.5)
        level = y.value(area.height - (row - area.y) - 0.5)
        return readout_at(panel, at, level, (x, y))

    return Painted(
        grid,
        plot=area,
        x_range=view,
        y_range=left_range,
        reverse=panel.x.reverse,
        caption=_caption(shown, total, whole) if counted else "",
        read=read,
    )


def _caption(shown: int, total: int, whole: bool) -> str:
    noun = "point" if total == 1 else "points"
    text = f"{total:,} {noun}" if shown >= total else f"{shown:,} of {total:,} {noun}"
    return text if whole else f"{text}, drawn from extremes"


def _y_title(panel: Plot) -> str:
    title = panel.y.title
    if panel.y.unit and panel.y.unit not in title:
        title = f"{title} [{panel.y.unit}]".strip()
    text = f"y: {title}" if title else ""
    if panel.right is not None and panel.right.title:
        text += f"   right: {panel.right.title}"
    return text.strip()


def _paint_layers(
    grid: Grid,
    panel: Plot,
    area: Rect,
    decimated: list[tuple[Curve, Decimated]],
    x: Scale,
    y: Scale,
    y2: Scale,
    request: Request,
) -> None:
    palette = request.palette
    if panel.heatmap is not None:
        shapes.paint_heatmap(grid, area, panel.heatmap, x, y, palette)
    shapes.paint_boxes(grid, area, tuple(b for b in panel.boxes if not b.right), x, y, palette)
    shapes.paint_boxes(grid, area, tuple(b for b in panel.boxes if b.right), x, y2, palette)
    if panel.bands:
        _paint_bands(grid, panel, area, x, y, request)
    _paint_reference_lines(grid, panel, area, x, y, request)
    _paint_curves(grid, panel, area, decimated, x, y, y2, request)
    for note in panel.annotations:
        column, row = x.cell(note.x), y.cell(note.y)
        if column is not None and row is not None:
            text = cut(note.text, max(0, area.width - column))
            grid.put(
                area.x + column,
                area.y + area.height - 1 - row,
                text,
                palette.style(note.color_role),
            )
    if request.cursor is not None:
        _paint_cursor(grid, area, x, request)


def _paint_curves(
    grid: Grid,
    panel: Plot,
    area: Rect,
    decimated: list[tuple[Curve, Decimated]],
    x: Scale,
    y: Scale,
    y2: Scale,
    request: Request,
) -> None:
    named = [curve for curve in panel.curves if curve.legend and curve.name]
    apart = not request.palette.color and len(named) > 1
    strokes: list[adapter.Stroke] = []
    for curve, points in decimated:
        if curve.mark == VALUE_MARK:
            continue
        sign = ""
        if apart and curve.legend and curve.name:
            sign = legend.series_mark(named.index(curve))
        scale = y2 if curve.right else y
        strokes += curve_strokes(curve, points, x, scale, request.palette, panel.x, sign)
    for curve, points in decimated:
        scale = y2 if curve.right else y
        strokes += mark_strokes(curve, points, x, scale, request.palette, panel.x)
    # The value that is meant stands over all others.
    for curve, points in decimated:
        if curve.mark == VALUE_MARK:
            scale = y2 if curve.right else y
            strokes += curve_strokes(curve, points, x, scale, request.palette, panel.x)
    if not strokes:
        return
    for row, line in enumerate(adapter.draw(area.width, area.height, strokes)):
        for column, (char, color) in enumerate(line):
            if char != " ":
                grid.over(area.x + column, area.y + row, char, _style(color))


@lru_cache(maxsize=256)
def _style(color: RGB | None) -> Style:
    return Style(fg=color)


def _paint_reference_lines(
    grid: Grid, panel: Plot, area: Rect, x: Scale, y: Scale, request: Request
) -> None:
    for reference in panel.reference_lines:
        style = request.palette.style(reference.color_role)
        cell = (x if reference.vertical else y).cell(reference.position)
        if cell is None:
            continue
        if reference.vertical:
            for row in range(area.height):
                if grid.blank(area.x + cell, area.y + row, 1):
                    grid.put(area.x + cell, area.y + row, "┊", style)
            if reference.mark:
                grid.over(area.x + cell, area.y, reference.mark, style)
        else:
            row = area.y + area.height - 1 - cell
            for column in range(area.x, area.x + area.width):
                if grid.blank(column, row, 1):
                    grid.put(column, row, "┄", style)


def _paint_cursor(grid: Grid, area: Rect, x: Scale, request: Request) -> None:
    cell = x.cell(request.cursor) if request.cursor is not None else None
    if cell is None:
        return
    style = request.palette.style("accent", bold=True)
    for row in range(area.height):
        if grid.blank(area.x + cell, area.y + row, 1):
            grid.put(area.x + cell, area.y + row, "│", style)


def _paint_bands(grid: Grid, panel: Plot, area: Rect, x: Scale, y: Scale, request: Request) -> None:
    color_roles: dict[str, ColorRole] = {fill.name: fill.color_role for fill in panel.fills}
    letters = legend.state_letters(panel)
    for place, band in enumerate(panel.bands):
        cell = y.cell(float(place))
        if cell is None:
            continue
        cells = shapes.band_cells(band, x, panel.x)
        thick = max(1, min(3, area.height // len(panel.bands) - 1))
        top = area.height - 1 - cell - thick // 2
        for row in range(max(0, top), min(area.height, top + thick)):
            # The names stand in the middle row.
            named = row == min(area.height - 1, top + thick // 2)
            shapes.paint_band(
                grid, area, row, band, cells, request.palette, color_roles, letters, named
            )
