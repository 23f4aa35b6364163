"""Rows of event topics as events of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.building.metric_builder import Common
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import DATED_FROM_NS
from resim_inspect.emissions.evaluation.columns import valid_text
from resim_inspect.emissions.evaluation.drawing.texts import code_block
from resim_inspect.text import count

if TYPE_CHECKING:
    from resim_inspect.building.builder import DocumentBuilder
    from resim_inspect.emissions.model import Emissions, Topic
    from resim_inspect.schema import metrics_pb2 as pb

_STATUSES = {
    "PASSED": "PASSED",
    "FAIL_WARN": "FAIL_WARN",
    "FAIL_BLOCK": "FAIL_BLOCK",
    "NOT_APPLICABLE": "NOT_APPLICABLE",
    "NO_STATUS_REPORTED": "RAW",
    "RAW": "RAW",
}
MAX_EVENTS = 10_000


class EventRow(NamedTuple):
    """One event."""

    name: str
    timestamp: int
    status: str
    description: str
    tags: Sequence[str]
    metrics: Sequence[Any]


def add_events(
    builder: DocumentBuilder, emissions: Emissions, tags: Mapping[str, str]
) -> tuple[set[MetricStatus], str]:
    """Add the events; returns their statuses, and a note about those left out, if any."""
    statuses: set[MetricStatus] = set()
    taken: Counter[str] = Counter()
    number = left_out = 0
    rows = list(event_rows(emissions))
    # All events of a file have times of one type: dates, as in the charts, if all can be dates.
    absolute = bool(rows) and all(abs(row.timestamp) >= DATED_FROM_NS for row in rows)
    for row in rows:
        if number >= MAX_EVENTS:
            left_out += 1
            continue
        number += 1
        statuses.add(MetricStatus[row.status])
        common = Common(event=True, status=row.status, tags=tags)
        metrics = [_metric(builder, metric, number, common) for metric in row.metrics]
        # A metrics file has no two events of one name.
        taken[row.name] += 1
        again = f" ({taken[row.name]})" if taken[row.name] > 1 else ""
        builder.event(
            row.name + again,
            row.timestamp,
            [metric for metric in metrics if metric is not None],
            status=row.status,
            description=row.description,
            absolute=absolute,
            tags=row.tags,
        )
    notes = []
    if left_out:
        verb = "is" if left_out == 1 else "are"
        notes.append(f"{count(left_out, 'event')} after {MAX_EVENTS:,} {verb} left out.")
    undated = sum(
        int((topic.is_event & ~topic.has_timestamp).sum()) for topic in emissions.topics.values()
    )
    if undated:
        verb = "is" if undated == 1 else "are"
        notes.append(f"{count(undated, 'event')} without a timestamp {verb} left out.")
    return statuses, " ".join(notes)


def event_rows(emissions: Emissions) -> Iterator[EventRow]:
    """Yield the events of all topics by time; those without one have no place among them."""
    rows = [
        (int(topic.timestamps[position]), order, int(position), topic)
        for order, topic in enumerate(emissions.topics.values())
        for position in (topic.is_event & topic.has_timestamp).nonzero()[0]
    ]
    rows.sort(key=lambda row: row[:3])
    for timestamp, _, position, topic in rows:
        yield _row(topic, position, timestamp)


def _row(topic: Topic, position: int, timestamp: int) -> EventRow:
    values = {
        name: column.values[position]
        for name, column in topic.columns.items()
        if not column.missing[position]
    }
    tags = values.get("tags")
    metrics = values.get("metrics")
    return EventRow(
        _text(values.get("name")) or valid_text(topic.name),
        timestamp,
        _STATUSES.get(_text(values.get("status")), "RAW"),
        _text(values.get("description")),
        [_text(tag) for tag in tags] if isinstance(tags, list) else [],
        metrics if isinstance(metrics, list) else [],
    )


def _metric(builder: DocumentBuilder, entry: Any, number: int, common: Common) -> pb.Metric | None:
    """A metric of an event; None for an entry of another shape."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return None
    name, kind, value = valid_text(entry["name"]), _text(entry.get("type")), entry.get("value")
    if kind == "scalar" and isinstance(value, int | float) and not isinstance(value, bool):
        unit = _text(entry.get("unit")) or None
        return builder.scalar(name, _double(value), unit=unit, **common)
    if kind == "image" and isinstance(value, str) and value:
        file = builder.file(f"{name}: event {number}", valid_text(value))
        return builder.image(name, file, **common)
    text = valid_text(value) if isinstance(value, str) else code_block(repr(value))
    return builder.text(name, f"{kind}: {text}" if kind not in ("text", "") else text, **common)


def _double(value: float | int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _text(value: object) -> str:
    return valid_text(value if isinstance(value, str) else "" if value is None else str(value))
