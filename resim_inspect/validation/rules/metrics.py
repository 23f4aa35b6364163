"""Rules for metrics: ids, names, job, status, importance, tags, and type against values."""

from __future__ import annotations

from typing import Any

from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import FILE, Context, quoted
from resim_inspect.validation.editions import ARRIVALS, written
from resim_inspect.validation.findings import Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.values import CHECKS


def check_metrics(context: Context) -> None:
    """Fill the table of metrics, and check everything about each metric."""
    job = context.message.job_id
    job_id = _expected_job(context)
    # A metric without a job id equals a file without one; one that has something never does.
    no_job = not job.id.data
    by_id = context.metrics
    names: dict[str, int] = {}
    old_names = not context.edition.event_names
    known_values = {
        field: check for field, check in CHECKS.items() if context.edition.knows(field)
    }.get
    wanted_values = {
        number: field
        for number, field in schema_constants.VALUES_OF_TYPE.items()
        if context.edition.knows(field)
    }.get
    for position, metric in enumerate(context.message.job_level_metrics.metrics):
        name = metric.name
        metric_id = metric.metric_id.id.data
        if metric_id in by_id:
            _duplicate_id(context, metric_id, position)
        elif not is_uuid(metric_id):
            _bad_id(context, metric_id, position)
        by_id[metric_id] = (position, name)
        if metric.event_metric:
            context.event_metrics.append((position, metric_id))
            of_job = old_names
        else:
            of_job = True
        if of_job:
            if name in names:
                _duplicate_name(context, name, names[name], position)
            else:
                names[name] = position
        status, importance = metric.status, metric.importance
        context.statuses.add(status)
        if (
            not name
            or not 1 <= status <= schema_constants.LAST
            or not 1 <= importance <= schema_constants.LAST
        ):
            _check_set(context, position, name, status, importance)
        if metric.job_id != job or (no_job and not metric.HasField("job_id")):
            _job_differs(context, position, metric, job_id)
        if metric.tags:
            _check_tags(context, position, metric)

        number = metric.type
        values = metric.metric_values
        field = values.WhichOneof("metric_values")
        check = None if field is None else known_values(field)
        if check is None or field is None:
            _no_values(context, position, field)
            if field is not None:
                _mark_used(context, getattr(values, field))
        else:
            check(context, position, getattr(values, field))
            if number and field != wanted_values(number, schema_constants.IMAGE_VALUES):
                _wrong_values(context, position, number, field)
        if not 1 <= number <= schema_constants.LAST_TYPE:
            _check_type(context, position, number, field)


def _expected_job(context: Context) -> str:
    """The job id that the metrics should have."""
    job_id = context.message.job_id.id.data
    if is_uuid(job_id):
        return job_id
    # That is a finding of its own; what the metrics agree on is not ten more.
    own = (metric.job_id.id.data for metric in context.message.job_level_metrics.metrics)
    return next(filter(is_uuid, own), job_id)


def _duplicate_id(context: Context, metric_id: str, position: int) -> None:
    first = context.metrics[metric_id][0]
    context.error(
        "metric-id-duplicate",
        Target("metric", position),
        context.metric_place(position) + ".id",
        f"has the same id as {context.metric_place(first)}: {short(metric_id)}",
        "Give each metric an id of its own, or write it once.",
        ("same id", metric_id),
    )


def _bad_id(context: Context, metric_id: str, position: int) -> None:
    context.error(
        "metric-id",
        Target("metric", position),
        context.metric_place(position) + ".id",
        f"has the id {quoted(metric_id)}, which is no UUID" if metric_id else "has no id",
        "Give it a UUID.",
    )


def _check_set(context: Context, position: int, name: str, status: int, importance: int) -> None:
    """Name, status and importance: whether they are set, and to a number that has a name."""
    if not name:
        _unset(context, position, "name", "metric-name-empty", "has no name", "Give it a name.")
    for field, number, rule, hint in (
        ("status", status, "status-unset", _STATUS_HINT),
        ("importance", importance, "importance-unset", _IMPORTANCE_HINT),
    ):
        if not number:
            _unset(context, position, field, rule, f"has no {field}", hint)
        elif not 1 <= number <= schema_constants.LAST:
            place = f"{context.metric_place(position)}.{field}"
            context.unknown_number(Target("metric", position), place, number)


def _check_type(context: Context, position: int, number: int, field: str | None) -> None:
    if number:
        place = f"{context.metric_place(position)}.type"
        context.unknown_number(Target("metric", position), place, number)
        return
    hint = (
        f"Its values are those of a {schema_constants.values_type(field)} metric."
        if field
        else "Set the type that fits its values."
    )
    _unset(context, position, "type", "metric-type-unset", "has no type", hint)


_STATUS_HINT = "Set PASSED, FAIL_WARN, FAIL_BLOCK, NOT_APPLICABLE or RAW."
_IMPORTANCE_HINT = "Set ZERO, LOW, MEDIUM, HIGH or CRITICAL."


def _unset(context: Context, position: int, field: str, rule: str, message: str, hint: str) -> None:
    context.error(
        rule, Target("metric", position), f"{context.metric_place(position)}.{field}", message, hint
    )


def _duplicate_name(context: Context, name: str, first: int, position: int) -> None:
    if not name:
        return  # An empty name is a finding of its own.
    context.error(
        "metric-name-duplicate",
        Target("metric", position),
        f"metrics[{position}].name",
        f"has the same name as metrics[{first}]: {quoted(name)}",
        "Give each metric a name of its own"
        + (", or mark metrics of events as event metrics." if context.edition.event_names else "."),
        ("same name", name),
    )


def _job_differs(context: Context, position: int, metric: pb.Metric, job_id: str) -> None:
    where = context.metric_place(position) + ".job_id"
    target = Target("metric", position)
    if not metric.HasField("job_id"):
        context.error(
            "metric-job-missing",
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
        wrong = "" if is_uuid(own) else ", which is no UUID"
        message = f"has the job id {short(own)}{wrong}; the file's is {short(job_id)}"
    context.error(
        "metric-job-differs",
        target,
        where,
        message,
        "Every metric of a file must have the file's own job id, letter by letter.",
        ("job", own),
    )


def _check_tags(context: Context, position: int, metric: pb.Metric) -> None:
    for place, tag in enumerate(metric.tags):
        if tag.key and tag.value:
            continue
        what = "key and value" if not (tag.key or tag.value) else "value" if tag.key else "key"
        of = f" of {quoted(tag.key or tag.value)}" if tag.key or tag.value else ""
        context.error(
            "tag-empty",
            Target("metric", position),
            f"{context.metric_place(position)}.tags[{place}]",
            f"the {what}{of} {'are' if ' and ' in what else 'is'} empty",
            "Give every tag a key and a value, or leave the tag out.",
        )


def _no_values(context: Context, position: int, field: str | None) -> None:
    where = context.metric_place(position) + ".values"
    target = Target("metric", position)
    if field is None:
        context.error(
            "values-missing", target, where, "has no values", "Store the values of its type."
        )
        return
    kind = schema_constants.values_type(field)
    context.error(
        "values-too-new",
        target,
        where,
        f"edition {context.edition.name} does not know {kind} metrics; "
        f"they came with {written(ARRIVALS[field])}",
        "Use another type of metric, or a newer open-core.",
    )


def _mark_used(context: Context, values: Any) -> None:
    """Mark what values refer to that no rule of this edition looks at."""
    for _, value in values.ListFields():
        for one in value if hasattr(value, "append") else (value,):
            if isinstance(one, pb.MetricsDataId) and one.id.data in context.data:
                context.data[one.id.data].used = True


def _wrong_values(context: Context, position: int, number: int, field: str) -> None:
    context.error(
        "values-type",
        Target("metric", position),
        context.metric_place(position) + ".values",
        f"its type is {schema_constants.metric_type(number)}, but its values are those of a "
        f"{schema_constants.values_type(field)} metric",
        "Make type and values fit each other.",
    )


def check_statuses(context: Context) -> None:
    """The status of the file against that of its collection and its metrics."""
    message = context.message
    own = message.metrics_status
    collection = message.job_level_metrics.metrics_status
    for place, number in (
        ("metrics_status", own),
        ("job_level_metrics.metrics_status", collection),
    ):
        if not 0 <= number <= schema_constants.LAST:
            context.unknown_number(FILE, place, number)
    if not own:
        context.error(
            "status-unset", FILE, "metrics_status", "the file has no status", _STATUS_HINT
        )
    if not collection:
        context.error(
            "status-unset",
            FILE,
            "job_level_metrics.metrics_status",
            "the collection of metrics has no status",
            _STATUS_HINT,
        )
    found = context.statuses
    worst = (
        schema_constants.FAIL_BLOCK
        if schema_constants.FAIL_BLOCK in found
        else schema_constants.FAIL_WARN
        if schema_constants.FAIL_WARN in found
        else schema_constants.PASSED
    )
    if context.edition.statuses_agree:
        if own and own != worst:
            context.error(
                "status-disagrees",
                FILE,
                "metrics_status",
                f"the file says {schema_constants.status(own)},"
                f" its metrics make it {schema_constants.status(worst)}",
                f"Before 0.1.0 the file's status must be {schema_constants.status(worst)}.",
            )
        if own and collection and collection != own:
            context.error(
                "status-disagrees",
                FILE,
                "job_level_metrics.metrics_status",
                f"the collection says {schema_constants.status(collection)},"
                f" the file {schema_constants.status(own)}",
                "Before 0.1.0 the two must be the same.",
            )
        return
    if own and collection and own != collection:
        context.warning(
            "status-contradicts",
            FILE,
            "job_level_metrics.metrics_status",
            f"the collection says {schema_constants.status(collection)},"
            f" the file {schema_constants.status(own)}",
            "Set both alike; ReSim shows the file's.",
        )
    if own and _failing(own) != _failing(worst):
        at = next(
            (
                position
                for position, metric in enumerate(message.job_level_metrics.metrics)
                if metric.status == worst
            ),
            None,
        )
        because = (
            "none of its metrics fails"
            if not _failing(worst)
            else f"{context.metric_place(at or 0)} is {schema_constants.status(worst)}"
        )
        context.warning(
            "status-contradicts",
            FILE,
            "metrics_status",
            f"the file says {schema_constants.status(own)}, but {because}",
            "Leave it if it is meant; else set the status of the worst metric.",
        )


def _failing(number: int) -> int:
    return number if number in (schema_constants.FAIL_WARN, schema_constants.FAIL_BLOCK) else 0
