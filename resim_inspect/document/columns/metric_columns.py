"""Columns of the metrics of an index message, a block of records at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.columns.data_columns import blocks
from resim_inspect.document.columns.record_spans import Spans
from resim_inspect.document.columns.rows import Block, Flags, Offsets, Rows, Texts
from resim_inspect.document.enums import MetricType

_MAX_FIELDS = 8
"""Series of a metric, legends and tags up to which it is read here."""
_VALUE_TAGS = {
    MetricType.DOUBLE_OVER_TIME: 0x12,
    MetricType.SCALAR: 0x3A,
    MetricType.TEXT: 0x5A,
}
"""Tag of the field of MetricValues, of the types whose values are read here."""


class MetricColumns(NamedTuple):
    """Columns of n metrics that follow one another in the file.

    Only of those that are `usual` has the rest a meaning. Offsets are those in `block`.
    """

    first: int
    """Position of the first of them among all metrics."""
    block: Block
    usual: Flags
    """True for metrics with ids of 36 bytes, values that are read here, and nothing unusual."""
    ids: Offsets
    names: Texts
    types: NDArray[np.uint8]
    statuses: NDArray[np.uint8]
    importances: NDArray[np.uint8]
    job_ids: Offsets
    """Start of the job's id; -1 where there is none."""
    of_event: NDArray[np.uint8]
    """`event_metric`"""
    tagged: Flags
    """True where each tag has a key and a value, and where there are no tags."""
    holds: NDArray[np.uint8]
    """The metric type that the values are for: DOUBLE_OVER_TIME, SCALAR or TEXT."""
    series: list[tuple[Offsets, Offsets]]
    """Starts of the ids of the data and of the statuses of each series of a DOUBLE_OVER_TIME; -1
    where a metric has fewer."""
    even: Flags
    """True where data, statuses and failure definitions are equally many."""
    scalars: NDArray[np.float64]
    """Values of the SCALAR metrics; NaN where one is not set."""
    empty: Flags
    """True for a TEXT without a text."""


def metric_columns(message: bytes, spans: Spans) -> Iterator[MetricColumns]:
    """The columns of all metrics at `spans` in a JobMetrics that protobuf accepts."""
    for first, rows in blocks(message, spans):
        yield _columns(first, rows)


def _columns(first: int, rows: Rows) -> MetricColumns:
    count = len(rows)
    ids = rows.identifier(0x0A)
    names = rows.text(0x12)
    types = rows.number(0x18)
    rows.text(0x22)  # description
    statuses = rows.number(0x28)
    rows.number(0x30)  # should_display
    values = rows.text(0x3A)
    rows.number(0x40)  # blocking
    importances = rows.number(0x48)
    job_ids = rows.identifier(0x52)
    rows.skip(0x5D, 4)  # order
    of_event = rows.number(0x60)
    tagged, tags_usual = _tags(rows)
    usual = rows.complete & (ids >= 0) & tags_usual
    holds = np.zeros(count, np.uint8)
    even = np.ones(count, np.bool_)
    empty = np.zeros(count, np.bool_)
    scalars = np.full(count, np.nan)
    series: list[tuple[Offsets, Offsets]] = []
    for kind, tag in _VALUE_TAGS.items():
        chosen = np.flatnonzero(usual & (rows.block.bytes[values.starts] == tag))
        if not len(chosen):
            continue
        outer = rows.inside(values, chosen)
        content = outer.text(tag)
        inner = outer.inside(content, slice(None))
        # Where there are no values at all, their field has not been moved over.
        good = outer.complete & (outer.at > values.starts[chosen])
        if kind is MetricType.DOUBLE_OVER_TIME:
            pairs, even[chosen], fitting = _over_time(inner)
            good &= fitting
            series = [
                (_spread(first_column, chosen, count), _spread(two, chosen, count))
                for first_column, two in pairs
            ]
        elif kind is MetricType.SCALAR:
            scalars[chosen], fitting = _scalar(inner)
            good &= fitting
        else:
            text = inner.text(0x0A)
            empty[chosen] = text.stops == text.starts
        holds[chosen[good & inner.complete]] = kind
    usual &= holds > 0
    return MetricColumns(
        first, rows.block, usual, ids, names, types, statuses, importances, job_ids, of_event,
        tagged, holds, series, even, scalars, empty,
    )  # fmt: skip


def _spread(starts: Offsets, chosen: NDArray[np.int64], count: int) -> Offsets:
    """Offsets of the chosen rows as those of all rows; -1 for the others."""
    spread = np.full(count, -1, np.int64)
    spread[chosen] = starts
    return spread


def _tags(rows: Rows) -> tuple[Flags, Flags]:
    """Rows whose tags all have a key and a value, and rows whose tags are in the usual form."""
    filled = np.ones(len(rows), np.bool_)
    usual = filled.copy()
    for _ in range(_MAX_FIELDS):
        before = rows.at
        inner = rows.inside(rows.text(0x6A), slice(None))
        present = rows.at > before
        if not present.any():
            break
        for tag in (0x0A, 0x12):
            text = inner.text(tag)
            filled &= ~present | (text.stops > text.starts)
        usual &= inner.complete
    return filled, usual


def _over_time(values: Rows) -> tuple[list[tuple[Offsets, Offsets]], Flags, Flags]:
    """Ids of the data and the statuses of each series, rows with equally many, and usual rows."""
    data, statuses = _identifiers(values, 0x0A), _identifiers(values, 0x12)
    limits, usual = _failure_definitions(values)
    values.text(0x32)  # y_axis_name
    for _ in range(_MAX_FIELDS):
        before = values.at
        values.text(0x3A)  # legend_series_names
        if (values.at == before).all():
            break
    missing = np.full(len(values), -1, np.int64)
    most = max(len(data), len(statuses))
    data += [missing] * (most - len(data))
    statuses += [missing] * (most - len(statuses))
    even = limits == sum(((column >= 0).astype(np.int64) for column in data), np.zeros_like(limits))
    for data_column, two in zip(data, statuses, strict=True):
        even &= (data_column >= 0) == (two >= 0)
    return list(zip(data, statuses, strict=True)), even, usual


def _identifiers(rows: Rows, tag: int) -> list[Offsets]:
    """Starts of the ids of a repeated field, the first of each row and so on; -1 without it."""
    columns = []
    for _ in range(_MAX_FIELDS):
        starts = rows.identifier(tag)
        if (starts < 0).all():
            break
        columns.append(starts)
    return columns


def _failure_definitions(rows: Rows) -> tuple[NDArray[np.int64], Flags]:
    """Number of failure definitions of each row, and rows where all are in the usual form."""
    counts = np.zeros(len(rows), np.int64)
    usual = np.ones(len(rows), np.bool_)
    for _ in range(_MAX_FIELDS):
        before = rows.at
        inner = rows.inside(rows.text(0x1A), slice(None))
        if (rows.at == before).all():
            break
        counts += rows.at > before
        usual &= _is_failure_definition(inner)
    return counts, usual


def _is_failure_definition(inner: Rows) -> Flags:
    inner.skip(0x09, 8)
    inner.skip(0x11, 8)
    return inner.complete


def _scalar(values: Rows) -> tuple[NDArray[np.float64], Flags]:
    """The values of scalars, NaN where one is not set, and rows in the usual form."""
    at = values.at
    numbers = values.block.words[at + 1].view("<f8")
    numbers = np.where(values.skip(0x09, 8), numbers, np.nan)
    usual = _is_failure_definition(values.inside(values.text(0x12), slice(None)))
    values.text(0x1A)  # unit
    return numbers, usual
