"""The rows of the metrics and events of a document, its findings, and the row of a job."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus, SeriesKind, TimestampType
from resim_inspect.document.model import (
    DoubleOverTimeValues,
    DoubleSummaryValues,
    FailureDefinition,
    Metric,
    ScalarValues,
    Tag,
    TextValues,
)
from resim_inspect.document.references import data_ids
from resim_inspect.document.summary import summary_position
from resim_inspect.errors import ChangedError, DocumentError
from resim_inspect.export.omissions import Omissions
from resim_inspect.text import INT64_MAX, INT64_MIN, json_number

if TYPE_CHECKING:
    from resim_inspect.validation.findings import Finding

Row = Sequence[Any]
"""Values in the order of a table's columns; None where one is missing."""


class JobFile(NamedTuple):
    """A job to export, and what is known about it besides its metrics file."""

    name: str
    """Name in the tables, different for each job of an export."""
    path: Path
    experience: str | None = None
    seconds: float | None = None
    """Duration of the recorded run."""
    missing: str = ""
    """Reason why a job of a workspace has no metrics file, if it has none; else empty."""


def metric_rows(
    document: Document,
    job: str,
    omissions: Omissions,
    selected: Collection[int] | None = None,
) -> Iterator[Row]:
    """Yield a row for each metric, or for those at the positions `selected`."""
    approximate = is_approximate(document)
    for metric in document.metrics:
        if selected is not None and metric.position not in selected:
            continue
        limits = _limits(document, metric)
        common = {limit for _, limit in limits}
        only = common.pop() if len(common) == 1 else FailureDefinition()
        yield (
            job,
            metric.position,
            metric.id,
            metric.name,
            metric.type.name,
            metric.status.name,
            metric.importance.name,
            metric.blocking,
            metric.shown,
            metric.event_metric,
            metric_value(document, metric, job, omissions),
            metric.values.text if isinstance(metric.values, TextValues) else None,
            metric_unit(document, metric),
            only.fails_above,
            only.fails_below,
            _limits_json(limits),
            metric.order,
            metric.description,
            _tags(metric.tags),
            approximate,
        )


def metric_value(
    document: Document, metric: Metric, job: str, omissions: Omissions
) -> float | None:
    """Value of a scalar or a double summary; None for other metrics and without a value."""
    values = metric.values
    if isinstance(values, ScalarValues):
        return values.value
    if not isinstance(values, DoubleSummaryValues):
        return None
    data = document.data_by_id(values.value_data)
    if data is None or data.is_per_category or data.kind is not SeriesKind.DOUBLES:
        return None
    try:
        position = summary_position(document, data, values)
        series = document.series(data).doubles
    except ChangedError:
        raise
    except DocumentError as error:
        omissions.error(job, f'the value of "{metric.name}" cannot be read: {error}.')
        return None
    if position is None or not 0 <= position < len(series):
        return None
    return float(series[position])


def metric_unit(document: Document, metric: Metric) -> str | None:
    """Unit of a scalar, or the one unit of all data of the metric that have one."""
    if isinstance(metric.values, ScalarValues):
        return metric.values.unit or None
    entries = map(document.data_by_id, data_ids(metric.values))
    units = {data.unit for data in entries if data is not None and data.unit}
    return units.pop() if len(units) == 1 else None


def _limits(document: Document, metric: Metric) -> list[tuple[str | None, FailureDefinition]]:
    """Name of the data, None for a scalar, and limits of each series of a metric."""
    values = metric.values
    if isinstance(values, ScalarValues):
        limit = values.failure_definition
        return [] if limit is None else [(None, limit)]
    if isinstance(values, DoubleSummaryValues):
        return [(_data_name(document, values.value_data), values.failure_definition)]
    if isinstance(values, DoubleOverTimeValues):
        pairs = zip(values.doubles_data, values.failure_definitions, strict=False)
        return [(_data_name(document, data_id), limit) for data_id, limit in pairs]
    return []


def _data_name(document: Document, data_id: str) -> str:
    data = document.data_by_id(data_id)
    return data_id if data is None else data.name


def _limits_json(limits: Iterable[tuple[str | None, FailureDefinition]]) -> str | None:
    limit_values = [
        {
            "data": name,
            "fails_above": _plain(limit.fails_above),
            "fails_below": _plain(limit.fails_below),
        }
        for name, limit in limits
        if limit != FailureDefinition()
    ]
    return json.dumps(limit_values) if limit_values else None


def _plain(value: float | None) -> float | str | None:
    return None if value is None else json_number(value)


def _tags(tags: Sequence[Tag]) -> str | None:
    if not tags:
        return None
    tags_of: dict[str, list[str]] = {}
    for tag in tags:
        tags_of.setdefault(tag.key, []).append(tag.value)
    return json.dumps({key: all_[0] if len(all_) == 1 else all_ for key, all_ in tags_of.items()})


def event_rows(document: Document, job: str) -> Iterator[Row]:
    """Yield a row for each event."""
    approximate = is_approximate(document)
    for event in document.events:
        names = []
        for metric_id in event.metrics:
            metric = document.metric_by_id(metric_id)
            names.append(metric_id if metric is None else metric.name)
        time = min(max(event.timestamp, INT64_MIN), INT64_MAX)
        dated = event.timestamp_type is TimestampType.ABSOLUTE and abs(time) < INT64_MAX
        yield (
            job,
            event.position,
            event.id,
            event.name,
            time,
            event.timestamp_type.name,
            time if dated else None,
            event.status.name,
            event.importance.name,
            event.description,
            json.dumps(list(event.tags)) if event.tags else None,
            json.dumps(names) if names else None,
            approximate,
        )


def finding_rows(document: Document, job: str) -> Iterator[Row]:
    """Yield a row for each finding, by the rules of the newest release."""
    from resim_inspect.validation import validate

    report = validate(document)
    yield from rows_of_findings(document, report.findings, report.edition, job)


def rows_of_findings(
    document: Document, findings: Iterable[Finding], edition: str, job: str
) -> Iterator[Row]:
    """Yield a row for each of some findings about a document by the rules of an edition."""
    approximate = is_approximate(document)
    for finding in findings:
        target = finding.target
        yield (
            job,
            finding.rule,
            finding.severity.value,
            finding.where,
            finding.message,
            finding.hint,
            target.kind,
            None if target.kind == "file" else target.position,
            edition,
            approximate,
        )


def job_row(job: JobFile, document: Document) -> Row:
    """Return the row of a job whose metrics have been read."""
    statuses = Counter(int(metric.status) for metric in document.message.job_level_metrics.metrics)
    return (
        job.name,
        job.experience,
        document.job_id,
        _path_text(job.path),
        document.verdict.name,
        document.status.name,
        None,
        job.seconds,
        document.size,
        len(document.metrics),
        len(document.data),
        len(document.events),
        statuses[int(MetricStatus.PASSED)],
        statuses[int(MetricStatus.FAIL_WARN)],
        statuses[int(MetricStatus.FAIL_BLOCK)],
        is_approximate(document),
    )


def _path_text(path: Path) -> str:
    """A path as text that every format can hold, also one that is not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def unread_job_row(job: JobFile, note: str) -> Row:
    """Return the row of a job without readable metrics."""
    return (
        job.name,
        job.experience,
        None,
        _path_text(job.path),
        None,
        None,
        note,
        job.seconds,
        *[None] * 8,
    )
