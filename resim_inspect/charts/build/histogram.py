"""Histograms: the values counted in the buckets that the file gives, by status."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.build.over_time import TITLE_LIMIT
from resim_inspect.charts.model.drawing import Axis, Box, Drawing, Fill, Plot
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.source import Source
from resim_inspect.document.enums import FAILING, MetricStatus, SeriesKind
from resim_inspect.document.model import HistogramValues, Metric
from resim_inspect.text import clean, count, number

_PARTS: tuple[tuple[MetricStatus | None, ColorRole, str], ...] = (
    (None, 0, ""),
    *((status, status, status.name) for status in FAILING),
)


def counts(values: NDArray[np.float64], edges: list[tuple[float, float]]) -> tuple[list[int], int]:
    """Numbers of values in each bucket, and of finite values in none.

    A bucket includes its lower edge, the last one its upper edge too. Buckets may overlap
    or leave gaps.
    """
    ordered = np.sort(values[np.isfinite(values)])
    top = max((high for _, high in edges), default=math.inf)
    spans = []
    for low, high in edges:
        a = int(np.searchsorted(ordered, low, "left"))
        b = int(np.searchsorted(ordered, high, "right" if high == top else "left"))
        spans.append((a, max(a, b)))
    covered, reached = 0, 0
    for a, b in sorted(spans):
        covered += max(0, b - max(a, reached))
        reached = max(reached, b)
    return [b - a for a, b in spans], len(ordered) - covered


def histogram(source: Source, metric: Metric, values: HistogramValues) -> Drawing:
    """One box a bucket; failing values are its upper part, in their status's colour."""
    data = source.data(values.values_data, "values")
    category = source.categories_of(data)[0]
    if len(source.categories) > 1 and source.options.category is None:
        source.note(f'Category "{clean(category or "", 60)}" is drawn; choose another to see it.')
    doubles = source.series(data, SeriesKind.DOUBLES, "values", category).doubles
    edges = [(b.lower or 0.0, b.upper or 0.0) for b in values.buckets]
    if not edges:
        return source.message(metric, "The histogram has no buckets.")
    good = [(low, high) for low, high in edges if math.isfinite(low) and math.isfinite(high)]
    if len(good) < len(edges):
        source.note(f"{count(len(edges) - len(good), 'bucket')} without finite edges left out.")
    statuses = source.statuses(values.statuses_data, len(doubles), category)
    _note_outside(source, doubles, good)
    boxes: list[Box] = []
    floors = [0] * len(good)
    totals = counts(doubles, good)[0]
    fills: list[Fill] = []
    for shade, (status, color_role, name) in enumerate(_PARTS):
        part = doubles
        if statuses is not None:
            failing = np.isin(statuses, FAILING)
            part = doubles[~failing if status is None else statuses == int(status)]
        elif status is not None:
            continue
        part_counts = counts(part, good)[0] if len(part) else [0] * len(good)
        for k, (low, high) in enumerate(good):
            if part_counts[k]:
                text = f"{totals[k]:,} in {number(low)} … {number(high)}"
                if status is not None:
                    text = f"{part_counts[k]:,} {name}"
                boxes.append(
                    Box(
                        low,
                        high,
                        floors[k],
                        floors[k] + part_counts[k],
                        color_role,
                        text=text,
                        status=status,
                        shade=shade,
                    )
                )
                floors[k] += part_counts[k]
        many = int(np.sum(part_counts))
        if status is not None and many:
            fills.append(Fill(f"{name} {many:,}", color_role, shade))
    lows, highs = [low for low, _ in good], [high for _, high in good]
    limits = None
    if good:
        left = values.lower_bound if _finite(values.lower_bound) else min(lows)
        right = values.upper_bound if _finite(values.upper_bound) else max(highs)
        if left is not None and right is not None and right > left:
            limits = (left, right)
    title = clean(values.x_axis_name or "", TITLE_LIMIT)
    plot = Plot(
        Axis(title=title, unit=clean(data.unit, 24), limits=limits),
        Axis(title="count", limits=(0.0, max(1.0, max(totals, default=1) * 1.05))),
        boxes=tuple(boxes),
        fills=tuple(fills),
    )
    beyond = 0
    for (low, high), held in zip(good, totals, strict=True):
        if limits is not None and (high <= limits[0] or low >= limits[1]):
            beyond += held
    if beyond:
        source.note(f"{count(beyond, 'value')} in buckets beyond the bounds that are shown.")
    caption = f"{count(len(doubles), 'value')} in {count(len(good), 'bucket')}"
    return source.drawing(metric, plot, caption=caption)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _note_outside(
    source: Source, values: NDArray[np.float64], edges: list[tuple[float, float]]
) -> None:
    finite = np.isfinite(values)
    missing = len(values) - int(finite.sum())
    if missing:
        source.note(f"{count(missing, 'value')} NaN or infinite, in no bucket.")
    outside = counts(values, edges)[1]
    if outside and edges:
        low, high = min(a for a, _ in edges), max(b for _, b in edges)
        finite_values = values[finite]
        below, above = int((finite_values < low).sum()), int((finite_values > high).sum())
        parts = [f"{below:,} below"] if below else []
        parts += [f"{above:,} above"] if above else []
        between = outside - below - above
        parts += [f"{between:,} between buckets"] if between > 0 else []
        source.note(f"{count(outside, 'value')} in no bucket: {', '.join(parts)}.")
