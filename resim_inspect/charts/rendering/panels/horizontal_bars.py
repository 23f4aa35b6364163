"""Horizontal bars: one row each, its label before it and its value behind it."""

from __future__ import annotations

import math

from resim_inspect.charts.analysis.readout import bar_readings
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.drawing import Bars, Box
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels import bar_layout, legend
from resim_inspect.charts.rendering.panels.boxes import paint_boxes
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest, PlotFrame
from resim_inspect.document.enums import worst_status
from resim_inspect.text import cell_width, cut, fit, number, quantity


def rows_of(panel: Bars, categories: range) -> int:
    """Number of rows of the bars of some categories."""
    across = 1 if panel.stacked else max(1, len(panel.series))
    gap = 1 if across > 1 else 0
    return len(categories) * (across + gap) - gap


def paint(panel: Bars, categories: range, request: PanelRequest) -> PaintedPanel:
    """Paint one row a bar, the bars of a category together."""
    grid = Grid(request.width, request.height)
    palette = request.palette
    entries = bar_layout.legend_entries(panel, request)
    title = " · ".join(part for part in (panel.x_title, panel.y_title) if part)
    top = 0
    if request.height >= 4 and (entries or title):
        top = legend.paint(grid, 0, entries, title, palette, 1)
    across = 1 if panel.stacked else max(1, len(panel.series))
    gap = 1 if across > 1 and rows_of(panel, categories) <= request.height - top else 0
    room = request.height - top
    shown = categories[: max(1, (room + gap) // (across + gap))]
    left_out = len(categories) - len(shown)
    if left_out and room > 1:
        shown = categories[: max(1, (room - 1 + gap) // (across + gap))]
        left_out = len(categories) - len(shown)
    names = [panel.categories[p] for p in shown]
    label_width = min(max((cell_width(n) for n in names), default=0), max(4, request.width // 3))
    parts = bar_layout.stack(panel, shown)
    texts = _texts(panel, shown)
    text_width = min(max((cell_width(t) for t, _ in texts.values()), default=0), request.width // 4)
    columns = max(1, request.width - label_width - text_width - 3)
    ends = [0.0, *(p[2] for p in parts), *(p[3] for p in parts)]
    low, high = min(ends), max(ends)
    if low == high:
        high = low + 1
    x = Scale(low, high, columns)
    area = Rect(label_width + 1, top, columns, max(1, min(room, len(shown) * (across + gap))))
    first_rows = {category: k * (across + gap) for k, category in enumerate(shown)}
    for category, series, a, b in parts:
        row = first_rows[category] + (0 if panel.stacked else panel.series.index(series))
        if row >= area.height:
            continue
        status = bar_layout.status_of(series, category)
        failing = status is not None and status.fails
        color_role = (
            status
            if failing and status is not None and len(panel.series) == 1
            else series.color_role
        )
        box = Box(a, b, 0, 1, color_role, horizontal=True, shade=panel.series.index(series))
        bar = Rect(area.x, top + row, columns, 1)
        paint_boxes(PlotFrame(grid, bar, x, Scale(0, 1, 1), palette), (box,))
    zero = x.cell(0.0)
    for category, row in first_rows.items():
        name = panel.categories[category]
        grid.put(0, top + row, fit(name, label_width, right=True), palette.style("text"))
        for k in range(across):
            if zero is not None and grid.blank(area.x + zero, top + row + k, 1):
                grid.put(area.x + zero, top + row + k, "▏", palette.style("grid"))
            text, behind = texts.get((category, k), ("", "dim"))
            spot = area.x + columns + 1
            if text:
                grid.put(
                    spot, top + row + k, cut(text, request.width - spot), palette.style(behind)
                )
    if left_out:
        text = f"… {left_out:,} more"
        grid.put(0, request.height - 1, cut(text, request.width), palette.style("dim"))
    by_row = {row + k: category for category, row in first_rows.items() for k in range(across)}

    def read(_column: int, row: int) -> Readout | None:
        category = by_row.get(row - top)
        if category is None:
            return None
        return Readout(float(category), panel.categories[category], bar_readings(panel, category))

    return PaintedPanel(grid, plot=area, read=read, more=left_out)


def _texts(panel: Bars, categories: range) -> dict[tuple[int, int], tuple[str, ColorRole]]:
    """The value behind each row, with the mark of a failing status."""
    texts: dict[tuple[int, int], tuple[str, ColorRole]] = {}
    for category in categories:
        if panel.stacked:
            values = [
                float(s.values[category])
                for s in panel.series
                if category < len(s.values) and math.isfinite(float(s.values[category]))
            ]
            bad = [
                st
                for s in panel.series
                if (st := bar_layout.status_of(s, category)) is not None and st.fails
            ]
            worst = worst_status(bad)
            text = number(sum(values), 4) if values else "no value"
            if worst is not None:
                text = f"{text} {worst.symbol}"
            texts[(category, 0)] = (text, worst if worst is not None else "dim")
            continue
        for k, series in enumerate(panel.series):
            if category >= len(series.values):
                continue
            status = bar_layout.status_of(series, category)
            text = quantity(float(series.values[category]), series.unit, 4)
            if panel.percent:
                text += _share(series.values.tolist(), category)
            if status is not None and status.fails:
                texts[(category, k)] = (f"{text} {status.symbol}", status)
            else:
                texts[(category, k)] = (text, "dim")
    return texts


def _share(values: list[float], category: int) -> str:
    total = math.fsum(v for v in values if math.isfinite(v))
    return f"  {values[category] / total:.1%}" if total else ""
