"""One pass over the metrics: their fields, and their type against their values."""

from __future__ import annotations

from typing import Any

from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context
from resim_inspect.validation.editions import ARRIVALS, written
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid
from resim_inspect.validation.rules.metrics import (
    check_set,
    check_tags,
    check_type,
    report_bad_id,
    report_duplicate_id,
    report_duplicate_name,
    report_job,
)
from resim_inspect.validation.rules.values import CHECKS

VALUES_MISSING = Rule(
    "values-missing",
    Severity.ERROR,
    "Every metric has values",
    "A metric without values cannot be shown.",
    ('metrics["Max speed"].values = unset',),
    ('metrics["Max speed"].values.value = 44.7',),
)
VALUES_TOO_NEW = Rule(
    "values-too-new",
    Severity.ERROR,
    "The release knows the values",
    "Batchwise bar charts came with 0.2.0, texts with 0.3.3, image lists with 0.5.0. An "
    "older release sees a metric without values.",
    ('metrics["Photo"].type = IMAGE_LIST', 'metrics["Photo"].values.images = [data["photo"]]'),
    ('metrics["Photo"].type = IMAGE',),
    until="0.5.0",
)
VALUES_TYPE = Rule(
    "values-type",
    Severity.ERROR,
    "Type and values of a metric fit",
    "A metric of the type SCALAR holds the values of a scalar, and so on. A type that the "
    "release does not know is taken for IMAGE.",
    ('metrics["Max speed"].type = TEXT',),
    ('metrics["Max speed"].type = SCALAR',),
)


def check_metrics(context: Context) -> None:
    """Fill the table of metrics and check each metric."""
    by_id: dict[str, tuple[int, str]] = {}
    context.metrics = by_id
    names: dict[str, int] = {}
    old_names = not context.edition.event_names
    checks = MetricChecks(context)
    for position, metric in enumerate(context.message.job_level_metrics.metrics):
        name = metric.name
        metric_id = metric.metric_id.id.data
        if metric_id in by_id:
            report_duplicate_id(context, metric_id, position)
        elif not is_uuid(metric_id):
            report_bad_id(context, metric_id, position)
        by_id[metric_id] = (position, name)
        if metric.event_metric:
            context.event_metrics.append((position, metric_id))
            of_job = old_names
        else:
            of_job = True
        if of_job:
            if name in names:
                report_duplicate_name(context, name, names[name], position)
            else:
                names[name] = position
        checks.check(position, metric, name)


class MetricChecks:
    """The checks of one metric that need no other metric."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._job = context.message.job_id
        self._job_id = _expected_job(context)
        # A metric without a job id equals a file without one; one that has something never does.
        self._no_job = not self._job.id.data
        knows = context.edition.knows
        self._check_of = {field: check for field, check in CHECKS.items() if knows(field)}.get
        self._values_of = {
            number: field
            for number, field in schema_constants.VALUES_OF_TYPE.items()
            if knows(field)
        }.get

    def check(self, position: int, metric: pb.Metric, name: str) -> None:
        """Check the fields of a metric of this name, and its type against its values."""
        context = self._context
        status, importance = metric.status, metric.importance
        context.statuses.add(status)
        if (
            not name
            or not 1 <= status <= schema_constants.LAST
            or not 1 <= importance <= schema_constants.LAST
        ):
            check_set(context, position, name, status, importance)
        if metric.job_id != self._job or (self._no_job and not metric.HasField("job_id")):
            report_job(context, position, metric, self._job_id)
        if metric.tags:
            check_tags(context, position, metric)

        number = metric.type
        values = metric.metric_values
        field = values.WhichOneof("metric_values")
        check = None if field is None else self._check_of(field)
        if check is None or field is None:
            _no_values(context, position, field)
            if field is not None:
                _mark_used(context, getattr(values, field))
        else:
            check(context, position, getattr(values, field))
            if number and field != self._values_of(number, schema_constants.IMAGE_VALUES):
                _wrong_values(context, position, number, field)
        if not 1 <= number <= schema_constants.LAST_TYPE:
            check_type(context, position, number, field)


def _expected_job(context: Context) -> str:
    """The job id that the metrics should have."""
    job_id = context.message.job_id.id.data
    if is_uuid(job_id):
        return job_id
    # That is a finding of its own; what the metrics agree on is not ten more.
    own = (metric.job_id.id.data for metric in context.message.job_level_metrics.metrics)
    return next(filter(is_uuid, own), job_id)


def _no_values(context: Context, position: int, field: str | None) -> None:
    where = context.metric_place(position) + ".values"
    target = Target("metric", position)
    if field is None:
        context.report(
            VALUES_MISSING, target, where, "has no values", "Store the values of its type."
        )
        return
    kind = schema_constants.values_type(field)
    context.report(
        VALUES_TOO_NEW,
        target,
        where,
        f"edition {context.edition.name} does not know {kind} metrics; "
        f"they came with {written(ARRIVALS[field])}",
        "Use another type of metric, or a newer open-core.",
    )


def _mark_used(context: Context, values: Any) -> None:
    """Mark the data of values that this edition does not know as used."""
    for _, value in values.ListFields():
        for identity in value if hasattr(value, "append") else (value,):
            if isinstance(identity, pb.MetricsDataId) and identity.id.data in context.data_by_id:
                context.data_by_id[identity.id.data].used = True


def _wrong_values(context: Context, position: int, number: int, field: str) -> None:
    context.report(
        VALUES_TYPE,
        Target("metric", position),
        context.metric_place(position) + ".values",
        f"its type is {schema_constants.metric_type(number)}, but its values are those of a "
        f"{schema_constants.values_type(field)} metric",
        "Make type and values fit each other.",
    )
