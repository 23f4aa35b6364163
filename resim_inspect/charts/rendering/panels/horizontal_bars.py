"""Horizontal bars: one row each, its label before it and its value behind it."""

from __future__ import annotations

import math

from resim_inspect.charts.analysis import bar_layout
from resim_inspect.charts.analysis.readout import bar_readings
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.drawing import Bars, Box
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.rendering.cells import Grid, distinct_labels
from resim_inspect.charts.rendering.panels import legend
from resim_inspect.charts.rendering.panels.boxes import fill_char, paint_boxes
from resim_inspect.charts.rendering.panels.canvas import (
    PaintedPanel,
    PanelRequest,
    PlotFrame,
    paint_column,
)
from resim_inspect.charts.rendering.panels.legend import LegendEntry
from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.text import align_decimals, cell_width, cut, fit, number, quantity


def rows_of(panel: Bars, categories: range) -> int:
    """Number of rows of the bars of some categories."""
    across = 1 if panel.stacked else max(1, len(panel.series))
    gap = 1 if across > 1 else 0
    return len(categories) * (across + gap) - gap


def paint(panel: Bars, categories: range, request: PanelRequest) -> PaintedPanel:
    """Paint one row a bar, the bars of a category together."""
    grid = Grid(request.width, request.height)
    palette = request.palette
    entries = [
        LegendEntry(
            fill.sign or fill_char(fill.shade, palette),
            fill.name,
            fill.color_role,
            2 if fill.sign else 1,
        )
        for fill in bar_layout.bar_fills(panel)
    ]
    entries += legend.reference_entries(panel.reference_lines, turned=True)
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
    names = distinct_labels([panel.categories[p] for p in shown], max(4, request.width // 3))
    label_width = max((cell_width(name) for name in names), default=0)
    shade_of = bar_layout.shades(panel)
    parts = bar_layout.stack(panel, shown)
    texts = _texts(panel, shown)
    text_width = min(max((cell_width(t) for t, _ in texts.values()), default=0), request.width // 4)
    columns = max(1, request.width - label_width - text_width - 3)
    levels = [line.position for line in panel.reference_lines if not line.vertical]
    ends = [0.0, *(p[2] for p in parts), *(p[3] for p in parts), *levels]
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
        if a == b:
            continue
        color_role = bar_layout.color_role_of(panel, series, category)
        box = Box(a, b, 0, 1, color_role, horizontal=True, shade=shade_of[series.name])
        bar = Rect(area.x, top + row, columns, 1)
        paint_boxes(PlotFrame(grid, bar, x, Scale(0, 1, 1), palette), (box,))
    zero = x.cell(0.0)
    for category, row in first_rows.items():
        name = names[category - shown[0]]
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
    frame = PlotFrame(grid, area, x, Scale(0, 1, area.height), palette)
    for line in panel.reference_lines:
        cell = None if line.vertical else x.cell(line.position)
        if cell is not None:
            paint_column(frame, cell, "┊", palette.style(line.color_role))
    if left_out:
        text = f"… {left_out:,} more"
        grid.put(0, request.height - 1, cut(text, request.width), palette.style("dim"))
    by_row = {row + k: category for category, row in first_rows.items() for k in range(across)}

    def read(_column: int, row: int) -> Readout | None:
        category = by_row.get(row - top)
        if category is None:
            return None
        return Readout(float(category), panel.categories[category], bar_readings(panel, category))

    end = top + area.height
    position_rows = (
        (float(category), range(top + row, min(end, top + row + across)))
        for category, row in first_rows.items()
    )
    return PaintedPanel(
        grid,
        plot=area,
        x_range=(shown[0] - 0.5, shown[-1] + 0.5),
        position_rows=tuple(position_rows),
        read=read,
        more=left_out,
    )


def _texts(panel: Bars, categories: range) -> dict[tuple[int, int], tuple[str, ColorRole]]:
    """The value behind each row, decimals aligned, with the mark of a failing status."""
    rows: dict[tuple[int, int], tuple[str, str, MetricStatus | None]] = {}
    for category in categories:
        if panel.stacked:
            rows[category, 0] = _total(panel, category)
            continue
        for k, series in enumerate(panel.series):
            value = bar_layout.value_at(series, category)
            text = "–" if value is None else quantity(value, series.unit)
            share = _share(series.values.tolist(), category) if panel.percent else ""
            rows[category, k] = text, share, bar_layout.status_of(series, category)
    aligned = align_decimals([text for text, _, _ in rows.values()])
    texts: dict[tuple[int, int], tuple[str, ColorRole]] = {}
    for (key, (_, share, status)), text in zip(rows.items(), aligned, strict=True):
        if status is not None and status.fails:
            texts[key] = (f"{text}{share} {status.symbol}", status)
        else:
            texts[key] = ((text + share).rstrip(), "dim")
    return texts


def _total(panel: Bars, category: int) -> tuple[str, str, MetricStatus | None]:
    """The sum of a stack, how many of its parts are not finite, and its worst failing status."""
    values = [bar_layout.value_at(series, category) for series in panel.series]
    finite = [value for value in values if value is not None and math.isfinite(value)]
    odd = [value for value in values if value is not None and not math.isfinite(value)]
    failing = [
        status
        for series in panel.series
        if (status := bar_layout.status_of(series, category)) is not None and status.fails
    ]
    text = number(bar_layout.sum_of(finite)) if finite else "" if odd else "no value"
    names = "".join(f" + {number(value)}" for value in odd)
    return text, names, worst_status(failing)


def _share(values: list[float], category: int) -> str:
    total = bar_layout.sum_of(v for v in values if math.isfinite(v))
    return f"  {values[category] / total:.1%}" if total else ""
