"""Vertical bars: boxes on an axis of categories; from extremes if bars outnumber columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from resim_inspect.charts.analysis.bar_layout import (
    NO_VALUE_MARK,
    bar_fills,
    clipped,
    color_role_of,
    ends,
    shades,
    stack,
    status_of,
    totals_and_failures,
    value_at,
)
from resim_inspect.charts.analysis.extremes import extremes_between
from resim_inspect.charts.analysis.readout import bar_readings
from resim_inspect.charts.model.drawing import Axis, Bars, BarSeries, Box, Plot, TextAnnotation
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.rendering.panels import axes, plot
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cell_width, number


@dataclass(frozen=True, slots=True)
class _Slot:
    """The room of some categories on the x axis, in axis units, and those that are drawn."""

    start: float
    stop: float
    categories: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    """A text that stands above (or below) a bar."""

    x: float
    level: float
    text: str
    color_role: ColorRole
    rows: int = 1
    """Rows between the level and the text."""


def paint(panel: Bars, categories: range, request: PanelRequest) -> PaintedPanel:
    """Paint boxes on a category axis, with values or failing marks above if they fit."""
    rows_there = max(3, request.height - 3)
    limits = _headroom(panel, categories, rows_there)
    picture = Plot(
        Axis("category", title=panel.x_title, categories=panel.categories, limits=None),
        Axis(title=panel.y_title, limits=limits),
        fills=bar_fills(panel),
        reference_lines=panel.reference_lines,
        title=panel.title,
    )
    columns = _columns(picture, request, limits)
    across = 1 if panel.stacked else max(1, len(panel.series))
    each = columns / len(categories) / across
    boxes: list[Box] = []
    labels: list[_Label] = []
    for slot in _slots(panel, categories, columns):
        boxes += _boxes(panel, slot, across)
        labels += _labels(panel, slot, across, each, limits)
    step = limits[1] / rows_there - limits[0] / rows_there
    annotations = tuple(_annotation(label, step, each * across) for label in labels)
    picture = replace(picture, boxes=tuple(boxes), annotations=annotations)
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


def _columns(picture: Plot, request: PanelRequest, limits: tuple[float, float]) -> int:
    """Columns between the axes; the fewest of those that a head of some rows leaves."""
    layouts = (axes.arrange(picture, request, top, (limits, (0.0, 1.0))) for top in range(4))
    return max(1, min(area.width for _, area in layouts))


def _slots(panel: Bars, categories: range, columns: int) -> Iterator[_Slot]:
    """A slot for each category; a slot for each column if there are more categories.

    Neighbours share their edges, or leave a whole column between them: no blank column is
    left by rounding.
    """
    many = len(categories)
    if many <= columns:
        # In whole columns: a part of one would sometimes show and sometimes not.
        gap = max(1, columns // (5 * many)) * many / columns if columns >= 3 * many else 0.0
        for category in categories:
            yield _Slot(category - 0.5 + gap / 2, category + 0.5 - gap / 2, (category,))
        return
    first = categories[0] - 0.5
    totals, failing = totals_and_failures(panel, categories)
    cuts = np.linspace(0, many, columns + 1).astype(np.int64).tolist()
    for column in extremes_between(totals, cuts):
        chosen = [column.highest]
        if not panel.stacked or totals[column.lowest] < 0:
            chosen.append(column.lowest)
        if failing[column.start : column.stop].any():
            chosen.append(column.start + int(failing[column.start : column.stop].argmax()))
        drawn = tuple(categories[at] for at in dict.fromkeys(chosen))
        yield _Slot(first + column.start, first + column.stop, drawn)


def _boxes(panel: Bars, slot: _Slot, across: int) -> list[Box]:
    """The bars of a slot; of several categories the shorter ones in front."""
    shade_of = shades(panel)
    each = (slot.stop - slot.start) / across
    parts = [part for part in stack(panel, slot.categories) if part[3] != part[2]]
    if len(slot.categories) > 1 and not panel.stacked:
        parts.sort(key=lambda part: -abs(part[3]))
    boxes = []
    for category, series, low, high in parts:
        left = slot.start + (0 if panel.stacked else panel.series.index(series)) * each
        boxes.append(
            Box(
                left,
                left + each,
                low,
                high,
                color_role_of(panel, series, category),
                name=series.name,
                text=number(series.values[category]),
                status=status_of(series, category),
                shade=shade_of[series.name],
            )
        )
    return boxes


def _labels(
    panel: Bars, slot: _Slot, across: int, each: float, limits: tuple[float, float]
) -> Iterator[_Label]:
    """Values with marks where they fit, else marks alone; a text or sign for no value."""
    width = (slot.stop - slot.start) / across
    for category in slot.categories[:1] if panel.stacked else slot.categories:
        for position, series in enumerate(panel.series):
            value = value_at(series, category)
            if value is None or (panel.stacked and math.isfinite(value)):
                continue
            x = slot.start + (0.5 if panel.stacked else position + 0.5) * width
            yield from _label(series, category, value, x, each, limits)


def _label(
    series: BarSeries,
    category: int,
    value: float,
    x: float,
    each: float,
    limits: tuple[float, float],
) -> Iterator[_Label]:
    status = status_of(series, category)
    failing = status is not None and status.fails
    color_role: ColorRole = status if failing and status is not None else "dim"
    mark = f"{status.symbol} " if failing and status is not None else ""
    text = f"{mark}{number(value)}"
    fits = cell_width(text) + 1 <= each
    if math.isfinite(value):
        if fits or mark:
            yield _Label(x, value, text if fits else mark.strip(), color_role)
        return
    # Infinities at the edge towards them, NaN on the line at zero.
    level, side = (limits[1], -1) if value > 0 else (limits[0], 1) if value < 0 else (0.0, 1)
    base = 0 if math.isinf(value) else 1
    sign = text if fits else "↑" if value > 0 else "↓" if value < 0 else NO_VALUE_MARK
    yield _Label(x, level, sign, color_role if fits or mark else "text", base * side)
    if mark and not fits:
        yield _Label(x, level, mark.strip(), color_role, (base + 1) * side)


def _annotation(label: _Label, step: float, slot: float) -> TextAnnotation:
    shift = cell_width(label.text) / 2 / max(1.0, slot)
    up = label.rows if label.level >= 0 or label.rows != 1 else -1
    return TextAnnotation(label.x - shift, label.level + up * step, label.text, label.color_role)


def _headroom(panel: Bars, categories: range, rows_there: int) -> tuple[float, float]:
    """The range of the values, zero included, with room for a label at the ends."""
    levels = [*ends(panel, categories)]
    levels += [reference.position for reference in panel.reference_lines if not reference.vertical]
    low, high = min(levels), max(levels)
    if low == high:
        return (low, low + 1.0)
    # A row and a half: the label's own, and the part of one in which the bar ends.
    part = 1.5 / rows_there
    pad = high * part - low * part
    return (low if low == 0 else clipped(low - pad)), (high if high == 0 else clipped(high + pad))
