"""A double summary: one value of a series, and its position in the series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.ticks import position_label
from resim_inspect.charts.build.over_time import threshold_lines
from resim_inspect.charts.build.time_axes import time_axis
from resim_inspect.charts.model.drawing import (
    Axis,
    Bars,
    BarSeries,
    Cell,
    Curve,
    Drawing,
    Gauge,
    Panel,
    Plot,
    Table,
)
from resim_inspect.charts.model.picture import status_word
from resim_inspect.charts.model.style import VALUE_MARK
from resim_inspect.charts.source import Source, data_name
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.model import DoubleSummaryValues, Metric, MetricsData, Series
from resim_inspect.errors import MissingError
from resim_inspect.text import (
    INT64_MAX,
    INT64_MIN,
    align_decimals,
    clean,
    digits_apart,
    number,
    quantity,
)

_MAX_BARS = 40


@dataclass(frozen=True)
class _Chosen:
    """A series, the position of the value in it, its index and the value's status."""

    values: NDArray[np.float64]
    position: int
    index: Series | None
    status: MetricStatus


def double_summary(source: Source, metric: Metric, values: DoubleSummaryValues) -> Drawing:
    """The number with its thresholds, and its series with a mark at it; a table per category."""
    data = source.data(values.value_data, "value")
    categories = source.categories_of(data)
    if data.is_per_category and len(categories) > 1:
        panels: tuple[Panel, ...] = (_table(source, values, data, categories),)
    else:
        chosen = _find(source, metric, values, data, categories[0])
        panels = _panels(source, values, data, chosen)
    return source.drawing(metric, *panels)


def _find(
    source: Source,
    metric: Metric | None,
    values: DoubleSummaryValues,
    data: MetricsData,
    category: str | None,
) -> _Chosen:
    series = source.series(data, SeriesKind.DOUBLES, "values", category).doubles
    if not len(series):
        raise MissingError(f'"{data_name(data)}" has no values.')
    index = _index(source, data, category)
    position = _position(values, series, index, data_name(data))
    statuses = source.statuses(values.status_data, len(series), category)
    if statuses is not None:
        status = MetricStatus(int(statuses[position]))
    else:
        status = MetricStatus.UNSET
    if status is MetricStatus.UNSET and metric is not None:
        status = metric.status
    return _Chosen(series, position, index, status)


def _index(source: Source, data: MetricsData, category: str | None) -> Series | None:
    """The index series, of any kind; None without one, or without values in it."""
    partner = source.document.index_of(data)
    if partner is not None and partner.kind is None and not partner.is_per_category:
        return None
    return source.any_index(data, category)


def _position(
    values: DoubleSummaryValues, series: NDArray[np.float64], index: Series | None, name: str
) -> int:
    n = len(series)
    if values.series_index is not None:
        if values.series_index >= n:
            raise MissingError(
                f'The metric shows value {values.series_index:,} of "{name}", which has only {n:,}.'
            )
        return values.series_index
    wanted: Any = None
    what = ""
    where = np.zeros(0, np.int64)
    if values.timestamp_index is not None:
        wanted, what = values.timestamp_index, "time"
        if index is not None and index.kind is SeriesKind.TIMESTAMPS:
            held = min(max(values.timestamp_index, INT64_MIN), INT64_MAX)
            where = np.flatnonzero(index.times[:n] == held)
    elif values.string_index is not None:
        wanted, what = values.string_index, "text"
        if index is not None and index.kind is SeriesKind.STRINGS and wanted in index.uniques:
            where = np.flatnonzero(index.codes[:n] == index.uniques.index(wanted))
    elif values.uuid_index is not None:
        wanted, what = values.uuid_index, "UUID"
        if index is not None and index.kind is SeriesKind.UUIDS:
            where = np.flatnonzero(index.values[:n] == wanted.encode())
    elif n == 1:
        return 0
    else:
        raise MissingError(
            f'The metric does not say which of the {n:,} values in "{name}" it shows.'
        )
    if not len(where):
        shown = clean(str(wanted), 40)
        raise MissingError(f'The {what} {shown} is not in the index of "{name}".')
    return int(where[0])


def _panels(
    source: Source, values: DoubleSummaryValues, data: MetricsData, chosen: _Chosen
) -> tuple[Panel, ...]:
    unit = clean(data.unit, 24)
    limits = values.failure_definition
    value = float(chosen.values[chosen.position])
    n = len(chosen.values)
    finite = chosen.values[np.isfinite(chosen.values)]
    span = (float(finite.min()), float(finite.max())) if len(finite) and n > 1 else None
    context, at = (None, "") if n < 2 else _context(source, values, data, chosen, unit)
    detail = ""
    if n > 1:
        ends = f"from {number(span[0])} to {number(span[1])}" if span else "none finite"
        where = f" at {at}" if at else ""
        detail = f'value {chosen.position + 1:,} of {n:,}{where} in "{data_name(data)}", {ends}'
    gauge = Gauge(
        value=value,
        unit=unit,
        status=chosen.status,
        fails_above=limits.fails_above,
        fails_below=limits.fails_below,
        detail=detail,
        span=None if context is not None else span,
    )
    return (gauge,) if context is None else (gauge, context)


def _context(
    source: Source, values: DoubleSummaryValues, data: MetricsData, chosen: _Chosen, unit: str
) -> tuple[Panel | None, str]:
    """The whole series with a mark at the value, and the value's position in words."""
    n = len(chosen.values)
    index = chosen.index
    statuses = source.statuses(
        values.status_data, n, None if not data.is_per_category else source.options.category
    )
    if index is not None and index.kind is SeriesKind.STRINGS and n <= _MAX_BARS:
        names = tuple(clean(str(index.value(k)), 60) for k in range(min(n, len(index))))
        series = BarSeries("", chosen.values[: len(names)], statuses, unit)
        at = names[chosen.position] if chosen.position < len(names) else ""
        return Bars(names, (series,), y_title=data_name(data)), at
    x: NDArray[Any] = np.arange(n, dtype=np.float64)
    axis = Axis(title="sample", integer_ticks=True)
    if index is not None and index.kind is SeriesKind.TIMESTAMPS and len(index) >= n:
        x = index.times[:n]
        if source.drawable(x, data_name(data)) is not None:
            return None, ""
        axis = time_axis(int(x.min()), source.options.time)
    chosen_slice = slice(chosen.position, chosen.position + 1)
    line = Curve(data_name(data), x, chosen.values, statuses, unit, legend=False)
    mark = Curve(
        "this value",
        x[chosen_slice],
        chosen.values[chosen_slice],
        None,
        unit,
        color_role="text",
        line=False,
        mark=VALUE_MARK,
        counted=False,
    )
    at = ""
    if axis.kind == "time":
        at = position_label((int(x[chosen.position]) - axis.base) / 1e9, axis)
    plot = Plot(
        axis,
        Axis(title=data_name(data), unit=unit),
        curves=(line, mark),
        reference_lines=tuple(threshold_lines(values.failure_definition, unit)),
    )
    return plot, at


def _table(
    source: Source,
    values: DoubleSummaryValues,
    data: MetricsData,
    categories: list[str | None],
) -> Table:
    """One row a category."""
    rows: list[tuple[Cell, Cell, Cell]] = []
    unit = clean(data.unit, 24)
    limits = values.failure_definition
    bounds = [at for at in (limits.fails_above, limits.fails_below) if at is not None]
    for category in categories:
        name = clean(category or "", 60)
        try:
            chosen = _find(source, None, values, data, category)
        except MissingError as error:
            rows.append((Cell(name), Cell("–", "dim"), Cell(str(error), "dim")))
            continue
        value = float(chosen.values[chosen.position])
        text = quantity(value, unit, digits_apart(value, bounds))
        rows.append(
            (
                Cell(name),
                Cell(text, chosen.status, bold=True),
                Cell(status_word(chosen.status), chosen.status),
            )
        )
    aligned = align_decimals([row[1].text for row in rows])
    rows = [
        (row[0], replace(row[1], text=text), row[2])
        for row, text in zip(rows, aligned, strict=True)
    ]
    parts = [data_name(data)]
    for reference in threshold_lines(limits, unit):
        parts.append(reference.label)
    return Table(
        ("category", "value", "status"),
        tuple(rows),
        frozenset({1}),
        title=" · ".join(parts),
        total=len(data.category_names) if source.options.category is None else None,
    )
