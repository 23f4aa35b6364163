"""Rules about the topics that a config defines."""

from __future__ import annotations

from difflib import get_close_matches

from resim_inspect.emissions.config.model import FIELD_TYPES, SERVER_TABLES
from resim_inspect.emissions.rule_context import RuleContext, check, shown
from resim_inspect.validation.findings import Rule, Severity

TOPIC_RESERVED = Rule(
    "topic-reserved",
    Severity.ERROR,
    "A topic does not have the name of a table of the server",
    "These are metadata, container_performance and test_length_seconds.",
    ('topics["metadata"] = {"schema": {"v": "float"}}',),
    ('topics["run_metadata"] = {"schema": {"v": "float"}}',),
)
TOPIC_SCHEMA = Rule(
    "topic-schema",
    Severity.ERROR,
    "A topic has a schema",
    "The emitter refuses every row of a topic without one.",
    ('topics["speed2"] = {"event": false}',),
    ('topics["speed2"] = {"schema": {"v": "float"}}',),
)
FIELD_TYPE = Rule(
    "field-type",
    Severity.ERROR,
    "A field has a type that the emitter knows",
    "These are boolean, string, int, float, image, video, status, string[] and metric[]. The "
    "server accepts bigint too, but the emitter refuses every row with it.",
    ('topics["pose"].schema["x"] = "bigint"',),
    ('topics["pose"].schema["x"] = "int"',),
)
TOPIC_MEDIA = Rule(
    "topic-media",
    Severity.ERROR,
    "A topic has at most one image or one video, not both",
    "The server refuses others: emit them on topics of their own.",
    ('topics["frames"].schema = {"image": "image", "clip": "video"}',),
    ('topics["frames"].schema = {"image": "image", "camera": "string"}',),
)
EVENT_FIELDS = Rule(
    "event-fields",
    Severity.WARNING,
    "A topic of events has name, description, status and tags",
    "Without them the list of events has gaps.",
    ('topics["crash"] = {"event": true, "schema": {"name": "string"}}',),
    (
        'topics["crash"] = {"event": true, "schema": {"name": "string", "description": "string", '
        '"status": "status", "tags": "string[]"}}',
    ),
)
_EVENT_FIELDS = ("name", "description", "status", "tags")
_MEANT = {
    "bigint": "int",
    "double": "float",
    "number": "float",
    "bool": "boolean",
    "str": "string",
    "text": "string",
    "integer": "int",
}


@check(TOPIC_RESERVED, TOPIC_SCHEMA, FIELD_TYPE, TOPIC_MEDIA, EVENT_FIELDS)
def check_topics(context: RuleContext) -> None:
    """Check the definition of each topic."""
    if context.config is None:
        return
    for name, topic in context.config.topics.items():
        file = topic.file
        if file is None:
            continue
        key = ("topics", name)
        if name in SERVER_TABLES:
            message = "has the name of a table of the server"
            context.report_key(TOPIC_RESERVED, file, key, message, "Choose another name.")
        if not topic.has_schema:
            message = "has no schema, so that the emitter refuses all its rows"
            hint = "Add schema: with the type of each field."
            context.report_key(TOPIC_SCHEMA, file, key, message, hint)
        for field, kind in topic.fields.items():
            if kind not in FIELD_TYPES:
                near = get_close_matches(kind[:40], FIELD_TYPES, 1, 0.6)
                meant = _MEANT.get(kind.lower()) or (near[0] if near else "")
                hint = (
                    f"Write {meant}." if meant else f"The known ones are {', '.join(FIELD_TYPES)}."
                )
                message = f"is {shown(kind)}, which is not a type that the emitter knows"
                context.report_key(FIELD_TYPE, file, (*key, "schema", field), message, hint)
        kinds = list(topic.fields.values())
        if kinds.count("image") + kinds.count("video") > 1:
            message = "has more than one field for an image or a video"
            hint = "Emit each kind of image or video on a topic of its own."
            context.report_key(TOPIC_MEDIA, file, (*key, "schema"), message, hint)
        absent = [field for field in _EVENT_FIELDS if field not in topic.fields]
        if topic.event and topic.has_schema and absent:
            message = f"is a topic of events and has no {', '.join(absent)}"
            hint = "Add name: string, description: string, status: status and tags: string[]."
            context.report_key(EVENT_FIELDS, file, key, message, hint)
