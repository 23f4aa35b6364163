"""Bar charts: by category of a job, and by batch."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np

from resim_inspect.charts.build.over_time import TITLE_LIMIT
from resim_inspect.charts.model.drawing import Bars, BarSeries, Drawing, Message
from resim_inspect.charts.model.style import RGB, ColorRole
from resim_inspect.charts.source import Source, data_name, legend_name
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import BarChartValues, BatchwiseBarChartValues, Metric
from resim_inspect.errors import MissingError
from resim_inspect.text import INT64_MAX, INT64_MIN, clean, count, instant

_LABEL = 80


def bar_chart(source: Source, metric: Metric, values: BarChartValues) -> Drawing:
    """Values by the strings they are indexed by; several series side by side or stacked."""
    order: dict[str, int] = {}
    parts: list[tuple[str, list[int], np.ndarray, np.ndarray | None, str]] = []
    failed: list[str] = []
    for k, data_id in enumerate(values.values_data):
        try:
            data = source.data(data_id, "values")
            for category in source.categories_of(data):
                doubles = source.series(data, SeriesKind.DOUBLES, "values", category).doubles
                index = source.index(data, category, SeriesKind.STRINGS, "names")
                if index is None:
                    names = [str(i + 1) for i in range(len(doubles))]
                    positions = [order.setdefault(name, len(order)) for name in names]
                else:
                    source.note_lengths(len(index), len(doubles), data_name(data), "names")
                    of_code = [order.setdefault(text, len(order)) for text in index.uniques]
                    positions = [of_code[code] for code in index.codes.tolist()]
                n = min(len(positions), len(doubles))
                status_id = values.statuses_data[k] if k < len(values.statuses_data) else None
                statuses = source.statuses(status_id, n, category)
                name = legend_name(values.legend_series_names, k, data, category)
                parts.append((name, positions[:n], doubles[:n], statuses, clean(data.unit, 24)))
        except MissingError as error:
            failed.append(str(error))
    if not parts:
        return source.message(metric, *(failed or ["The metric names no series."]))
    for text in failed:
        source.note(text)
    series = []
    repeated = 0
    for color_role, (name, positions, doubles, statuses, unit) in enumerate(parts):
        full = np.full(len(order), np.nan)
        full[positions] = doubles
        has_value = np.zeros(len(order), bool)
        has_value[positions] = True
        repeated += len(positions) - len(set(positions))
        states = None
        if statuses is not None:
            states = np.zeros(len(order), np.int32)
            states[positions] = statuses
        if name not in source.options.hidden:
            series.append(BarSeries(name, full, states, unit, color_role, has_value))
    if repeated:
        source.note(f"{repeated:,} names occur more than once; the last value of each is drawn.")
    units = {s.unit for s in series}
    unit = units.pop() if len(units) == 1 else ""
    y_title = clean(values.y_axis_name or "", TITLE_LIMIT)
    if unit and unit not in y_title:
        y_title = f"{y_title} [{unit}]".strip()
    panel = Bars(
        tuple(clean(name, _LABEL) or "(no name)" for name in order),
        tuple(series),
        stacked=bool(values.stack_bars),
        x_title=clean(values.x_axis_name or "", TITLE_LIMIT),
        y_title=y_title,
        keys=tuple(order),
    )
    series_names = tuple(part[0] for part in parts)
    shown = panel if order else Message("There are no values.")
    return source.drawing(metric, shown, series=series_names)


def hex_color(text: str) -> RGB | None:
    """`#rgb`, `#rrggbb` or `#rrggbbaa` (its alpha left out); None for anything else."""
    if match := re.fullmatch(r"#([0-9a-fA-F]{3})", text):
        return tuple(int(c * 2, 16) for c in match.group(1))  # type: ignore[return-value]
    if match := re.fullmatch(r"#([0-9a-fA-F]{6})([0-9a-fA-F]{2})?", text):
        digits = match.group(1)
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    return None


def batchwise_bar_chart(source: Source, metric: Metric, values: BatchwiseBarChartValues) -> Drawing:
    """One bar a batch, the newest at the right, in parts by category in the file's colours."""
    failed: list[str] = []
    parts = []
    for k, category in enumerate(values.categories):
        try:
            if k >= len(values.values_data) or k >= len(values.times_data):
                raise MissingError(f'The category "{clean(category, 60)}" has no data.')
            data = source.data(values.values_data[k], "values")
            clock = source.data(values.times_data[k], "times")
            at = category if data.is_per_category else None
            doubles = source.series(data, SeriesKind.DOUBLES, "values", at).doubles
            at = category if clock.is_per_category else None
            times = source.series(clock, SeriesKind.TIMESTAMPS, "times", at).times
            source.note_lengths(len(times), len(doubles), data_name(data), "times")
            n = min(len(times), len(doubles))
            status_id = values.statuses_data[k] if k < len(values.statuses_data) else None
            statuses = source.statuses(status_id, n, at)
            color = hex_color(values.colors[k]) if k < len(values.colors) else None
            color_role: ColorRole = k if color is None else color
            parts.append(
                (
                    category,
                    times[:n].tolist(),
                    doubles[:n],
                    statuses,
                    clean(data.unit, 24),
                    color_role,
                )
            )
        except MissingError as error:
            failed.append(str(error))
    if not parts:
        return source.message(metric, *(failed or ["The metric names no categories."]))
    for text in failed:
        source.note(text)
    batches = sorted({batch for _, times, *_ in parts for batch in _numbered(times)})
    position_of = {batch: k for k, batch in enumerate(batches)}
    repeated = len(batches) - len({moment for moment, _ in batches})
    if repeated:
        source.note(
            f"{count(repeated, 'batch', 'batches')} with the time of another; each has a bar."
        )
    series = []
    for category, times, doubles, statuses, unit, color_role in parts:
        full = np.full(len(batches), np.nan)
        positions = [position_of[batch] for batch in _numbered(times)]
        full[positions] = doubles
        has_value = np.zeros(len(batches), bool)
        has_value[positions] = True
        states = None
        if statuses is not None:
            states = np.zeros(len(batches), np.int32)
            states[positions] = statuses
        name = clean(category, _LABEL) or "(no name)"
        if name not in source.options.hidden:
            series.append(BarSeries(name, full, states, unit, color_role, has_value))
    panel = Bars(
        tuple(batch_labels(batches)),
        tuple(series),
        stacked=bool(values.stack_bars),
        x_title=clean(values.x_axis_name or "", TITLE_LIMIT) or "batch [UTC]",
        y_title=clean(values.y_axis_name or "", TITLE_LIMIT),
        vertical=True,
        keys=tuple(batches),
    )
    names = tuple(clean(part[0], _LABEL) or "(no name)" for part in parts)
    shown = panel if batches else Message("There are no batches.")
    return source.drawing(metric, shown, series=names)


def _numbered(times: list[int]) -> list[tuple[int, int]]:
    """Each time with the number of equal ones before it: two batches may have one time."""
    before: Counter[int] = Counter()
    numbered = []
    for moment in times:
        numbered.append((moment, before[moment]))
        before[moment] += 1
    return numbered


def batch_labels(batches: list[tuple[int, int]]) -> list[str]:
    """Batch times as short as keeps them apart; those of equal times are numbered."""
    moments = list(dict.fromkeys(moment for moment, _ in batches))
    label_of = dict(zip(moments, _moment_labels(moments), strict=True))
    several = {moment for moment, number in batches if number}
    return [
        f"{label_of[moment]} #{number + 1}" if moment in several else label_of[moment]
        for moment, number in batches
    ]


def _moment_labels(moments: list[int]) -> list[str]:
    """Distinct times as short as keeps them apart."""
    known = [_moment(t) for t in moments]
    dates = [m for m in known if m is not None]
    if len(dates) < len(known) or any(t in (INT64_MIN, INT64_MAX) for t in moments):
        return [instant(t) for t in moments]
    for shape in ("%d %b", "%d %b %Y", "%d %b %H:%M", "%Y-%m-%d %H:%M:%S"):
        labels = [f"{m:{shape}}" for m in dates]
        if len(set(labels)) == len(labels):
            return labels
    return [f"{m:%Y-%m-%d %H:%M:%S}.{t % 10**9:09d}" for m, t in zip(dates, moments, strict=True)]


def _moment(ns: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ns // 10**9)
    except OverflowError:
        return None
