"""A document as JSON values: exact numbers of the file; NaN and infinities as strings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TextIO

from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.model import Metric, MetricsData, PlotlyValues
from resim_inspect.document.summary import headline, statistics
from resim_inspect.errors import DocumentError
from resim_inspect.text import INT64_MAX, INT64_MIN, instant, json_number

if TYPE_CHECKING:
    from resim_inspect.document.document import Document
    from resim_inspect.document.model import Event, Series


def write(value: Any, stream: TextIO, levels: int = 4, indent: str = "") -> None:
    """Write JSON with one item of the outer levels a line, and deeper levels within that line.

    Everything beyond ASCII is escaped: nothing of a file can reach a terminal as it is.
    """
    inner = indent + "  "
    if levels and isinstance(value, dict) and value:
        stream.write("{")
        for number, (key, item) in enumerate(value.items()):
            stream.write(f"{',' if number else ''}\n{inner}{json.dumps(key)}: ")
            write(item, stream, levels - 1, inner)
        stream.write(f"\n{indent}}}")
    elif levels and isinstance(value, list) and value:
        stream.write("[")
        for number, item in enumerate(value):
            stream.write(f"{',' if number else ''}\n{inner}")
            write(item, stream, levels - 1, inner)
        stream.write(f"\n{indent}]")
    else:
        stream.write(json.dumps(value, allow_nan=False))


def document_values(document: Document) -> dict[str, Any]:
    """Return what a document has beside its metrics, data and events."""
    counts: dict[str, int] = {}
    for metric in document.metrics:
        counts[_enum(metric.status)] = counts.get(_enum(metric.status), 0) + 1
    return {
        "size": document.size,
        "job_id": document.job_id,
        "approximate": is_approximate(document),
        "verdict": _enum(document.verdict),
        "metrics_status": _enum(document.status),
        "collection_status": _enum(document.collection_status),
        "status_counts": counts,
    }


def metric_values(document: Document, metric: Metric) -> dict[str, Any]:
    """Return one metric; `summary` is its value in one line for people."""
    return {
        "position": metric.position,
        "id": metric.id,
        "name": metric.name,
        "type": _enum(metric.type),
        "status": _enum(metric.status),
        "importance": _enum(metric.importance),
        "summary": headline(document, metric),
        "description": metric.description,
        "should_display": metric.should_display,
        "blocking": metric.blocking,
        "order": plain(metric.order),
        "event_metric": metric.event_metric,
        "job_id": metric.job_id,
        "tags": [{"key": tag.key, "value": tag.value} for tag in metric.tags],
        "values": plain(metric.values),
    }


def data_values(document: Document, data: MetricsData) -> dict[str, Any]:
    """Return one metrics data without its values; `length` is a number, or one per category."""
    return {
        "position": data.position,
        "id": data.id,
        "name": data.name,
        "type": _enum(data.type),
        "unit": data.unit,
        "is_per_category": data.is_per_category,
        "category_names": list(data.category_names),
        "index_id": data.index_id,
        "external_path": data.external_path,
        "length": _length(document, data),
    }


def event_values(event: Event) -> dict[str, Any]:
    """Return one event; its time in ns."""
    return {
        "position": event.position,
        "id": event.id,
        "name": event.name,
        "status": _enum(event.status),
        "importance": _enum(event.importance),
        "timestamp_ns": event.timestamp,
        "timestamp_type": _enum(event.timestamp_type),
        "description": event.description,
        "tags": list(event.tags),
        "metrics": list(event.metrics),
    }


def series_values(series: Series) -> list[Any]:
    """Return all values of a series: numbers, times in ns, texts, or the names of statuses."""
    if series.uniques:
        return [series.uniques[code] for code in series.codes.tolist()]
    values: list[Any] = series.values.tolist()
    if series.values.dtype.kind == "S":
        return [raw.decode("utf-8", "replace") for raw in values]
    if series.kind.name == "STATUSES":
        return [_enum(MetricStatus(number)) for number in values]
    if series.kind is SeriesKind.TIMESTAMPS:
        return [_time(value) for value in values]
    return [plain(value) for value in values]


def _time(ns: int) -> int | str:
    """A time in ns; of one that 64 bits cannot hold only the bound is known, in words."""
    return instant(ns) if ns in (INT64_MIN, INT64_MAX) else ns


def plain(value: Any) -> Any:
    """Convert a value of the model to a JSON value."""
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, float):
        return json_number(value)
    if isinstance(value, PlotlyValues):
        try:
            return {"figure": plain(value.load())}
        except DocumentError as error:
            return {"figure": None, "error": str(error)}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def _enum(value: IntEnum) -> str:
    return value.name


def _length(document: Document, data: MetricsData) -> int | dict[str, int] | None:
    if data.external_path is not None:
        return None
    try:
        if data.is_per_category:
            return {name: document.length(data, name) for name in data.category_names}
        return document.length(data)
    except DocumentError:
        return None


def used_data(document: Document, metrics: Iterable[Metric]) -> list[MetricsData]:
    """Return the data that some metrics use, each once and after its index."""
    data_by_position: dict[int, MetricsData] = {}
    for metric in metrics:
        for data in document.data_of(metric):
            index = document.index_of(data)
            for data_entry in (index, data) if index is not None else (data,):
                data_by_position.setdefault(data_entry.position, data_entry)
    return list(data_by_position.values())


def full_data_values(document: Document, data: MetricsData) -> dict[str, Any]:
    """Return one metrics data with statistics and all values."""
    return data_values(document, data) | _contents(document, data)


def _contents(document: Document, data: MetricsData) -> dict[str, Any]:
    if data.external_path is not None:
        return {}
    try:
        if data.is_per_category:
            by_category = {name: document.series(data, name) for name in data.category_names}
            return {
                "statistics": {name: _statistics(part) for name, part in by_category.items()},
                "series": {name: series_values(part) for name, part in by_category.items()},
            }
        series = document.series(data)
        return {"statistics": _statistics(series), "series": series_values(series)}
    except DocumentError as error:
        return {"error": str(error)}


def _statistics(series: Series) -> dict[str, Any]:
    stats = statistics(series)
    if series.kind is SeriesKind.DOUBLES:
        names = ("finite", "nan", "infinite", "minimum", "mean", "maximum")
        return {"n": stats.n} | {name: plain(getattr(stats, name)) for name in names}
    if series.kind is SeriesKind.TIMESTAMPS:
        ends = {"earliest_ns": stats.earliest, "latest_ns": stats.latest}
        return {"n": stats.n} | {k: None if ns is None else _time(ns) for k, ns in ends.items()}
    if series.kind is SeriesKind.STATUSES:
        return {
            "n": stats.n,
            "statuses": {_enum(status): n for status, n in stats.statuses},
        }
    return {"n": stats.n, "different": len(stats.strings)}
