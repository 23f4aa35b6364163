"""Doubles over time and line plots: curves with thresholds, failing samples and events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.scales import data_extent
from resim_inspect.charts.build.time_axes import event_lines, time_axis
from resim_inspect.charts.model.drawing import Axis, Curve, Drawing, Message, Plot, ReferenceLine
from resim_inspect.charts.source import Source, data_name, legend_name
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import (
    DATED_FROM_NS,
    DoubleOverTimeValues,
    FailureDefinition,
    LinePlotValues,
    Metric,
)
from resim_inspect.errors import MissingError
from resim_inspect.text import INT64_MAX, INT64_MIN, LIMIT_DIGITS, clean, instant, quantity

TITLE_LIMIT = 60


def threshold_lines(
    definition: FailureDefinition | None, unit: str, of: str = ""
) -> list[ReferenceLine]:
    """The failure thresholds as lines; `of` names the series among several."""
    if definition is None:
        return []
    lines = []
    lead = f"{of} " if of else ""
    for at, word, sign in (
        (definition.fails_above, "above", ">"),
        (definition.fails_below, "below", "<"),
    ):
        if at is not None and math.isfinite(at):
            value = quantity(at, unit, LIMIT_DIGITS)
            label = f"{lead}fails {word} {value}"
            lines.append(ReferenceLine(at, label, "limit", short=f"{sign} {value}"))
    return lines


def merge_lines(reference_lines: list[ReferenceLine]) -> tuple[ReferenceLine, ...]:
    """Equal thresholds of several series once; at most a dozen."""
    once: dict[tuple[float, str, bool], ReferenceLine] = {}
    for reference in reference_lines:
        once.setdefault((reference.position, reference.label, reference.vertical), reference)
    return tuple(once.values())[:12]


def common_unit(curves: list[Curve]) -> str:
    """The unit that all curves share, else an empty string."""
    units = {curve.unit for curve in curves}
    return units.pop() if len(units) == 1 else ""


def visible_curves(source: Source, curves: list[Curve]) -> list[Curve]:
    """The curves that the user did not hide."""
    return [curve for curve in curves if curve.name not in source.options.hidden]


def double_over_time(source: Source, metric: Metric, values: DoubleOverTimeValues) -> Drawing:
    """Each series against its times."""
    curves: list[Curve] = []
    definitions: list[FailureDefinition | None] = []
    failed: list[str] = []
    for position, data_id in enumerate(values.doubles_data):
        try:
            timed = _timed(source, values, position, data_id, len(curves))
        except MissingError as error:
            failed.append(str(error))
            continue
        curves += timed
        definition = (
            values.failure_definitions[position]
            if position < len(values.failure_definitions)
            else None
        )
        definitions += [definition] * len(timed)
    if not curves:
        return source.message(metric, *(failed or ["The metric names no series."]))
    for text in failed:
        source.note(text)
    names = tuple(curve.name for curve in curves)
    shown = [
        (c, d)
        for c, d in zip(curves, definitions, strict=True)
        if c.name not in source.options.hidden
    ]
    shown_curves = [c for c, _ in shown]
    unit = common_unit(curves)
    distinct = {d for _, d in shown if d not in (None, FailureDefinition())}
    reference_lines: list[ReferenceLine] = []
    for curve, definition in shown:
        reference_lines += threshold_lines(
            definition, curve.unit, curve.name if len(distinct) > 1 else ""
        )
    earliest = [span[0] for c in curves if (span := curve_stats(c).x_span) is not None]
    _note_clocks(source, [first for first in earliest if isinstance(first, int)])
    if any(c.x.dtype.kind != "i" for c in curves):
        axis = Axis(title="sample", integer_ticks=True)
    else:
        axis = time_axis(
            int(min(earliest)) if earliest else None,
            source.options.time,
            _drawable(source, values.start_time, "start"),
            _drawable(source, values.end_time, "end"),
        )
    y = Axis(title=clean(values.y_axis_name or "", TITLE_LIMIT), unit=unit)
    plot = Plot(axis, y, curves=tuple(shown_curves), reference_lines=merge_lines(reference_lines))
    if axis.kind == "time":
        plot = with_events(source, plot)
        _note_outside(source, plot)
    return _drawing(source, metric, plot, curves, names)


def _drawable(source: Source, time: int | None, which: str) -> int | None:
    """The start or end time of a metric; None, with a note, if it has no place on an axis."""
    if time is None or INT64_MIN < time < INT64_MAX:
        return time
    source.note(f"The {which} time, {instant(time)}, cannot be drawn; all samples are shown.")
    return None


def _note_clocks(source: Source, earliest: list[int]) -> None:
    """Add a note if some series count from 1970 and others from the start of a run."""
    stamped = sum(first >= DATED_FROM_NS for first in earliest)
    if 0 < stamped < len(earliest):
        source.note(
            f"{stamped} of {len(earliest)} series have times since 1970, the others since a start;"
            " they cannot be read on one axis."
        )


def with_events(source: Source, plot: Plot) -> Plot:
    """The plot with the document's events on it."""
    from dataclasses import replace

    reference_lines, note = event_lines(source.document.events, plot.x, data_extent(plot))
    if note:
        source.note(note)
    return (
        replace(plot, reference_lines=plot.reference_lines + reference_lines)
        if reference_lines
        else plot
    )


def _note_outside(source: Source, plot: Plot) -> None:
    limits = plot.x.limits
    full = data_extent(plot)
    if limits is None or full is None:
        return
    if full[0] < limits[0] - 1e-9 or full[1] > limits[1] + 1e-9:
        source.note("Shown from the metric's start time to its end time; data go beyond.")


def _timed(
    source: Source, values: DoubleOverTimeValues, position: int, data_id: str, before: int
) -> list[Curve]:
    data = source.data(data_id, "values")
    curves: list[Curve] = []
    for category in source.categories_of(data):
        doubles = source.series(data, SeriesKind.DOUBLES, "values", category).doubles
        times = source.index(data, category, SeriesKind.TIMESTAMPS, "times")
        x: NDArray[Any]
        if times is None:
            x = np.arange(len(doubles), dtype=np.float64)
        else:
            x = times.times
            source.note_lengths(len(x), len(doubles), data_name(data), "times")
        n = min(len(x), len(doubles))
        status_id = values.statuses_data[position] if position < len(values.statuses_data) else None
        y, statuses = doubles[:n], source.statuses(status_id, n, category)
        drawn = None if times is None else source.drawable(x[:n], data_name(data))
        if drawn is not None:
            x, y = x[:n][drawn], y[drawn]
            statuses = None if statuses is None else statuses[drawn]
        curves.append(
            Curve(
                name=legend_name(values.legend_series_names, position, data, category),
                x=x[:n],
                y=y,
                statuses=statuses,
                unit=clean(data.unit, 24),
                color_role=before + len(curves),
            )
        )
    return curves


def line_plot(source: Source, metric: Metric, values: LinePlotValues) -> Drawing:
    """y against x; x need not be sorted."""
    curves: list[Curve] = []
    failed: list[str] = []
    x_units: set[str] = set()
    for position, y_id in enumerate(values.y_data):
        try:
            x_id = values.x_data[position] if position < len(values.x_data) else ""
            x_data = source.data(x_id, "x values")
            y_data = source.data(y_id, "y values")
            for category in source.categories_of(y_data):
                at = category if x_data.is_per_category else None
                x = source.series(x_data, SeriesKind.DOUBLES, "x values", at).doubles
                y = source.series(y_data, SeriesKind.DOUBLES, "y values", category).doubles
                source.note_lengths(len(x), len(y), data_name(y_data), "x values")
                n = min(len(x), len(y))
                at_status = (
                    values.statuses_data[position] if position < len(values.statuses_data) else None
                )
                x_units.add(clean(x_data.unit, 24))
                curves.append(
                    Curve(
                        name=legend_name(values.legend_series_names, position, y_data, category),
                        x=x[:n],
                        y=y[:n],
                        statuses=source.statuses(at_status, n, category),
                        unit=clean(y_data.unit, 24),
                        color_role=len(curves),
                    )
                )
        except MissingError as error:
            failed.append(str(error))
    if not curves:
        return source.message(metric, *(failed or ["The metric names no series."]))
    for text in failed:
        source.note(text)
    x_unit = x_units.pop() if len(x_units) == 1 else ""
    plot = Plot(
        Axis(title=clean(values.x_axis_name or "", TITLE_LIMIT), unit=x_unit),
        Axis(title=clean(values.y_axis_name or "", TITLE_LIMIT), unit=common_unit(curves)),
        curves=tuple(visible_curves(source, curves)),
    )
    return _drawing(source, metric, plot, curves, tuple(c.name for c in curves))


def no_points() -> Message:
    """The message for series without any value."""
    return Message("There are no values to draw: the series are empty.")


def _drawing(
    source: Source, metric: Metric, plot: Plot, curves: Sequence[Curve], names: tuple[str, ...]
) -> Drawing:
    """The plot, or a message in its place where no curve has a point."""
    panel = plot if any(curve_stats(c).total for c in curves) else no_points()
    return source.drawing(metric, panel, series=names)
