"""A document as facts, one a line: the file, each metric, findings and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from resim_inspect.commands.plain_output.series_facts import series_facts
from resim_inspect.commands.plain_output.words import (
    counted_statuses,
    end_of_sentence,
    finding_sentences,
    joined,
    limit_sentences,
    shown_name,
    status_word,
    whole_sentence,
)
from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import (
    DoubleSummaryValues,
    HistogramValues,
    ImageListValues,
    ImageValues,
    Metric,
    PlotlyValues,
    ScalarValues,
    TextValues,
)
from resim_inspect.document.references import value_series
from resim_inspect.document.summary import headline
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, count, quantity, size

if TYPE_CHECKING:
    from resim_inspect.document import Document

TEXT_LINES = 200
"""Lines of a text that are said."""
DESCRIPTION_LIMIT = 2_000
FINDINGS = 200
"""Findings that are said; the rest are counted."""
VALIDATED_BYTES = 200_000_000
"""Size of a file up to which the overview has its findings, which read every series."""


def overview(document: Document) -> Iterator[str]:
    """Yield the facts about the file itself."""
    name = clean(str(document.path or "metrics.binproto"))
    yield f"The file is {name}, {size(document.size)}."
    yield f"Its verdict is {_verdict(document.verdict)}."
    if is_approximate(document):
        yield whole_sentence(APPROXIMATE_NOTE)
    parts = [
        count(len(document.metrics), "metric"),
        f"{len(document.data):,} metrics data",
        count(len(document.events), "event"),
    ]
    yield f"It has {joined(parts)}."
    messages = document.message.job_level_metrics.metrics
    if len(messages):
        counts = Counter(MetricStatus(message.status) for message in messages)
        yield f"Of its metrics, {counted_statuses(counts.items())}."
    if document.size <= VALIDATED_BYTES:
        yield validity(document)
    else:
        yield "Its findings take long to compute: the command findings reads them out."


def _verdict(status: MetricStatus) -> str:
    return status_word(status) if status else "not set"


def metric_line(document: Document, position: int) -> str:
    """Return a metric in one sentence with its number, which is its place in the file from 1."""
    metric = document.metrics[position]
    # A screen reader skips or misreads the sign; letters of a value, such as a path, stay as is.
    value = end_of_sentence(headline(document, metric).replace(" × ", " of "))
    name, status = shown_name(metric.name), status_word(metric.status)
    return f"Metric {position + 1:,}, {name}, is {status}: {value}"


def metric_facts(document: Document, position: int) -> Iterator[str]:
    """Yield everything about one metric; instead of a drawing its notable values and times."""
    metric = document.metrics[position]
    total = len(document.metrics)
    name, status = shown_name(metric.name), status_word(metric.status)
    yield f"Metric {position + 1:,} of {total:,} is {name}, and it is {status}."
    kind = metric.type.label if metric.type.known else f"unknown type {int(metric.type)}"
    importance = f" of {metric.importance.name} importance" if metric.importance else ""
    yield f"Its type is {kind}{importance}{', and it blocks' if metric.blocking else ''}."
    if metric.should_display is False:
        yield "It is not displayed by ReSim."
    if metric.description.strip():
        yield f"Its description: {whole_sentence(metric.description, DESCRIPTION_LIMIT)}"
    try:
        yield from value_facts(document, metric)
    except DocumentError as error:
        yield f"Its values cannot be read: {clean(str(error))}."
    yield from series_facts(document, metric)
    if metric.event_metric:
        events = [shown_name(event.name) for event in document.events_of(metric)]
        word = "the event" if len(events) == 1 else "the events"
        yield f"It belongs to {f'{word} {joined(events)}' if events else 'no event'}."
    if metric.tags:
        tags = [f"{clean(tag.key, 60)}={clean(tag.value, 120)}" for tag in metric.tags]
        yield f"Its tags are {joined(tags)}."


def value_facts(document: Document, metric: Metric) -> Iterator[str]:
    """Yield the facts of a metric's values, without those of its series."""
    values = metric.values
    if values is None:
        yield "It has no values."
    elif isinstance(values, ScalarValues):
        if values.value is None:
            yield "It has no value."
            return
        unit = values.unit or ""
        yield f"Its value is {quantity(values.value, unit)}."
        yield from limit_sentences(values.failure_definition, values.value, values.value, unit)
    elif isinstance(values, TextValues):
        lines = [line for line in clean(values.text, lines=True).split("\n") if line.strip()]
        yield f"Its text has {count(len(lines), 'line')}{':' if lines else '.'}"
        yield from lines[:TEXT_LINES]
        if len(lines) > TEXT_LINES:
            yield f"The text has {len(lines) - TEXT_LINES:,} more lines."
    elif isinstance(values, ImageValues | ImageListValues):
        yield from _images(document, metric)
    elif isinstance(values, DoubleSummaryValues):
        yield f"Its value is {headline(document, metric)}."
    elif isinstance(values, HistogramValues):
        yield f"It has {headline(document, metric)}."
        if values.buckets:
            yield from _buckets(document, values)
    elif isinstance(values, PlotlyValues):
        yield f"Its figure has {headline(document, metric)}."
        yield "The figure cannot be read out; `resim-inspect browse` opens it in a browser."
    elif not value_series(values):
        yield f"Its value is {headline(document, metric)}."


def _images(document: Document, metric: Metric) -> Iterator[str]:
    for data in document.data_of(metric):
        path = document.external_path(data)
        if path is None:
            yield f"Its image {shown_name(data.name)} has no file."
        else:
            there = "" if path.is_file() else ", which does not exist"
            yield f"Its image {shown_name(data.name)} is the file {clean(str(path))}{there}."


def _buckets(document: Document, values: HistogramValues) -> Iterator[str]:
    """Yield the fullest bucket of a histogram."""
    import numpy as np

    data = document.data_by_id(values.values_data)
    if data is None or data.is_per_category:
        return
    numbers = document.series(data).doubles
    counts = []
    for bucket in values.buckets:
        low = -np.inf if bucket.lower is None else bucket.lower
        high = np.inf if bucket.upper is None else bucket.upper
        counts.append(int(np.count_nonzero((numbers >= low) & (numbers < high))))
    fullest = int(np.argmax(counts))
    bucket = values.buckets[fullest]
    ends = [
        quantity(end, data.unit) if end is not None else "an open end"
        for end in (bucket.lower, bucket.upper)
    ]
    yield f"Its fullest bucket, from {ends[0]} to {ends[1]}, has {count(counts[fullest], 'value')}."


def validity(document: Document) -> str:
    """Return the verdict of ReSim's validator and the number of findings in one sentence."""
    from resim_inspect.validation import Severity, validate

    try:
        report = validate(document)
    except DocumentError as error:
        return f"The file cannot be validated: {clean(str(error))}."
    verdict = "accepts" if report.valid else "rejects"
    counts = [
        severity.counted(report.count(severity)) for severity in Severity if report.count(severity)
    ]
    return f"ReSim's validator {verdict} it, with {joined(counts) if counts else 'no findings'}."


def finding_facts(document: Document) -> Iterator[str]:
    """Yield every finding as a sentence with its place and its hint."""
    from resim_inspect.validation import validate

    yield validity(document)
    try:
        findings = validate(document).findings
    except DocumentError:
        return
    for number, finding in enumerate(findings[:FINDINGS], 1):
        yield from finding_sentences(number, finding)
    if len(findings) > FINDINGS:
        rest = count(len(findings) - FINDINGS, "more finding")
        yield f"There are {rest}: `resim-inspect validate --format json` has them all."


def event_facts(document: Document) -> Iterator[str]:
    """Yield every event: its name, time, status, description and metrics."""
    if not len(document.events):
        yield "The file has no events."
    for number, event in enumerate(document.events, 1):
        name, status = shown_name(event.name), status_word(event.status)
        yield f"Event {number:,}, {name}, is {status}, at {event.time_text}."
        if event.description.strip():
            yield f"Its description: {whole_sentence(event.description, DESCRIPTION_LIMIT)}"
        metrics = [document.metric_by_id(metric_id) for metric_id in event.metrics]
        names = [shown_name(metric.name) for metric in metrics if metric is not None]
        if names:
            yield f"Its metrics are {joined(names)}."
