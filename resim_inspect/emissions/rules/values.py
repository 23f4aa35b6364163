"""Rules about values that the emitter writes, and that the server or a reader may not like."""

from __future__ import annotations

import numpy as np

from resim_inspect.emissions.model import BoolArray, Column, Topic
from resim_inspect.emissions.rule_context import RuleContext, check, shown
from resim_inspect.emissions.rules.rows import defined_topics, wrong_values
from resim_inspect.validation.findings import Rule, Severity

_GOOD = ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',)
VALUE_NAN = Rule(
    "value-nan",
    Severity.WARNING,
    "Numbers are finite",
    "The emitter writes bare NaN and Infinity, which are not JSON: strict readers refuse the line.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": NaN}}',),
    _GOOD,
)
VALUE_NULL = Rule(
    "value-null",
    Severity.WARNING,
    "No value is null",
    "emit() without a config writes it, and an emitter with a config refuses it. It is reported "
    "only where no schema reports it already.",
)
INT_RANGE = Rule(
    "int-range",
    Severity.WARNING,
    "An int fits into 64 bits",
    "The emitter writes integers of any size, and the column is a BIGINT.",
    ('{"$metadata": {"topic": "counts", "timestamp": 5}, "$data": {"n": 99999999999999999999}}',),
    ('{"$metadata": {"topic": "counts", "timestamp": 5}, "$data": {"n": 9}}',),
)
STATUS_WORD = Rule(
    "status-word",
    Severity.WARNING,
    "A status is one of the known words",
    "These are PASSED, FAIL_WARN, FAIL_BLOCK, NOT_APPLICABLE, RAW and NO_STATUS_REPORTED. The "
    "emitter writes any text.",
    (
        '{"$metadata": {"topic": "hit", "timestamp": 5, "event": true}, "$data": {"name": "Crash", '
        '"description": "", "status": "FAILED", "tags": []}}',
    ),
    (
        '{"$metadata": {"topic": "hit", "timestamp": 5, "event": true}, "$data": {"name": "Crash", '
        '"description": "", "status": "FAIL_BLOCK", "tags": []}}',
    ),
)
EVENT_FLAG_LOST = Rule(
    "event-flag-lost",
    Severity.WARNING,
    "A row of a topic of events is an event",
    "emit() accepts such a topic and writes neither the flag nor, mostly, a timestamp; only "
    "emit_event() does.",
    (
        '{"$metadata": {"topic": "hit", "timestamp": 5}, "$data": {"name": "Crash", '
        '"description": "", "status": "PASSED", "tags": []}}',
    ),
    (
        '{"$metadata": {"topic": "hit", "timestamp": 5, "event": true}, "$data": {"name": "Crash", '
        '"description": "", "status": "PASSED", "tags": []}}',
    ),
)
METRIC_LIST = Rule(
    "metric-list",
    Severity.ERROR,
    "The metrics of an event are objects with name, type and value",
    "The emitter accepts any list, but other items end the metrics step of the whole batch on the "
    "server with UNKNOWN_WORKER_ERROR.",
    ('{"$metadata": {"topic": "notes", "timestamp": 5}, "$data": {"metrics": ["Speed"]}}',),
    (
        '{"$metadata": {"topic": "notes", "timestamp": 5}, "$data": {"metrics": [{"name": "Speed", '
        '"type": "scalar", "value": 3.2}]}}',
    ),
)
METRIC_LIST_KEYS = Rule(
    "metric-list-keys",
    Severity.WARNING,
    "The metrics of an event have a name, a type that is known, and a value",
    "The types scalar and text are known to work; image, plotly, video and artifact are named in "
    "designs.",
    (
        '{"$metadata": {"topic": "notes", "timestamp": 5}, "$data": {"metrics": [{"name": "Speed", '
        '"type": "scaler", "value": 3.2}]}}',
    ),
    (
        '{"$metadata": {"topic": "notes", "timestamp": 5}, "$data": {"metrics": [{"name": "Speed", '
        '"type": "scalar", "value": 3.2, "unit": "m/s"}]}}',
    ),
)
TIMESTAMP_ORDER = Rule(
    "timestamp-order",
    Severity.INFO,
    "The timestamps of a topic do not decrease within a file",
    "Queries without ORDER BY draw lines in the order of the rows.",
)
STATUS_WORDS = frozenset(
    {"PASSED", "FAIL_WARN", "FAIL_BLOCK", "NOT_APPLICABLE", "RAW", "NO_STATUS_REPORTED"}
)
_METRIC_TYPES = frozenset({"scalar", "text", "image", "plotly", "video", "artifact"})


@check(VALUE_NAN, VALUE_NULL)
def check_numbers(context: RuleContext) -> None:
    """Report numbers that JSON does not have, and nulls that no schema forbids."""
    if context.emissions is None:
        return
    topics = context.config.topics if context.config else {}
    for name, topic in context.emissions.topics.items():
        definition = topics.get(name)
        for column in topic.columns.values():
            if column.type == "float":
                odd = ~np.isfinite(column.values) & ~column.missing
                _report_odd(context, topic, column, odd)
            elif column.type == "json":
                # Values of several types, lists and objects.
                nested = (_odd_number(value) is not None for value in column.values)
                _report_odd(context, topic, column, np.fromiter(nested, np.bool_, topic.rows))
            if definition is None or not definition.has_schema:
                hint = "Leave the row out, or emit a value."
                context.report_rows(VALUE_NULL, topic, column.nulls, "is null", hint, column.name)


def _odd_number(value: object) -> float | None:
    """Return the first number of a value that JSON does not have; None without one."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, float):
            if not np.isfinite(part):
                return float(part)
        elif isinstance(part, list):
            waiting += reversed(part)
        elif isinstance(part, dict):
            waiting += reversed(part.values())
    return None


def _report_odd(context: RuleContext, topic: Topic, column: Column, odd: BoolArray) -> None:
    def message(row: int) -> str:
        value = _odd_number(column.values[row])
        assert value is not None
        word = "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        verb = "has" if isinstance(column.values[row], list | dict) else "is"
        return f"{verb} {word}, which is not JSON"

    hint = "Leave the row out, or emit a number that stands for no value."
    context.report_rows(VALUE_NAN, topic, odd, message, hint, column.name)


@check(INT_RANGE, STATUS_WORD, METRIC_LIST, METRIC_LIST_KEYS)
def check_values(context: RuleContext) -> None:
    """Report values that have the type of their field, and no use."""
    for topic, definition in defined_topics(context):
        for name, kind in definition.fields.items():
            column = topic.columns.get(name)
            if column is None:
                continue
            if kind == "int" and column.type == "json":
                _check_range(context, topic, column)
            elif kind == "status" and column.type == "string":
                _check_status(context, topic, column)
            elif kind == "metric[]" and column.type == "json":
                _check_metrics(context, topic, column)


def _check_range(context: RuleContext, topic: Topic, column: Column) -> None:
    large = ~wrong_values(column, "int") & np.fromiter(
        (type(value) is int and not -(2**63) <= value < 2**63 for value in column.values),
        np.bool_,
        topic.rows,
    )
    message = "does not fit into 64 bits"
    context.report_rows(INT_RANGE, topic, large, message, "Emit it as a float.", column.name)


def _check_status(context: RuleContext, topic: Topic, column: Column) -> None:
    unknown = ~column.missing & np.fromiter(
        (value not in STATUS_WORDS for value in column.values), np.bool_, topic.rows
    )
    context.report_rows(
        STATUS_WORD,
        topic,
        unknown,
        lambda row: f"is {shown(column.values[row])}, which is not a status",
        "Emit PASSED, FAIL_WARN or FAIL_BLOCK.",
        column.name,
    )


def _check_metrics(context: RuleContext, topic: Topic, column: Column) -> None:
    lists = ~wrong_values(column, "metric[]") & ~column.missing
    shapeless = lists & np.fromiter(
        (
            isinstance(value, list) and not all(isinstance(item, dict) for item in value)
            for value in column.values
        ),
        np.bool_,
        topic.rows,
    )
    context.report_rows(
        METRIC_LIST,
        topic,
        shapeless,
        "has items that are not objects, which ends the server's metrics step",
        'Emit objects such as {"name": "Speed", "type": "scalar", "value": 3.2}.',
        column.name,
    )
    incomplete = (
        lists
        & ~shapeless
        & np.fromiter(
            (
                isinstance(value, list) and not all(map(_is_complete, value))
                for value in column.values
            ),
            np.bool_,
            topic.rows,
        )
    )
    context.report_rows(
        METRIC_LIST_KEYS,
        topic,
        incomplete,
        "has a metric without name or value, or of an unknown type",
        'Emit objects such as {"name": "Speed", "type": "scalar", "value": 3.2}.',
        column.name,
    )


def _is_complete(item: object) -> bool:
    if not isinstance(item, dict):
        return True  # An error of its own.
    kind = item.get("type")
    return (
        isinstance(item.get("name"), str)
        and "value" in item
        and isinstance(kind, str)
        and kind in _METRIC_TYPES
    )


@check(EVENT_FLAG_LOST)
def check_event_flags(context: RuleContext) -> None:
    """Report rows of event topics that are not events."""
    for topic, definition in defined_topics(context):
        if definition.event:
            message = "is a row of a topic of events without the flag of an event"
            hint = "Write it with emit_event() and a timestamp."
            context.report_rows(EVENT_FLAG_LOST, topic, ~topic.is_event, message, hint)


@check(TIMESTAMP_ORDER)
def check_order(context: RuleContext) -> None:
    """Report timestamps that are before that of the row before them."""
    if context.emissions is None:
        return
    for topic in context.emissions.topics.values():
        earlier = np.zeros(topic.rows, np.bool_)
        both = topic.has_timestamp[1:] & topic.has_timestamp[:-1]
        same_file = topic.file_indices[1:] == topic.file_indices[:-1]
        earlier[1:] = both & same_file & (topic.timestamps[1:] < topic.timestamps[:-1])
        hint = "Add ORDER BY timestamp to queries that draw lines, or emit in order of time."
        message = "has an earlier timestamp than the row before it"
        context.report_rows(TIMESTAMP_ORDER, topic, earlier, message, hint)
