"""Rules about the fields of a metric: id, name, type, status, importance, job and tags.

`metric_pass` calls the checks where a field may break one of these rules: a rule about what is
set otherwise needs its condition there, and in `wide.metric_pass`, which passes over metrics of a
wide file that are fine.
"""

from __future__ import annotations

from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.schema import report_unknown_number
from resim_inspect.validation.rules.statuses import STATUS_HINT, STATUS_UNSET

METRIC_ID = Rule(
    "metric-id",
    Severity.ERROR,
    "Every metric has an id",
    "The id of a metric is a UUID.",
    ('metrics["Max speed"].id = "max-speed"',),
    ('metrics["Max speed"].id = "12345678-1234-1234-1234-123456789abc"',),
)
METRIC_ID_DUPLICATE = Rule(
    "metric-id-duplicate",
    Severity.ERROR,
    "No two metrics have the same id",
    "Ids are compared as text. Writing a metric twice, or copying one with its id, breaks "
    "the file.",
    ('metrics["Max speed"].id = metrics["Summary"].id',),
    ('metrics["Max speed"].id = "12345678-1234-1234-1234-123456789abc"',),
)
METRIC_NAME_EMPTY = Rule(
    "metric-name-empty",
    Severity.ERROR,
    "Every metric has a name",
    "The name is what people see and what is compared between jobs.",
    ('metrics["Max speed"].name = ""',),
    ('metrics["Max speed"].name = "Top speed"',),
)
METRIC_NAME_DUPLICATE = Rule(
    "metric-name-duplicate",
    Severity.ERROR,
    "No two metrics have the same name",
    "Metrics of events are exempt since 0.12.0: each event may have its own Max speed.",
    ('metrics["Max speed"].name = "Summary"',),
    ('metrics["Max speed"].name = "Landing speed"',),
)
METRIC_TYPE_UNSET = Rule(
    "metric-type-unset",
    Severity.ERROR,
    "Every metric has a type",
    "The type says which of the twelve kinds of values the metric holds.",
    ('metrics["Max speed"].type = unset',),
    ('metrics["Max speed"].type = SCALAR',),
)
IMPORTANCE_UNSET = Rule(
    "importance-unset",
    Severity.ERROR,
    "Every metric and every event has an importance",
    "ZERO is an importance; unset is not.",
    ('metrics["Max speed"].importance = unset',),
    ('metrics["Max speed"].importance = ZERO',),
)
METRIC_JOB_MISSING = Rule(
    "metric-job-missing",
    Severity.ERROR,
    "Every metric has a job id",
    "Each metric repeats the job id of the file.",
    ('metrics["Max speed"].job_id = unset',),
    ('metrics["Max speed"].job_id = job_id',),
)
METRIC_JOB_DIFFERS = Rule(
    "metric-job-differs",
    Severity.ERROR,
    "Every metric has the job id of the file",
    "The two are compared letter by letter: other case or braces are another id.",
    ('metrics["Max speed"].job_id = metrics["Summary"].id',),
    ('metrics["Max speed"].job_id = job_id',),
)
TAG_EMPTY = Rule(
    "tag-empty",
    Severity.ERROR,
    "Every tag has a key and a value",
    "A tag with an empty key or value is rejected.",
    ('metrics["Max speed"].tags = [{"key": "team", "value": ""}]',),
    ('metrics["Max speed"].tags = [{"key": "team", "value": "planning"}]',),
)

IMPORTANCE_HINT = "Set ZERO, LOW, MEDIUM, HIGH or CRITICAL."


def report_duplicate_id(context: Context, metric_id: str, position: int) -> None:
    first = context.metrics[metric_id][0]
    context.report(
        METRIC_ID_DUPLICATE,
        Target("metric", position),
        context.metric_place(position) + ".id",
        f"has the same id as {context.metric_place(first)}: {short(metric_id)}",
        "Give each metric an id of its own, or write it once.",
        ("same id", metric_id),
    )


def report_bad_id(context: Context, metric_id: str, position: int) -> None:
    context.report(
        METRIC_ID,
        Target("metric", position),
        context.metric_place(position) + ".id",
        f"has the id {quoted(metric_id)}, which is not a valid UUID" if metric_id else "has no id",
        "Give it a UUID.",
    )


def check_set(context: Context, position: int, name: str, status: int, importance: int) -> None:
    """Name, status and importance: whether they are set, and to a number that has a name."""
    if not name:
        _unset(context, position, "name", METRIC_NAME_EMPTY, "has no name", "Give it a name.")
    for field, number, rule, hint in (
        ("status", status, STATUS_UNSET, STATUS_HINT),
        ("importance", importance, IMPORTANCE_UNSET, IMPORTANCE_HINT),
    ):
        if not number:
            _unset(context, position, field, rule, f"has no {field}", hint)
        elif not 1 <= number <= schema_constants.LAST:
            location = f"{context.metric_place(position)}.{field}"
            report_unknown_number(context, Target("metric", position), location, number)


def check_type(context: Context, position: int, number: int, field: str | None) -> None:
    if number:
        location = f"{context.metric_place(position)}.type"
        report_unknown_number(context, Target("metric", position), location, number)
        return
    hint = (
        f"Its values are those of a {schema_constants.values_type(field)} metric."
        if field
        else "Set the type that fits its values."
    )
    _unset(context, position, "type", METRIC_TYPE_UNSET, "has no type", hint)


def _unset(
    context: Context, position: int, field: str, rule: Rule, message: str, hint: str
) -> None:
    context.report(
        rule, Target("metric", position), f"{context.metric_place(position)}.{field}", message, hint
    )


def report_duplicate_name(context: Context, name: str, first: int, position: int) -> None:
    if not name:
        return  # An empty name is a finding of its own.
    context.report(
        METRIC_NAME_DUPLICATE,
        Target("metric", position),
        f"metrics[{position}].name",
        f"has the same name as metrics[{first}]: {quoted(name)}",
        "Give each metric a name of its own"
        + (", or mark metrics of events as event metrics." if context.edition.event_names else "."),
        ("same name", name),
    )


def report_job(context: Context, position: int, metric: pb.Metric, job_id: str) -> None:
    where = context.metric_place(position) + ".job_id"
    target = Target("metric", position)
    if not metric.HasField("job_id"):
        context.report(
            METRIC_JOB_MISSING,
            target,
            where,
            "has no job id",
            f"Set the file's own job id, {short(job_id)}." if job_id else "Set a UUID.",
            "no job id",
        )
        return
    own = metric.job_id.id.data
    if not is_uuid(context.message.job_id.id.data) and own in (
        job_id,
        context.message.job_id.id.data,
    ):
        return
    if own == job_id:
        message = f"the job id {short(own)} is written with other fields than the file's"
    else:
        wrong = "" if is_uuid(own) else ", which is not a valid UUID"
        message = f"has the job id {short(own)}{wrong}; the file's is {short(job_id)}"
    context.report(
        METRIC_JOB_DIFFERS,
        target,
        where,
        message,
        "Every metric of a file must have the file's own job id, letter by letter.",
        ("job", own),
    )


def check_tags(context: Context, position: int, metric: pb.Metric) -> None:
    for index, tag in enumerate(metric.tags):
        if tag.key and tag.value:
            continue
        what = "key and value" if not (tag.key or tag.value) else "value" if tag.key else "key"
        of = f" of {quoted(tag.key or tag.value)}" if tag.key or tag.value else ""
        context.report(
            TAG_EMPTY,
            Target("metric", position),
            f"{context.metric_place(position)}.tags[{index}]",
            f"the {what}{of} {'are' if ' and ' in what else 'is'} empty",
            "Give every tag a key and a value, or leave the tag out.",
        )
