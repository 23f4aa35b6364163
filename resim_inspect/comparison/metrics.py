"""Comparison of two metrics: status first, then values, then everything else."""

from __future__ import annotations

import numpy as np

from resim_inspect.comparison.attributes import attribute_differences
from resim_inspect.comparison.changes import Change, Measured, Reading
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction, status_direction, strongest
from resim_inspect.comparison.metric_types import compare_values, measured_values
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.model import DoubleSummaryValues, Metric, ScalarValues
from resim_inspect.document.summary import headline


@np.errstate(over="ignore", invalid="ignore")
def compare_metrics(
    pair: Pair, before: Metric, after: Metric, tolerance: Tolerance, *, event: str = ""
) -> Change:
    """Compare two metrics that belong together; neither side's faults raise an error."""
    status = status_direction(before.status, after.status)
    why: list[str] = []
    if before.type is not after.type:
        values = ValueComparison(
            Direction.CHANGED,
            Measured(headline(pair.before, before)),
            Measured(headline(pair.after, after)),
            (f"type {before.type.label} → {after.type.label}; the values are not compared",),
        )
    else:
        values = compare_values(pair, before.values, after.values, tolerance)
    attributes = tuple(attribute_differences(before, after))
    direction = strongest(
        status, values.direction, Direction.CHANGED if attributes else Direction.SAME
    )
    if status is not Direction.SAME:
        why.append(f"{before.status.name} → {after.status.name}")
    why += [*values.why, *attributes]
    return Change(
        name=after.name,
        type=after.type.name,
        direction=direction,
        before=Reading(before.status, values.before),
        after=Reading(after.status, values.after),
        why=tuple(why),
        event=event,
        delta=difference(values.before, values.after),
        blocking=bool(before.blocking or after.blocking),
        closer=values.closer,
        details=values.details,
        position=after.position,
        base_position=before.position,
    )


def same_metric(
    pair: Pair, metric: Metric, tolerance: Tolerance, *, event: str, position: int
) -> Change:
    """Describe a metric that did not change; both sides of the pair are its document.

    `position` is its place in the other side's file.
    """
    measured = measured_values(pair, metric.values, tolerance)
    reading = Reading(metric.status, measured)
    return Change(
        name=metric.name,
        type=metric.type.name,
        direction=Direction.SAME,
        before=reading,
        after=reading,
        event=event,
        delta=difference(measured, measured),
        blocking=bool(metric.blocking),
        position=position,
        base_position=metric.position,
    )


def same_record(document: Document, position: int, event: str) -> Change:
    """Describe a metric of a document that did not change, without its value."""
    message = document.message.job_level_metrics.metrics[position]
    reading = Reading(MetricStatus(message.status))
    return Change(
        name=message.name,
        type=MetricType(message.type).name,
        direction=Direction.SAME,
        before=reading,
        after=reading,
        event=event,
        blocking=message.blocking,
        position=position,
        base_position=position,
    )


def difference(before: Measured, after: Measured) -> float | None:
    """Difference, after minus before, if both are numbers of one unit and meaning."""
    if before.value is None or after.value is None:
        return None
    if before.unit != after.unit or before.measure != after.measure:
        return None
    if before.value == after.value:
        # Two infinities of one sign do not differ, although they cannot be subtracted.
        return 0.0
    return after.value - before.value


def single_metric(document: Document, metric: Metric, direction: Direction, event: str) -> Change:
    """Describe a metric that only one side has; `direction` is GONE or ADDED."""
    reading = Reading(metric.status, measured(document, metric))
    gone = direction is Direction.GONE
    return Change(
        name=metric.name,
        type=metric.type.name,
        direction=direction,
        before=reading if gone else None,
        after=None if gone else reading,
        why=("a blocking metric",) if gone and metric.blocking else (),
        event=event,
        blocking=bool(metric.blocking),
        position=None if gone else metric.position,
        base_position=metric.position if gone else None,
    )


def measured(document: Document, metric: Metric) -> Measured:
    """Value of a metric in one line, and the number of a scalar."""
    text = headline(document, metric)
    if isinstance(metric.values, ScalarValues):
        return Measured(text, metric.values.value, metric.values.unit or "")
    return Measured(text, unit=unit_of(document, metric))


def unit_of(document: Document, metric: Metric) -> str:
    """Unit of a metric's values; of several series that of the first."""
    values = metric.values
    if isinstance(values, ScalarValues):
        return values.unit or ""
    if isinstance(values, DoubleSummaryValues):
        data = document.data_by_id(values.value_data)
        return data.unit if data is not None else ""
    return next((data.unit for data in document.data_of(metric) if data.unit), "")
