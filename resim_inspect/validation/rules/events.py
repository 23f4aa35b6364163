"""Rules for events: ids, names, time, status, importance and the metrics they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.document.enums import TimestampType
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Target
from resim_inspect.validation.ids import is_uuid, short

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb


def check_events(context: Context) -> None:
    """Everything about the events."""
    names: dict[str, int] = {}
    ids: dict[str, int] = {}
    events = context.message.events
    for position, event in enumerate(events):
        event_id = event.event_id.id.data
        if not is_uuid(event_id):
            _error(
                context, position, "id", "event-id",
                f"has the id {quoted(event_id)}, which is no UUID" if event_id else "has no id",
                "Give it a UUID.",
            )  # fmt: skip
        elif event_id in ids:
            context.warning(
                "event-id-duplicate",
                Target("event", position),
                context.event_place(position) + ".id",
                f"has the same id as {context.event_place(ids[event_id])}: {short(event_id)}",
                "Give each event an id of its own; one may hide the other.",
                ("same id", event_id),
            )
        ids.setdefault(event_id, position)
        name = event.name
        if not name:
            _error(context, position, "name", "event-name-empty", "has no name", "Give it a name.")
        elif name in names:
            context.error(
                "event-name-duplicate",
                Target("event", position),
                f"events[{position}].name",
                f"has the same name as events[{names[name]}]: {quoted(name)}",
                "Give each event a name of its own.",
                ("same name", name),
            )
        else:
            names[name] = position
        for field, number, rule, choice, last in (
            ("status", event.status, "status-unset",
             "PASSED, FAIL_WARN, FAIL_BLOCK, NOT_APPLICABLE or RAW", schema_constants.LAST),
            ("importance", event.importance, "importance-unset",
             "ZERO, LOW, MEDIUM, HIGH or CRITICAL", schema_constants.LAST),
            ("timestamp_type", event.timestamp_type, "event-time-type",
             "ABSOLUTE (since 1970) or RELATIVE (to the start)", 2),
        ):  # fmt: skip
            if not number:
                what = "says not how its time counts" if last == 2 else f"has no {field}"
                _error(context, position, field, rule, what, f"Set {choice}.")
            elif not 0 < number <= last:
                place = f"{context.event_place(position)}.{field}"
                context.unknown_number(Target("event", position), place, number)
        _check_time(context, position, event)
        _check_metrics(context, position, event)
    _check_time_types(context)


def _error(context: Context, position: int, field: str, rule: str, message: str, hint: str) -> None:
    where = f"{context.event_place(position)}.{field}"
    context.error(rule, Target("event", position), where, message, hint)


def _check_time(context: Context, position: int, event: pb.Event) -> None:
    seconds, nanos = event.timestamp.seconds, event.timestamp.nanos
    if seconds < 0 or not 0 <= nanos < 1_000_000_000:
        _error(
            context, position, "timestamp", "event-time",
            f"has {seconds:,} seconds and {nanos:,} nanoseconds",
            "Seconds count from 0, nanoseconds from 0 to 999,999,999.",
        )  # fmt: skip


def _check_time_types(context: Context) -> None:
    first = first_at = 0
    for position, event in enumerate(context.message.events):
        kind = event.timestamp_type
        # One that is unset is a finding of its own.
        if kind and not first:
            first, first_at = kind, position
        elif kind and kind != first:
            own = TimestampType(kind).name
            context.error(
                "event-time-mixed",
                Target("event", position),
                context.event_place(position) + ".timestamp_type",
                f"is {own}, but {context.event_place(first_at)} is {TimestampType(first).name}",
                "Let the times of all events count from the same zero.",
                ("mixed", kind),
            )


def _check_metrics(context: Context, position: int, event: pb.Event) -> None:
    table = context.metrics
    names: dict[str, int] = {}
    by_name = context.edition.event_names
    for place, metric_id in enumerate(event.metrics):
        text = metric_id.id.data
        metric = table.get(text)
        if metric is None:
            _no_metric(context, position, place, text)
            continue
        if not by_name:
            continue
        at, name = metric
        if name not in names:
            names[name] = at
            continue
        twice = (
            f"names {context.metric_place(at)} twice"
            if names[name] == at
            else f"names two metrics that are called {quoted(name)}: "
            f"metrics[{names[name]}] and metrics[{at}]"
        )
        _error(
            context, position, f"metrics[{place}]", "event-metric-names", twice,
            "Within one event every metric must have a name of its own.",
        )  # fmt: skip


def _no_metric(context: Context, position: int, place: int, metric_id: str) -> None:
    if is_uuid(metric_id):
        message = f"names metric {short(metric_id)}, which is not in the file"
    elif metric_id:
        message = f"names {quoted(metric_id)}, which is no UUID"
    else:
        message = "names no metric"
    context.error(
        "event-metric-missing",
        Target("event", position),
        f"{context.event_place(position)}.metrics[{place}]",
        message,
        "Write that metric into the file too, or leave it out of the event.",
        ("missing", metric_id),
    )
