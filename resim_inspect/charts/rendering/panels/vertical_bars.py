"""Vertical bars: boxes on an axis of categories; from extremes if bars outnumber columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from resim_inspect.charts.analysis.extremes import extremes_between
from resim_inspect.charts.analysis.readout import bar_readings
from resim_inspect.charts.model.drawing import Axis, Bars, Box, Fill, Plot, TextAnnotation
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.rendering.panels import plot
from resim_inspect.charts.rendering.panels.bar_layout import stack, status_of
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width, number


def paint(panel: Bars, categories: range, request: PanelRequest) -> PaintedPanel:
    """Paint boxes on a category axis, with values or failing marks above if they fit."""
    many = len(categories)
    shown: list[int] = list(categories)
    columns = max(4, request.width - 10)
    if many > columns:
        shown = _extreme_categories(panel, categories, columns)
    across = 1 if panel.stacked else max(1, len(panel.series))
    slot = columns / many
    gap = 0.2 if slot >= 2 * across else 0.0
    boxes: list[Box] = []
    notes: list[tuple[float, float, str, ColorRole]] = []
    roomy = slot >= 8 * across
    for category, series, low, high in stack(panel, shown):
        k = 0 if panel.stacked else panel.series.index(series)
        each = (1 - gap) / across
        left = category - 0.5 + gap / 2 + k * each
        status = status_of(series, category)
        failing = status is not None and status.fails
        color_role = (
            status
            if failing and status is not None and len(panel.series) == 1
            else series.color_role
        )
        text = number(high - low if panel.stacked else high, 4)
        boxes.append(
            Box(
                left,
                left + each,
                low,
                high,
                color_role,
                name=series.name,
                text=text,
                status=status,
                shade=panel.series.index(series),
            )
        )
        mark = f"{status.symbol} " if failing and status is not None else ""
        if (roomy or mark) and not panel.stacked:
            label = f"{mark}{text}" if roomy else mark.strip()
            notes.append(
                (left + each / 2, high, label, status if failing and status is not None else "dim")
            )
    named = [Fill(s.name, s.color_role, k) for k, s in enumerate(panel.series) if s.name]
    y = Axis(title=panel.y_title)
    rows_there = max(3, request.height - 3)
    extra = _headroom(boxes, panel, rows_there)
    above = []
    for x, level, label, color_role in notes:
        shift = cell_width(label) / 2 / max(1.0, slot)
        step = (extra[1] - extra[0]) / rows_there
        above.append(
            TextAnnotation(
                x - shift, level + step if level >= 0 else level - step, label, color_role
            )
        )
    picture = Plot(
        Axis("category", title=panel.x_title, categories=panel.categories, limits=None),
        replace(y, limits=extra),
        boxes=tuple(boxes),
        annotations=tuple(above),
        fills=tuple(named) if len(named) > 1 else (),
        reference_lines=panel.reference_lines,
        title=panel.title,
    )
    window = (categories[0] - 0.5, categories[-1] + 0.5)
    painted = plot.paint(picture, replace(request, window=window))
    inside = painted.plot

    def read(column: int, _row: int) -> Readout | None:
        if inside is None:
            return None
        at = window[0] + (column - inside.x + 0.5) / max(1, inside.width) * (window[1] - window[0])
        category = min(categories[-1], max(categories[0], round(at)))
        return Readout(float(category), panel.categories[category], bar_readings(panel, category))

    return replace(painted, read=read)


def _headroom(boxes: list[Box], panel: Bars, rows_there: int) -> tuple[float, float]:
    """The range of the values, zero included, with room for a label at the ends."""
    ends = [0.0, *(b.y0 for b in boxes), *(b.y1 for b in boxes)]
    ends += [reference.position for reference in panel.reference_lines if not reference.vertical]
    low, high = min(ends), max(ends)
    if low == high:
        return (low, low + 1.0)
    # A row and a half: the label's own, and the part of one in which the bar ends.
    part = 1.5 / rows_there
    pad = high * part - low * part
    return (low if low == 0 else low - pad), (high if high == 0 else high + pad)


def _extreme_categories(panel: Bars, categories: range, columns: int) -> list[int]:
    """For each column the categories with the lowest and highest total, and a failing one."""
    total = np.zeros(len(categories))
    failing = np.zeros(len(categories), bool)
    for series in panel.series:
        part = np.full(len(categories), np.nan)
        have = series.values[categories[0] : categories[-1] + 1]
        part[: len(have)] = have
        total += np.nan_to_num(part)
        if series.statuses is not None:
            states = series.statuses[categories[0] : categories[-1] + 1]
            failing[: len(states)] |= (states == int(MetricStatus.FAIL_WARN)) | (
                states == int(MetricStatus.FAIL_BLOCK)
            )
    cuts = np.linspace(0, len(categories), columns + 1).astype(np.int64)
    kept: set[int] = set()
    for column in extremes_between(total, cuts.tolist()):
        kept |= {column.lowest, column.highest}
        if failing[column.start : column.stop].any():
            kept.add(column.start + int(failing[column.start : column.stop].argmax()))
    return [categories[k] for k in sorted(kept)]
