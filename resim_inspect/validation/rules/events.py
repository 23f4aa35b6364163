"""Rules about events: ids, names, time, status, importance and the metrics they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.document.enums import TimestampType
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.metrics import IMPORTANCE_HINT, IMPORTANCE_UNSET
from resim_inspect.validation.rules.schema import report_unknown_number
from resim_inspect.validation.rules.statuses import STATUS_HINT, STATUS_UNSET
from resim_inspect.validation.rules.times import LAST_SECOND, report_range

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

EVENT_ID = Rule(
    "event-id",
    Severity.ERROR,
    "Every event has an id",
    "The id of an event is a UUID.",
    ('events["Landing"].id = "landing"',),
    ('events["Landing"].id = "12345678-1234-1234-1234-123456789abc"',),
)
EVENT_NAME_EMPTY = Rule(
    "event-name-empty",
    Severity.ERROR,
    "Every event has a name",
    "The name is what people see.",
    ('events["Landing"].name = ""',),
    ('events["Landing"].name = "Touchdown"',),
)
EVENT_NAME_DUPLICATE = Rule(
    "event-name-duplicate",
    Severity.ERROR,
    "No two events have the same name",
    "Number them where the same thing happens twice.",
    ('events["Landing"].name = "Take-off"',),
    ('events["Landing"].name = "Take-off 2"',),
)
EVENT_TIME = Rule(
    "event-time",
    Severity.ERROR,
    "The time of an event is a time",
    "Seconds count from 0, nanoseconds lie from 0 to 999,999,999.",
    ('events["Landing"].timestamp.nanos = 1500000000',),
    ('events["Landing"].timestamp.nanos = 500000000',),
)
EVENT_TIME_TYPE = Rule(
    "event-time-type",
    Severity.ERROR,
    "Every event has a timestamp type",
    "ABSOLUTE counts from 1970, RELATIVE from the start of the simulation.",
    ('events["Landing"].timestamp_type = unset',),
    ('events["Landing"].timestamp_type = RELATIVE',),
)
EVENT_TIME_MIXED = Rule(
    "event-time-mixed",
    Severity.ERROR,
    "All events have the same timestamp type",
    "All are absolute or all are relative.",
    ('events["Landing"].timestamp_type = ABSOLUTE',),
    (
        'events["Landing"].timestamp_type = ABSOLUTE',
        'events["Take-off"].timestamp_type = ABSOLUTE',
    ),
)
EVENT_METRIC_MISSING = Rule(
    "event-metric-missing",
    Severity.ERROR,
    "The metrics that an event names are in the file",
    "Metrics are found by their id, which is compared as text.",
    ('events["Take-off"].metrics = ["12345678-1234-1234-1234-123456789abc"]',),
    ('events["Take-off"].metrics = [metrics["Max speed"]]',),
)
EVENT_METRIC_NAMES = Rule(
    "event-metric-names",
    Severity.ERROR,
    "The metrics of one event have different names",
    "Two events may have a metric of the same name each, but not one event two of them, "
    "nor the same metric twice.",
    ('events["Take-off"].metrics = [metrics["Max speed"], metrics["Max speed"]]',),
    ('events["Take-off"].metrics = [metrics["Max speed"], metrics["Summary"]]',),
    since="0.12.0",
)
EVENT_ID_DUPLICATE = Rule(
    "event-id-duplicate",
    Severity.WARNING,
    "No two events have the same id",
    "ReSim's validator is meant to check this but does not.",
    ('events["Landing"].id = events["Take-off"].id',),
    ('events["Landing"].id = "12345678-1234-1234-1234-123456789abc"',),
)


def check_events(context: Context) -> None:
    """Check all events."""
    names: dict[str, int] = {}
    ids: dict[str, int] = {}
    events = context.message.events
    for position, event in enumerate(events):
        event_id = event.event_id.id.data
        if not is_uuid(event_id):
            _error(
                context, position, "id", EVENT_ID,
                f"has the id {quoted(event_id)}, which is not a valid UUID"
                if event_id else "has no id",
                "Give it a UUID.",
            )  # fmt: skip
        elif event_id in ids:
            context.report(
                EVENT_ID_DUPLICATE,
                Target("event", position),
                context.event_place(position) + ".id",
                f"has the same id as {context.event_place(ids[event_id])}: {short(event_id)}",
                "Give each event an id of its own; one may hide the other.",
                ("same id", event_id),
            )
        ids.setdefault(event_id, position)
        name = event.name
        if not name:
            _error(context, position, "name", EVENT_NAME_EMPTY, "has no name", "Give it a name.")
        elif name in names:
            context.report(
                EVENT_NAME_DUPLICATE,
                Target("event", position),
                f"events[{position}].name",
                f"has the same name as events[{names[name]}]: {quoted(name)}",
                "Give each event a name of its own.",
                ("same name", name),
            )
        else:
            names[name] = position
        for field, number, rule, hint, last in (
            ("status", event.status, STATUS_UNSET,
             STATUS_HINT, schema_constants.LAST),
            ("importance", event.importance, IMPORTANCE_UNSET,
             IMPORTANCE_HINT, schema_constants.LAST),
            ("timestamp_type", event.timestamp_type, EVENT_TIME_TYPE,
             "Set ABSOLUTE (since 1970) or RELATIVE (to the start).", 2),
        ):  # fmt: skip
            if not number:
                what = "has no timestamp type" if last == 2 else f"has no {field}"
                _error(context, position, field, rule, what, hint)
            elif not 0 < number <= last:
                location = f"{context.event_place(position)}.{field}"
                report_unknown_number(context, Target("event", position), location, number)
        _check_time(context, position, event)
        _check_metrics(context, position, event)
    _check_time_types(context)


def _error(
    context: Context, position: int, field: str, rule: Rule, message: str, hint: str
) -> None:
    where = f"{context.event_place(position)}.{field}"
    context.report(rule, Target("event", position), where, message, hint)


def _check_time(context: Context, position: int, event: pb.Event) -> None:
    seconds, nanos = event.timestamp.seconds, event.timestamp.nanos
    if seconds > LAST_SECOND:
        where = f"{context.event_place(position)}.timestamp"
        report_range(context, Target("event", position), where, 1)
    if seconds < 0 or not 0 <= nanos < 1_000_000_000:
        _error(
            context, position, "timestamp", EVENT_TIME,
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
            context.report(
                EVENT_TIME_MIXED,
                Target("event", position),
                context.event_place(position) + ".timestamp_type",
                f"is {own}, but {context.event_place(first_at)} is {TimestampType(first).name}",
                "Give all events the same timestamp type.",
                ("mixed", kind),
            )


def _check_metrics(context: Context, position: int, event: pb.Event) -> None:
    table = context.metrics
    names: dict[str, int] = {}
    by_name = context.edition.event_names
    for index, metric_id in enumerate(event.metrics):
        text = metric_id.id.data
        metric = table.get(text)
        if metric is None:
            _no_metric(context, position, index, text)
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
            context, position, f"metrics[{index}]", EVENT_METRIC_NAMES, twice,
            "Within one event every metric must have a name of its own.",
        )  # fmt: skip


def _no_metric(context: Context, position: int, index: int, metric_id: str) -> None:
    if is_uuid(metric_id):
        message = f"names metric {short(metric_id)}, which is not in the file"
    elif metric_id:
        message = f"names {quoted(metric_id)}, which is not a valid UUID"
    else:
        message = "names no metric"
    context.report(
        EVENT_METRIC_MISSING,
        Target("event", position),
        f"{context.event_place(position)}.metrics[{index}]",
        message,
        "Write that metric into the file too, or leave it out of the event.",
        ("missing", metric_id),
    )
