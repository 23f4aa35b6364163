"""Bar charts on cells: upright where labels fit below, else lying, else drawn from extremes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from resim_inspect.charts.analysis.readout import bar_readings
from resim_inspect.charts.model.drawing import (
    Axis,
    Bars,
    BarSeries,
    Box,
    Fill,
    Plot,
    TextAnnotation,
)
from resim_inspect.charts.model.picture import Readout
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.rendering.cells import width_of
from resim_inspect.charts.rendering.panels import horizontal_bars, legend, plot
from resim_inspect.charts.rendering.panels.canvas import Painted, Request
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import number, symbol

_ROOM = 12
"""A label wider than this does not stand under an upright bar."""


def rows(panel: Bars, width: int) -> int:
    """How many rows show it well."""
    if _upright(panel, len(panel.categories), width, 12):
        return 16
    return min(60, horizontal_bars.rows_of(panel, range(len(panel.categories))) + 3)


def _upright(panel: Bars, many: int, width: int, height: int) -> bool:
    if panel.vertical is not None:
        return panel.vertical
    if height < 6:
        return False
    widest = max((width_of(name) for name in panel.categories[:200]), default=1)
    across = 1 if panel.stacked else max(1, len(panel.series))
    slot = (width - 10) / max(1, many)
    return many <= 12 and widest <= _ROOM and slot >= max(widest + 1, 2 * across + 1)


def chosen(panel: Bars, window: tuple[float, float] | None) -> range:
    """The places of the categories to show."""
    n = len(panel.categories)
    if window is None or not all(math.isfinite(edge) for edge in window):
        return range(n)
    first = max(0, min(n - 1, math.ceil(min(window))))
    last = max(first, min(n - 1, math.floor(max(window))))
    return range(first, last + 1)


def paint(panel: Bars, request: Request) -> Painted:
    """Paint in whichever way tells most in the room."""
    places = chosen(panel, request.window)
    if not places or not panel.series:
        return plot.paint(Plot(Axis(), Axis(title=panel.y_title)), request)
    caption = ""
    if len(places) < len(panel.categories):
        caption = f"{len(places):,} of {len(panel.categories):,} categories"
    if _upright(panel, len(places), request.width, request.height):
        painted = _paint_upright(panel, places, request)
    elif (
        horizontal_bars.rows_of(panel, places) + 2 <= request.height
        or len(places) <= request.height - 2
    ):
        painted = horizontal_bars.paint(panel, places, request)
    else:
        painted = _paint_upright(panel, places, request)
        if len(places) > painted_columns(painted):
            caption = f"{caption or f'{len(places):,} categories'}, drawn from extremes"
    return replace(painted, caption=caption)


def painted_columns(painted: Painted) -> int:
    """The width of a panel's canvas."""
    return painted.plot.width if painted.plot is not None else 0


def stack(panel: Bars, places: Iterable[int]) -> list[tuple[int, BarSeries, float, float]]:
    """(place, series, from, to) of each bar part; positive and negative parts apart."""
    found = []
    for place in places:
        up, down = 0.0, 0.0
        for series in panel.series:
            value = float(series.values[place]) if place < len(series.values) else math.nan
            if not math.isfinite(value):
                continue
            if not panel.stacked:
                found.append((place, series, 0.0, value))
            elif value >= 0:
                found.append((place, series, up, up + value))
                up += value
            else:
                found.append((place, series, down, down + value))
                down += value
    return found


def status_of(series: BarSeries, place: int) -> MetricStatus | None:
    """The status of one bar; None where there is none."""
    if series.statuses is None or place >= len(series.statuses):
        return None
    return MetricStatus(int(series.statuses[place]))


def _paint_upright(panel: Bars, places: range, request: Request) -> Painted:
    """Boxes on a category axis, with values or failing marks above where there is room."""
    many = len(places)
    shown: list[int] = list(places)
    columns = max(4, request.width - 10)
    if many > columns:
        shown = _extreme_places(panel, places, columns)
    across = 1 if panel.stacked else max(1, len(panel.series))
    slot = columns / many
    gap = 0.2 if slot >= 2 * across else 0.0
    boxes: list[Box] = []
    notes: list[tuple[float, float, str, ColorRole]] = []
    roomy = slot >= 8 * across
    for place, series, low, high in stack(panel, shown):
        k = 0 if panel.stacked else panel.series.index(series)
        each = (1 - gap) / across
        left = place - 0.5 + gap / 2 + k * each
        status = status_of(series, place)
        failing = status is not None and status.severity >= 4
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
        mark = f"{symbol(status)} " if failing and status is not None else ""
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
        shift = width_of(label) / 2 / max(1.0, slot)
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
    window = (places[0] - 0.5, places[-1] + 0.5)
    painted = plot.paint(picture, replace(request, window=window))
    inside = painted.plot

    def read(column: int, _row: int) -> Readout | None:
        if inside is None:
            return None
        at = window[0] + (column - inside.x + 0.5) / max(1, inside.width) * (window[1] - window[0])
        place = min(places[-1], max(places[0], round(at)))
        return Readout(float(place), panel.categories[place], bar_readings(panel, place))

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


def _extreme_places(panel: Bars, places: range, columns: int) -> list[int]:
    """For each column the categories with the lowest and highest total, and a failing one."""
    total = np.zeros(len(places))
    bad = np.zeros(len(places), bool)
    for series in panel.series:
        part = np.full(len(places), np.nan)
        have = series.values[places[0] : places[-1] + 1]
        part[: len(have)] = have
        total += np.nan_to_num(part)
        if series.statuses is not None:
            states = series.statuses[places[0] : places[-1] + 1]
            bad[: len(states)] |= (states == int(MetricStatus.FAIL_WARN)) | (
                states == int(MetricStatus.FAIL_BLOCK)
            )
    cuts = np.linspace(0, len(places), columns + 1).astype(np.int64)
    kept: set[int] = set()
    for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        if b > a:
            kept |= {a + int(total[a:b].argmin()), a + int(total[a:b].argmax())}
            if bad[a:b].any():
                kept.add(a + int(bad[a:b].argmax()))
    return [places[k] for k in sorted(kept)]


def legend_of(panel: Bars, request: Request) -> list[legend.LegendEntry]:
    """One entry a series where there are several."""
    named = [s for s in panel.series if s.name]
    if len(named) < 2:
        return []
    from resim_inspect.charts.rendering.panels.shapes import fill_char

    return [
        legend.LegendEntry(fill_char(panel.series.index(s), request.palette), s.name, s.color_role)
        for s in named
    ]
