"""Rules beyond ReSim's validator about the file as a whole: what is not used, not known."""

from __future__ import annotations

from resim_inspect.document import enums
from resim_inspect.validation.context import FILE, Context
from resim_inspect.validation.findings import Target

_STATUSES = frozenset(int(one) for one in enums.MetricStatus)
_TYPES = frozenset(int(one) for one in enums.MetricType)
_IMPORTANCES = frozenset(int(one) for one in enums.Importance)
_DATA_TYPES = frozenset(int(one) for one in enums.DataType)
_TIME_TYPES = frozenset(int(one) for one in enums.TimestampType)


def check_extras(context: Context) -> None:
    """Unused data and event metrics, unknown fields and numbers, no metrics at all."""
    _check_use(context)
    _check_numbers(context)
    for field in context.document.unknown_fields():
        context.warning(
            "unknown-field",
            FILE,
            field.where,
            f"has field {field.number}, which the schema does not know",
            "It is kept, but nobody reads it; a newer open-core may have written it.",
        )
    if not context.message.job_level_metrics.metrics:
        context.info(
            "no-metrics",
            FILE,
            "metrics",
            "the file has no metrics",
            "ReSim accepts that, but there is nothing to see.",
        )


def _check_use(context: Context) -> None:
    for entry in context.entries:
        # Of data with the same id all but the last are out of reach: an error of its own.
        if not entry.used and context.data[entry.message.metrics_data_id.id.data] is entry:
            context.info(
                "data-unused",
                Target("data", entry.position),
                context.data_place(entry.position),
                "no metric and no other data refers to it",
                "Batch metrics may use it; else leave it out.",
            )
    named: set[str] | None = None
    for position, metric in enumerate(context.message.job_level_metrics.metrics):
        if not metric.event_metric:
            continue
        if named is None:
            named = {
                metric_id.id.data for event in context.message.events for metric_id in event.metrics
            }
        if metric.metric_id.id.data not in named:
            context.warning(
                "event-metric-unused",
                Target("metric", position),
                context.metric_place(position) + ".event_metric",
                "is marked as a metric of an event, but no event names it",
                "Add it to an event, or clear event_metric: ReSim shows it nowhere else.",
            )


def _check_numbers(context: Context) -> None:
    """Enumeration values that the schema has no name for."""
    message = context.message
    _number(context, FILE, "metrics_status", message.metrics_status, _STATUSES)
    _number(
        context,
        FILE,
        "job_level_metrics.metrics_status",
        message.job_level_metrics.metrics_status,
        _STATUSES,
    )
    for position, metric in enumerate(message.job_level_metrics.metrics):
        fields: tuple[tuple[str, int, frozenset[int]], ...] = (
            ("type", metric.type, _TYPES),
            ("status", metric.status, _STATUSES),
            ("importance", metric.importance, _IMPORTANCES),
        )
        for field, number, known in fields:
            if number not in known:
                place = f"{context.metric_place(position)}.{field}"
                _number(context, Target("metric", position), place, number, known)
    for entry in context.entries:
        for field, number in (("type", entry.type), ("index_type", entry.index_type)):
            if number not in _DATA_TYPES:
                place = f"{context.data_place(entry.position)}.{field}"
                _number(context, Target("data", entry.position), place, number, _DATA_TYPES)
    for position, event in enumerate(message.events):
        fields = (
            ("status", event.status, _STATUSES),
            ("importance", event.importance, _IMPORTANCES),
            ("timestamp_type", event.timestamp_type, _TIME_TYPES),
        )
        for field, number, known in fields:
            place = f"{context.event_place(position)}.{field}"
            _number(context, Target("event", position), place, number, known)


def _number(
    context: Context, target: Target, place: str, number: int, known: frozenset[int]
) -> None:
    if number not in known:
        context.warning(
            "enum-unknown",
            target,
            place,
            f"is {number}, which the schema has no name for",
            "A newer open-core may have written it; readers may fail on it.",
        )
