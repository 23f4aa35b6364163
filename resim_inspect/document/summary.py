"""Metrics in one line, and statistics of decoded series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.from_proto import nanoseconds
from resim_inspect.document.model import (
    BarChartValues,
    BatchwiseBarChartValues,
    DoubleOverTimeValues,
    DoubleSummaryValues,
    FailureDefinition,
    HistogramValues,
    ImageListValues,
    ImageValues,
    LinePlotValues,
    Metric,
    MetricsData,
    PlotlyValues,
    ScalarValues,
    Series,
    StatesOverTimeValues,
    TextValues,
)
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, count, number, quantity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.document.document import Document

HEADLINE_LIMIT = 60
"""Characters; a headline is one line of a list."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of a decoded series; fields that do not apply to its type stay empty.

    They are what people read; `SeriesStats` has what the rules ask, and mostly decodes nothing.
    """

    n: int
    finite: int = 0
    """DOUBLES: neither NaN nor infinite; the three figures below are of these."""
    nan: int = 0
    infinite: int = 0
    minimum: float | None = None
    mean: float | None = None
    maximum: float | None = None
    earliest: int | None = None
    """TIMESTAMPS: ns."""
    latest: int | None = None
    """TIMESTAMPS: ns."""
    statuses: tuple[tuple[MetricStatus, int], ...] = ()
    """STATUSES: the count of each, the worst first."""
    strings: tuple[tuple[str, int], ...] = ()
    """STRINGS and UUIDS: the count of each, the most frequent first."""


def statistics(series: Series) -> Statistics:
    """Statistics of a decoded series."""
    n = len(series)
    if n == 0:
        return Statistics(0)
    if series.kind is SeriesKind.DOUBLES:
        return _doubles(series.doubles)
    if series.kind is SeriesKind.TIMESTAMPS:
        return Statistics(n, earliest=int(series.times.min()), latest=int(series.times.max()))
    if series.kind is SeriesKind.STATUSES:
        return Statistics(n, statuses=_status_counts(series.statuses))
    return Statistics(n, strings=_string_counts(series))


def _doubles(values: NDArray[np.float64]) -> Statistics:
    import numpy as np

    n = len(values)
    good = np.isfinite(values)
    finite = int(np.count_nonzero(good))
    nan = 0 if finite == n else int(np.count_nonzero(np.isnan(values)))
    if not finite:
        return Statistics(n, nan=nan, infinite=n - nan)
    if finite < n:
        values = values[good]
    low, high = float(values.min()), float(values.max())
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
        if not np.isfinite(mean):
            # The sum is too large for a double, the mean is not, unless by a rounding error.
            mean = min(max(float((values / finite).sum()), low), high)
    return Statistics(
        n,
        finite=finite,
        nan=nan,
        infinite=n - finite - nan,
        minimum=low,
        mean=mean,
        maximum=high,
    )


def _status_counts(values: NDArray[np.int32]) -> tuple[tuple[MetricStatus, int], ...]:
    import numpy as np

    numbers, counts = np.unique(values, return_counts=True)
    pairs = [(MetricStatus(int(a)), int(b)) for a, b in zip(numbers, counts, strict=True)]
    return tuple(sorted(pairs, key=lambda pair: (-pair[0].rank, int(pair[0]))))


def _string_counts(series: Series) -> tuple[tuple[str, int], ...]:
    import numpy as np

    if series.kind is SeriesKind.STRINGS:
        counts = np.bincount(series.codes, minlength=len(series.uniques))
        pairs = list(zip(series.uniques, counts.tolist(), strict=True))
    else:
        strings, counts = np.unique(series.values, return_counts=True)
        texts = [bytes(raw).decode("utf-8", "replace") for raw in strings]
        pairs = list(zip(texts, counts.tolist(), strict=True))
    # A stable sort: among equals the first one seen stays first.
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))


def headline(document: Document, metric: Metric) -> str:
    """Value of a metric in one line, safe to print: `44.7 m/s`, `3 series × 300,000`, `5 states`.

    Nothing large is decoded for it; a value that the file does not have is `no value`.
    """
    try:
        return clean(_headline(document, metric), HEADLINE_LIMIT)
    except DocumentError as error:
        return clean(str(error), HEADLINE_LIMIT)


def headline_with_limits(document: Document, metric: Metric) -> str:
    """Value of a metric in one line, a scalar with its limits: `44.7 m/s (fails above 40)`."""
    shown = headline(document, metric)
    limits = getattr(metric.values, "failure_definition", None)
    if not isinstance(limits, FailureDefinition):
        return shown
    parts = [
        f"{word} {number(limit)}"
        for word, limit in (("above", limits.fails_above), ("below", limits.fails_below))
        if limit is not None
    ]
    return f"{shown} (fails {' or '.join(parts)})" if parts else shown


def _headline(document: Document, metric: Metric) -> str:
    match metric.values:
        case ScalarValues(value=value, unit=unit):
            return "no value" if value is None else quantity(value, unit)
        case DoubleSummaryValues() as values:
            return _summary_value(document, values)
        case DoubleOverTimeValues(doubles_data=ids):
            return _shape(document, ids, "series", "series")
        case LinePlotValues(y_data=ids):
            return _shape(document, ids, "line")
        case BarChartValues(values_data=ids):
            return _shape(document, ids, "series", "series", each="bar")
        case BatchwiseBarChartValues(values_data=ids):
            return _shape(document, ids, "category", "categories", each="batch", several="batches")
        case StatesOverTimeValues(states_set=states, failure_states=failures):
            text = count(len(states), "state")
            return f"{text}, {count(len(failures), 'failure state')}" if failures else text
        case HistogramValues(values_data=id_, buckets=buckets):
            text = count(len(buckets), "bucket")
            data = document.data_by_id(id_)
            return text if data is None else f"{_length(document, data):,} values in {text}"
        case PlotlyValues():
            return _traces(document, metric)
        case ImageValues(image_data=id_):
            data = document.data_by_id(id_)
            return "no image" if data is None else data.external_path or data.name
        case ImageListValues(image_data=ids):
            return count(len(ids), "image")
        case TextValues(text=text):
            return _first_line(text, metric.name)
    return "no value"


def _shape(
    document: Document,
    ids: Sequence[str],
    noun: str,
    plural: str | None = None,
    *,
    each: str | None = None,
    several: str | None = None,
) -> str:
    """`2 series × 300,000`; of unequal ones the longest, `2 lines, up to 500`."""
    parts = [data for data in map(document.data_by_id, ids) if data is not None]
    categories = sum(max(1, len(data.category_names)) for data in parts if data.is_per_category)
    number_of = categories + sum(not data.is_per_category for data in parts)
    lengths = {_length(document, data) for data in parts}
    longest = max(lengths, default=0)
    points = count(longest, each, several) if each else f"{longest:,}"
    if each and number_of == 1:
        return points
    many = count(number_of, noun, plural)
    if not lengths:
        return count(len(ids), noun, plural)
    return f"{many} × {points}" if len(lengths) == 1 else f"{many}, up to {points}"


def _length(document: Document, data: MetricsData) -> int:
    """Number of values; for data per category that of its longest category."""
    if data.is_per_category:
        lengths = (document.length(data, name) for name in data.category_names)
        return max(lengths, default=0)
    return document.length(data)


def _summary_value(document: Document, values: DoubleSummaryValues) -> str:
    data = document.data_by_id(values.value_data)
    if data is None:
        return "no value"
    if data.is_per_category:
        return _category_values(document, data, values)
    if data.kind is not SeriesKind.DOUBLES:
        return "no value"
    position = summary_position(document, data, values)
    if position is None or not 0 <= position < document.length(data):
        return "no value at its index"
    if data.position not in document.deferred:
        # A short series stands in the parsed part: no need for numpy.
        plain = document.data_messages[data.position].series.doubles.series
        return quantity(plain[position], data.unit)
    return quantity(float(document.series(data).doubles[position]), data.unit)


def _category_values(document: Document, data: MetricsData, values: DoubleSummaryValues) -> str:
    """`Engage 3, Disengage 1`."""
    by_category = document.data_messages[data.position].series_per_category
    parts = []
    shown_names = data.category_names[:4]
    positions = summary_positions(document, data, values, shown_names)
    for name in shown_names:
        if name in by_category.category_to_series:
            plain = by_category.category_to_series[name].doubles.series
            position = positions[name]
            shown = "no value"
            if position is not None and 0 <= position < len(plain):
                shown = quantity(plain[position], data.unit)
            parts.append(f"{name} {shown}")
    if len(data.category_names) > 4:
        parts.append("…")
    return ", ".join(parts) or "no value"


def summary_position(
    document: Document,
    data: MetricsData,
    values: DoubleSummaryValues,
    category: str | None = None,
) -> int | None:
    """Position of the value at the index of a summary; None if the index has no such entry.

    An index per category is that of the given one.
    """
    if values.series_index is not None:
        return values.series_index
    wanted: int | str | None = values.string_index
    if values.timestamp_index is not None:
        wanted = values.timestamp_index
    elif values.uuid_index is not None:
        wanted = values.uuid_index
    if wanted is None:
        return 0
    index = document.index_of(data)
    if index is None:
        return None
    for position, value in enumerate(_index_values(document, index, category)):
        if value == wanted:
            return position
    return None


def summary_positions(
    document: Document,
    data: MetricsData,
    values: DoubleSummaryValues,
    categories: Iterable[str | None],
) -> dict[str | None, int | None]:
    """Position for each category; an index that they have in common is searched once."""
    index = document.index_of(data)
    if index is not None and index.is_per_category:
        return {name: summary_position(document, data, values, name) for name in categories}
    return dict.fromkeys(categories, summary_position(document, data, values))


def _index_values(document: Document, index: MetricsData, category: str | None) -> Iterator[object]:
    """The values of an index; of a short one straight from the message, without numpy."""
    if index.position in document.deferred:
        series = document.series(index)
        yield from (series.value(position) for position in range(len(series)))
        return
    message = document.data_messages[index.position]
    plain = message.series
    if index.is_per_category:
        by_category = message.series_per_category.category_to_series
        if category is None or category not in by_category:
            return
        plain = by_category[category]
    yield from map(nanoseconds, plain.timestamps.series)
    yield from plain.strings.series
    yield from (part.data for part in plain.uuids.series)


def _traces(document: Document, metric: Metric) -> str:
    """`3 traces: scatter, bar`, from the parsed message: the figure itself stays undecoded."""
    if metric.position in document.deep_figures:
        return "a figure nested too deeply"
    message = document.message.job_level_metrics.metrics[metric.position]
    figure = message.metric_values.plotly_metric_values.json
    if "data" not in figure.fields:
        return "a figure without data"
    traces = figure.fields["data"].list_value.values
    kinds: dict[str, None] = {}
    for trace in traces[:100]:
        fields = trace.struct_value.fields
        kinds[fields["type"].string_value if "type" in fields else "scatter"] = None
    text = count(len(traces), "trace")
    return f"{text}: {', '.join(kinds)}" if kinds else text


def _first_line(text: str, name: str) -> str:
    """First line that is not blank, or the next one if it only repeats the metric's name."""
    lines = (line.strip().lstrip("#>*- ").strip() for line in text.splitlines())
    shown = [line for line in islice(lines, 1000) if line]
    if not shown:
        return "empty"
    return next((line for line in shown if line.casefold() != name.casefold()), shown[0])
