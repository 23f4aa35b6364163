"""Bar charts: vertical if labels fit below, else horizontal, else drawn from extremes."""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.charts.analysis.bar_layout import category_caption, visible_categories
from resim_inspect.charts.model.drawing import Axis, Bars, Plot
from resim_inspect.charts.rendering.panels import horizontal_bars, plot, vertical_bars
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cell_width

_MAX_LABEL = 12
"""Cells of the widest label below a vertical bar."""


def rows(panel: Bars, width: int) -> int:
    """Natural height in rows."""
    if _is_vertical(panel, len(panel.categories), width, 12):
        return 16
    return min(60, horizontal_bars.rows_of(panel, range(len(panel.categories))) + 3)


def _is_vertical(panel: Bars, count: int, width: int, height: int) -> bool:
    """Return True if `count` categories read better as vertical bars in this room."""
    if panel.vertical is not None:
        return panel.vertical
    if height < 6:
        return False
    widest = max((cell_width(name) for name in panel.categories[:200]), default=1)
    across = 1 if panel.stacked else max(1, len(panel.series))
    slot = (width - 10) / max(1, count)
    return count <= 12 and widest <= _MAX_LABEL and slot >= max(widest + 1, 2 * across + 1)


def _is_horizontal(panel: Bars, categories: range, height: int) -> bool:
    """Return True if categories have the rows for horizontal bars."""
    rows_needed = horizontal_bars.rows_of(panel, categories)
    return rows_needed + 2 <= height or len(categories) <= height - 2


def paint(panel: Bars, request: PanelRequest) -> PaintedPanel:
    """Paint the bars in the direction that shows most in the room."""
    categories = visible_categories(panel, request.window)
    if not categories or not panel.series:
        return plot.paint(Plot(Axis(), Axis(title=panel.y_title)), request)
    caption = category_caption(panel, len(categories))
    every = range(len(panel.categories))
    # Bars that are horizontal stay so in a part of them: the keys of the cursor stay the same.
    is_vertical = _is_vertical(panel, len(every), request.width, request.height) or (
        not _is_horizontal(panel, every, request.height)
        and _is_vertical(panel, len(categories), request.width, request.height)
    )
    if not is_vertical and _is_horizontal(panel, categories, request.height):
        painted = horizontal_bars.paint(panel, categories, request)
    else:
        painted = vertical_bars.paint(panel, categories, request)
        columns = painted.plot.width if painted.plot is not None else 0
        if len(categories) > columns:
            caption = category_caption(panel, len(categories), from_extremes=True)
    return replace(painted, caption=caption)
