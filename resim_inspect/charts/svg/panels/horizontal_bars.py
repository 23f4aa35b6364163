"""Horizontal bars: a row each, the label before it, the value and the status behind it."""

from __future__ import annotations

import math

from resim_inspect.charts.analysis import bar_layout
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.drawing import Bars, BarSeries, Fill
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.svg import legend
from resim_inspect.charts.svg.canvas import SMALL, Canvas, Room, shortened, text_width
from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.text import number, quantity

MAX_CATEGORIES = 200
"""Categories that have a row of their own."""
_ROW = 17.0
_GAP = 7.0
_TITLE = 20.0


def _entries(panel: Bars) -> list[legend.LegendEntry]:
    limits = [line for line in panel.reference_lines if not line.vertical and line.legend_label]
    return [
        *(_entry(fill) for fill in bar_layout.bar_fills(panel)),
        *(legend.LegendEntry("dash", line.legend_label, line.color_role) for line in limits),
    ]


def _entry(fill: Fill) -> legend.LegendEntry:
    return legend.LegendEntry(fill.sign or "fill", fill.name, fill.color_role)


def _title(panel: Bars) -> str:
    return " · ".join(part for part in (panel.x_title, panel.y_title) if part)


def _across(panel: Bars) -> int:
    return 1 if panel.stacked else max(1, len(panel.series))


def height(panel: Bars, categories: range, width: float) -> float:
    """Natural height in px."""
    _, rows = legend.arrange(_entries(panel), width)
    head = rows + (_TITLE if panel.title else 0) + (_TITLE if _title(panel) else 0)
    return head + len(categories) * (_across(panel) * _ROW + _GAP) + 6


def paint(canvas: Canvas, panel: Bars, categories: range, room: Room) -> None:
    """Paint the bars of some categories; in less than their natural height thinner ones."""
    if panel.title:
        canvas.text(room.x, room.y + 14, panel.title, "text", width=room.width, font_weight="600")
        room = room.below(_TITLE)
    placed, rows = legend.arrange(_entries(panel), room.width)
    legend.paint(canvas, room, placed)
    room = room.below(rows)
    if title := _title(panel):
        canvas.text(room.x, room.y + 12, title, "dim", width=room.width)
        room = room.below(_TITLE)
    across = _across(panel)
    slot = min(across * _ROW + _GAP, room.height / len(categories))
    bar = slot * (1 - _GAP / (across * _ROW + _GAP)) / across
    most = room.width * 0.34
    label = min(most, max(text_width(panel.categories[k]) for k in categories)) + 8
    texts = {
        (category, k): _behind(panel, category, k) for category in categories for k in range(across)
    }
    behind = max(text_width(text, SMALL) + (14 if status else 0) for text, status in texts.values())
    behind = min(behind + 8, room.width * 0.3)
    inner = Room(room.x + label, room.y, max(20.0, room.width - label - behind), room.height)
    parts = bar_layout.stack(panel, categories)
    limits = [line for line in panel.reference_lines if not line.vertical]
    ends = [0.0, *(part[2] for part in parts), *(part[3] for part in parts)]
    ends += [line.position for line in limits]
    low, high = min(ends), max(ends)
    x = Scale(low, high if high > low else low + 1, round(inner.width))
    for category, series, start, end in parts:
        k = 0 if panel.stacked else panel.series.index(series)
        top = inner.y + (category - categories[0]) * slot + k * bar
        _paint_bar(canvas, panel, (category, series), inner.x, x, (start, end), top, bar)
    zero = inner.x + _place(x, 0.0)
    canvas.line(zero, inner.y - 2, zero, inner.y + slot * len(categories), "grid", stroke_width=1)
    for line in limits:
        level = inner.x + _place(x, line.position)
        bottom = inner.y + slot * len(categories)
        canvas.line(
            level, inner.y, level, bottom, line.color_role, stroke_width=1.3, stroke_dasharray="7 4"
        )
    for category in categories:
        top = inner.y + (category - categories[0]) * slot
        middle = top + bar * across / 2
        name = panel.categories[category]
        canvas.text(inner.x - 8, middle + 4, name, anchor="end", width=label - 8)
        for k in range(across):
            text, status = texts[category, k]
            _paint_value(canvas, inner.right + 6, top + bar * (k + 0.5), text, status, behind - 8)


def _place(x: Scale, value: float) -> float:
    # The span of ±1e308 is more than a float holds, and a quarter of the smallest number is 0.
    part = 0.25 if math.isinf(x.high - x.low) else 1.0
    return (value * part - x.low * part) / (x.high * part - x.low * part) * x.cells


def _paint_bar(
    canvas: Canvas,
    panel: Bars,
    of: tuple[int, BarSeries],
    left: float,
    x: Scale,
    along: tuple[float, float],
    top: float,
    height: float,
) -> None:
    category, series = of
    a, b = sorted((left + _place(x, along[0]), left + _place(x, along[1])))
    if along[0] == along[1]:
        return
    value = quantity(series.values[category], series.unit)
    canvas.draw(
        "rect",
        fill=bar_layout.color_role_of(panel, series, category),
        title=f"{series.name}: {value}" if series.name else value,
        x=a,
        y=top + 0.5,
        width=max(0.75, b - a),
        height=max(0.75, height - 1),
    )


def _paint_value(
    canvas: Canvas, x: float, middle: float, text: str, status: MetricStatus | None, width: float
) -> None:
    ink: ColorRole = "dim"
    if status is not None:
        ink = status
        canvas.status(x + 5, middle, status, 3.6)
        x, width = x + 14, width - 14
    canvas.text(x, middle + 4, shortened(text, width + 2, SMALL), ink, size=SMALL)


def _behind(panel: Bars, category: int, k: int) -> tuple[str, MetricStatus | None]:
    """The text behind a bar, and its failing status; None for one that does not fail."""
    if panel.stacked:
        return _total(panel, category)
    series = panel.series[k]
    value = bar_layout.value_at(series, category)
    text = "–" if value is None else quantity(value, series.unit)
    if panel.percent and value is not None:
        total = bar_layout.sum_of(v for v in series.values.tolist() if math.isfinite(v))
        text += f"  {value / total:.1%}" if total else ""
    status = bar_layout.status_of(series, category)
    return text, status if status is not None and status.fails else None


def _total(panel: Bars, category: int) -> tuple[str, MetricStatus | None]:
    """The sum of a stack with its parts that are not finite, and its worst failing status."""
    values = [bar_layout.value_at(series, category) for series in panel.series]
    numbers = [value for value in values if value is not None]
    finite = [value for value in numbers if math.isfinite(value)]
    texts = [number(bar_layout.sum_of(finite))] if finite else []
    texts += [number(value) for value in numbers if not math.isfinite(value)]
    statuses = [bar_layout.status_of(series, category) for series in panel.series]
    failing = [status for status in statuses if status is not None and status.fails]
    return " + ".join(texts) or "no value", worst_status(failing)
