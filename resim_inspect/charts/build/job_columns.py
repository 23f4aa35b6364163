"""A column of a table of jobs as a drawing: over the jobs, as a histogram, or as counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.ticks import nice_step
from resim_inspect.charts.build.histogram import counts
from resim_inspect.charts.build.over_time import merge_lines, threshold_lines
from resim_inspect.charts.model.drawing import (
    Axis,
    Bars,
    BarSeries,
    Box,
    Curve,
    Drawing,
    Fill,
    Message,
    Plot,
    ReferenceLine,
)
from resim_inspect.charts.model.job_column import JobColumn
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import FAILING, MetricStatus
from resim_inspect.text import clean, count, number

_LABEL = "column of the jobs"
_MAX_LIMITS = 3
"""Failure definitions that are drawn; those of most jobs come first."""
_MAX_BINS = 40
_MIN_SPREAD = 0.2
"""Spread of the values, in parts of the largest one, below which bars from zero all look equal."""


def over_jobs(column: JobColumn) -> Drawing:
    """A bar for each job, or a point where bars from zero would all look equal."""
    if not column.numbers:
        return _nothing(column)
    lines, notes = _limit_lines(column)
    names = tuple(clean(job, 80) for job in column.jobs)
    numbers = np.array(column.numbers, np.float64)
    statuses = np.array([int(status) for status in column.statuses], np.int32)
    title = clean(column.title, 60)
    y_title = f"{title} [{column.unit}]" if column.unit else title
    panel: Bars | Plot
    if _is_narrow(numbers, lines):
        curve = Curve(
            title,
            np.arange(len(names), dtype=np.float64),
            numbers,
            statuses,
            column.unit,
            line=False,
            mark="•",
            legend=False,
        )
        panel = Plot(
            Axis("category", title="job", categories=names),
            Axis(title=title, unit=column.unit),
            curves=(curve,),
            reference_lines=lines,
        )
    else:
        series = BarSeries(title, numbers, statuses, column.unit)
        panel = Bars(
            names,
            (series,),
            x_title="job",
            y_title=y_title,
            reference_lines=lines,
            category_noun=("job", "jobs"),
        )
    caption = f"{count(len(names), 'job')}, sorted by value"
    return Drawing(title, _LABEL, (panel,), notes=(*_missing(column), *notes), caption=caption)


def as_histogram(column: JobColumn) -> Drawing:
    """The jobs counted in bins of their values; failing jobs are the upper part of a bin."""
    numbers = np.array(column.numbers, np.float64)
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return _nothing(column)
    lines, notes = _limit_lines(column, vertical=True)
    edges = bins(finite)
    if not edges:
        text = f"The values are too far apart for bins: {number(finite.min())} … "
        return Drawing(column.title, _LABEL, (Message(f"{text}{number(finite.max())}."),))
    if len(finite) < len(numbers):
        notes.insert(0, f"{count(len(numbers) - len(finite), 'job')} NaN or infinite, in no bin.")
    statuses = np.array([int(status) for status in column.statuses], np.int32)
    boxes, fills = _bin_boxes(numbers, statuses, edges)
    top = max((box.y1 for box in boxes), default=1.0)
    panel = Plot(
        Axis(title=clean(column.title, 60), unit=column.unit),
        Axis(title="jobs", integer_ticks=True, limits=(0.0, top * 1.05)),
        boxes=boxes,
        fills=fills,
        reference_lines=lines,
    )
    caption = f"{count(len(finite), 'job')} in {count(len(edges), 'bin')}"
    return Drawing(
        clean(column.title, 60),
        _LABEL,
        (panel,),
        notes=(*_missing(column), *notes),
        caption=caption,
    )


def as_counts(title: str, labels: Sequence[str]) -> Drawing:
    """The jobs counted by the label of each, the most frequent ones first."""
    counted = Counter(labels).most_common()
    names = tuple(clean(label, 60) for label, _ in counted)
    numbers = np.array([float(jobs) for _, jobs in counted])
    bars = Bars(
        names,
        (BarSeries("jobs", numbers),),
        y_title="jobs",
        vertical=False,
        category_noun=("value", "values"),
    )
    caption = f"{count(len(labels), 'job')}, {count(len(names), 'value')}"
    return Drawing(clean(title, 60), _LABEL, (bars,), caption=caption)


def bins(values: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Bins of one round width over finite values, about twice the cube root of their number.

    Empty if the values span more than a double holds.
    """
    low, high = float(values.min()), float(values.max())
    span = high - low
    if not math.isfinite(span):
        return []
    if span <= 1e-12 * max(abs(low), abs(high)):
        width = abs(low) / 10 or 1.0
        return [(low - width / 2, low + width / 2)]
    wanted = min(_MAX_BINS, max(5, math.ceil(2 * len(values) ** (1 / 3))))
    step = nice_step(span, wanted)
    shift = 0.0
    if step <= 1 and bool(np.all(values == np.round(values))):
        # A bin for each integer, around it.
        step, shift = 1.0, 0.5
    first, last = math.floor(low / step + shift), math.floor(high / step + shift)
    return [((k - shift) * step, (k + 1 - shift) * step) for k in range(first, last + 1)]


def _bin_boxes(
    values: NDArray[np.float64], statuses: NDArray[np.int32], edges: list[tuple[float, float]]
) -> tuple[tuple[Box, ...], tuple[Fill, ...]]:
    boxes: list[Box] = []
    fills: list[Fill] = []
    floors = [0] * len(edges)
    totals = counts(values, edges)[0]
    fails = np.isin(statuses, [int(status) for status in FAILING])
    parts: list[tuple[MetricStatus | None, NDArray[np.bool_]]] = [
        (None, ~fails),
        *((status, statuses == int(status)) for status in sorted(FAILING)),
    ]
    for shade, (status, chosen) in enumerate(parts):
        held = counts(values[chosen], edges)[0]
        for k, (low, high) in enumerate(edges):
            # The first part names the bin, and has a reading where it is empty, too.
            if not held[k] and (status is not None or not totals[k]):
                continue
            text = f"{count(totals[k], 'job')} in {number(low)} … {number(high)}"
            if status is not None:
                text = f"{held[k]:,} {status.name}"
            top = floors[k] + held[k]
            role: ColorRole = 0 if status is None else status
            boxes.append(
                Box(low, high, floors[k], top, role, text=text, status=status, shade=shade)
            )
            floors[k] = top
        many = int(np.sum(held))
        if status is not None and many:
            fills.append(Fill(f"{status.name} {many:,}", status, shade, status.symbol))
    return tuple(boxes), tuple(fills)


def _is_narrow(numbers: NDArray[np.float64], lines: Sequence[ReferenceLine]) -> bool:
    """Return True if the values are so far from zero that bars hide their differences."""
    finite = numbers[np.isfinite(numbers)]
    ends = [*(line.position for line in lines)]
    if not len(finite):
        return False
    low, high = min([float(finite.min()), *ends]), max([float(finite.max()), *ends])
    if low <= 0 <= high or low == high:
        return False
    return high / _MIN_SPREAD - low / _MIN_SPREAD < max(abs(low), abs(high))


def _limit_lines(
    column: JobColumn, *, vertical: bool = False
) -> tuple[tuple[ReferenceLine, ...], list[str]]:
    """Lines of the limits that most jobs have, and a note if they differ."""
    counted = Counter(column.limits).most_common()
    many = len(counted) > 1
    lines: list[ReferenceLine] = []
    for definition, jobs in counted[:_MAX_LIMITS]:
        of = f"{count(jobs, 'job')}:" if many else ""
        for line in threshold_lines(definition, column.unit, of):
            lines.append(_as_vertical(line) if vertical else line)
    notes = []
    if many:
        drawn = "all are drawn" if len(counted) <= _MAX_LIMITS else f"{_MAX_LIMITS} are drawn"
        notes.append(f"The jobs have {len(counted):,} different limits, of which {drawn}.")
    return merge_lines(lines), notes


def _as_vertical(line: ReferenceLine) -> ReferenceLine:
    return ReferenceLine(
        line.position, line.label, line.color_role, vertical=True, short=line.short, mark="▼"
    )


def _missing(column: JobColumn) -> tuple[str, ...]:
    if not column.missing:
        return ()
    absent = column.missing_jobs
    reasons = ", ".join(f"{jobs:,} {reason}" for reason, jobs in column.missing)
    return (f"{absent:,} of {count(column.total, 'job')} not drawn: {reasons}.",)


def _nothing(column: JobColumn) -> Drawing:
    text = " ".join(["No job has a number to draw.", *_missing(column)])
    return Drawing(clean(column.title, 60), _LABEL, (Message(text),))
