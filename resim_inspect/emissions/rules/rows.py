"""Rules about rows against the schema of their topic: what the official emitter refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from resim_inspect.emissions.config.model import FIELD_TYPES, TopicDefinition
from resim_inspect.emissions.model import BoolArray, Column, Topic
from resim_inspect.emissions.rule_context import RuleContext, check, nearest_hint, shown
from resim_inspect.validation.findings import Rule, Severity

_GOOD = ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',)
TOPIC_UNKNOWN = Rule(
    "topic-unknown",
    Severity.ERROR,
    "The config has the topic",
    "An emitter with a config refuses other topics, and those without a schema; the server has no "
    "table for them. The files that the platform itself writes are excepted.",
    ('{"$metadata": {"topic": "spede"}, "$data": {"v": 1.5}}',),
    _GOOD,
)
FIELD_UNKNOWN = Rule(
    "field-unknown",
    Severity.ERROR,
    "The schema has every field of a row",
    "An emitter with a config refuses fields that the topic's schema does not have.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5, "w": 2}}',),
    _GOOD,
)
FIELD_MISSING = Rule(
    "field-missing",
    Severity.ERROR,
    "A row has every field of the schema",
    "An emitter with a config refuses rows that lack one; there are no optional fields.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {}}',),
    _GOOD,
)
VALUE_TYPE = Rule(
    "value-type",
    Severity.ERROR,
    "A value has the type of its field",
    "An emitter with a config refuses others: null for any type, a boolean for a number, 1.0 for "
    "an int. An integer is accepted for a float.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": "1.5"}}',),
    _GOOD,
)
LIST_SPREAD = Rule(
    "list-spread",
    Severity.ERROR,
    "A list stays one value",
    "emit() without a timestamp spreads lists of the same length into rows if every field is a "
    "list: each row has one item, and a list of texts has become a text.",
    ('{"$metadata": {"topic": "labels"}, "$data": {"names": "a"}}',),
    ('{"$metadata": {"topic": "labels", "timestamp": 5}, "$data": {"names": ["a", "b"]}}',),
)
EVENT_TOPIC = Rule(
    "event-topic",
    Severity.ERROR,
    "The topic of an event is one of events",
    "emit_event() refuses topics without `event: true` in the config.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5, "event": true}, "$data": {"v": 1.5}}',),
    _GOOD,
)

PLATFORM_TOPICS = {
    "container_performance": "resource_metrics.resim.jsonl",
    "test_length_seconds": "test_length_metric.resim.jsonl",
}
"""Topics that the platform writes itself, each with its file."""
TYPE_HINTS = {
    "boolean": "Emit True or False.",
    "string": "Emit a str.",
    "int": "Emit an int: int(value), not a float or a boolean.",
    "float": "Emit a float or an int: float(value), not a boolean or a text.",
    "image": "Emit the name of the image file as a str.",
    "video": "Emit the name of the video file as a str.",
    "status": "Emit the status as a str: PASSED, FAIL_WARN or FAIL_BLOCK.",
    "string[]": "Emit a list of str.",
    "metric[]": "Emit a list of objects with name, type and value.",
}
_TEXTS = ("string", "image", "video", "status")
_LISTS = ("string[]", "metric[]")
_PREDICATES: Mapping[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string[]": lambda value: (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    ),
    "metric[]": lambda value: isinstance(value, list),
} | dict.fromkeys(_TEXTS, lambda value: isinstance(value, str))


def is_platform_topic(context: RuleContext, topic: Topic) -> bool:
    """Return True for a topic that the platform has written into its own file."""
    name = PLATFORM_TOPICS.get(topic.name)
    if name is None or context.emissions is None:
        return False
    names = {context.emissions.paths[int(file)].name for file in np.unique(topic.file_indices)}
    return names == {name}


def defined_topics(context: RuleContext) -> list[tuple[Topic, TopicDefinition]]:
    """The topics of the emissions that the config defines, each with its definition."""
    if context.emissions is None or context.config is None:
        return []
    return [
        (topic, context.config.topics[name])
        for name, topic in context.emissions.topics.items()
        if name in context.config.topics
    ]


@check(TOPIC_UNKNOWN)
def check_topics(context: RuleContext) -> None:
    """Report topics that the config does not define."""
    # An emitter whose config has no topics checks nothing.
    if context.emissions is None or context.config is None or not context.config.topics:
        return
    known = list(context.config.topics)
    for name, topic in context.emissions.topics.items():
        if name not in context.config.topics and not is_platform_topic(context, topic):
            hint = nearest_hint(name, known, "Add it to the config.")
            all_rows = np.ones(topic.rows, np.bool_)
            context.report_rows(TOPIC_UNKNOWN, topic, all_rows, "is not in the config", hint)


@check(FIELD_UNKNOWN, FIELD_MISSING, VALUE_TYPE, LIST_SPREAD)
def check_fields(context: RuleContext) -> None:
    """Compare the rows of each topic with its schema."""
    for topic, definition in defined_topics(context):
        if not definition.has_schema:
            every = np.ones(topic.rows, np.bool_)
            hint = "Add schema: to the topic."
            context.report_rows(TOPIC_UNKNOWN, topic, every, "has no schema in the config", hint)
            continue
        _check_unknown_fields(context, topic, definition)
        for field, kind in definition.fields.items():
            column = topic.columns.get(field)
            if column is None:
                absent = np.ones(topic.rows, np.bool_)
            else:
                absent = column.missing & ~column.nulls
            hint = "Emit every field of the schema in each row."
            context.report_rows(FIELD_MISSING, topic, absent, "is missing", hint, field)
            if column is not None:
                _check_type(context, topic, definition, column, kind)


@check(EVENT_TOPIC)
def check_event_topics(context: RuleContext) -> None:
    """Report events on topics that are not for events."""
    for topic, definition in defined_topics(context):
        if not definition.event:
            message = "has events, and the config does not mark the topic as one of events"
            hint = "Add event: true to the topic, or write the rows with emit()."
            context.report_rows(EVENT_TOPIC, topic, topic.is_event, message, hint)


def _check_unknown_fields(context: RuleContext, topic: Topic, definition: TopicDefinition) -> None:
    for field, column in topic.columns.items():
        if field not in definition.fields:
            hint = nearest_hint(field, definition.fields, "Add it to the schema.")
            present = ~column.missing | column.nulls
            message = "is not in the schema of the topic"
            context.report_rows(FIELD_UNKNOWN, topic, present, message, hint, field)


def _check_type(
    context: RuleContext, topic: Topic, definition: TopicDefinition, column: Column, kind: str
) -> None:
    if kind not in FIELD_TYPES:
        message = f"has the type {shown(kind)} in the config, which the emitter does not know"
        present = ~column.missing | column.nulls
        hint = f"Write one of {', '.join(FIELD_TYPES)} into the schema."
        context.report_rows(VALUE_TYPE, topic, present, message, hint, column.name)
        return
    wrong = wrong_values(column, kind)
    if not wrong.any():
        return
    spread = np.zeros(topic.rows, np.bool_)
    if kind in _LISTS and set(definition.fields.values()) <= set(_LISTS):
        # Only a row whose fields were all lists is spread.
        spread = wrong & ~topic.has_timestamp & ~column.nulls

    def problem(row: int) -> str:
        value: Any = None if column.nulls[row] else column.values[row : row + 1].tolist()[0]
        if column.whole is not None and column.whole[row]:
            value = int(value)
        return f"is {shown(value)}, and the schema has {kind}"

    context.report_rows(VALUE_TYPE, topic, wrong & ~spread, problem, TYPE_HINTS[kind], column.name)
    context.report_rows(
        LIST_SPREAD,
        topic,
        spread,
        lambda row: f"{problem(row)}: emit() without a timestamp spreads lists into rows",
        "Give emit() a timestamp, or put the list into a list of one item.",
        column.name,
    )


def wrong_values(column: Column, kind: str) -> BoolArray:
    """Return a mask of shape (rows,): True where the emitter refuses the value for this type."""
    there = ~column.missing
    if column.type == "json":
        accepts = _PREDICATES[kind]
        fits = np.fromiter(map(accepts, column.values), np.bool_, len(column.values))
        return (there & ~fits) | column.nulls
    if column.type == kind or (column.type == "string" and kind in _TEXTS):
        return np.array(column.nulls)
    if kind == "float" and column.type == "int":
        return np.array(column.nulls)
    if kind == "int" and column.type == "float" and column.whole is not None:
        return (there & ~column.whole) | column.nulls
    return there | column.nulls
