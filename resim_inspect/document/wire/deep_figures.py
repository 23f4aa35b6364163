"""Plotly figures that are nested more deeply than protobuf parses, left out of a message.

A writer nests as deeply as it likes; every reader refuses the whole file for it. Without the
figure the rest can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from google.protobuf.struct_pb2 import Struct

from resim_inspect.document.wire.diagnosis import DEPTH, nested_too_deeply
from resim_inspect.document.wire.records import Span, fields
from resim_inspect.document.wire.scan import head
from resim_inspect.document.wire.source import BytesSource

_COLLECTION = 2  # JobMetrics.job_level_metrics
_METRIC = 1  # MetricCollection.metrics
_VALUES = 7  # Metric.metric_values
_PLOTLY = 8  # MetricValues.plotly_metric_values
_FIGURE = 1  # PlotlyMetricValues.json


class WithoutFigures(NamedTuple):
    """A serialized JobMetrics without its figures that are nested too deeply."""

    data: bytes
    offsets: dict[int, int]
    """Offset of each figure that was left out, by the position of its metric."""


def without_deep_figures(data: bytes) -> WithoutFigures | None:
    """Leave out the figures that protobuf refuses; None if there are none.

    Raises TruncatedError or MalformedError for bytes that cannot be walked.
    """
    source = BytesSource(data)
    path = (_COLLECTION, _METRIC, _VALUES, _PLOTLY, _FIGURE)
    offsets: dict[int, int] = {}
    removed: list[tuple[Span, ...]] = []
    position = -1
    seen = -1
    for chain in _chains(source, Span(0, len(data)), path):
        if chain[1].offset != seen:
            position, seen = position + 1, chain[1].offset
        if len(chain) < len(path):
            continue
        figure = data[chain[-1].offset : chain[-1].offset + chain[-1].length]
        if nested_too_deeply(figure, Struct.DESCRIPTOR, DEPTH - len(path)):
            offsets.setdefault(position, chain[-1].offset)
            removed.append(chain)
    if not removed:
        return None
    return WithoutFigures(_rewritten(data, 0, len(data), removed, 0), offsets)


def _chains(
    source: BytesSource, span: Span, path: tuple[int, ...], depth: int = 0
) -> Iterator[tuple[Span, ...]]:
    """Nested fields on a path of field numbers: down to its end, or to each metric without."""
    for number, inner in fields(source, span.offset, span.offset + span.length):
        if number != path[depth]:
            continue
        if depth == len(path) - 1:
            yield (inner,)
            continue
        if depth == 1:
            yield from _metric(source, inner, path)
            continue
        for chain in _chains(source, inner, path, depth + 1):
            yield (inner, *chain)


def _metric(source: BytesSource, metric: Span, path: tuple[int, ...]) -> Iterator[tuple[Span, ...]]:
    """The chains of one metric below its collection; the metric alone if it has none."""
    figures = [(metric, *chain) for chain in _chains(source, metric, path, 2)]
    yield from figures or [(metric,)]


def _rewritten(
    data: bytes, start: int, stop: int, removed: list[tuple[Span, ...]], depth: int
) -> bytes:
    """Bytes of a message without the last field of each chain; lengths above it shrink."""
    parts = []
    at = start
    for span in dict.fromkeys(chain[depth] for chain in removed):
        below = [chain for chain in removed if chain[depth] == span]
        begin = _head_of(data, span)
        parts.append(data[at:begin])
        if depth < len(below[0]) - 1:
            inner = _rewritten(data, span.offset, span.offset + span.length, below, depth + 1)
            parts.append(head(data[begin], len(inner)) + inner)
        at = span.offset + span.length
    parts.append(data[at:stop])
    return b"".join(parts)


def _head_of(data: bytes, span: Span) -> int:
    """Offset of the tag of a field: one byte before its length."""
    at = span.offset - 1
    # All bytes of a varint but the last have their high bit set; the tags here have not.
    while data[at - 1] >= 0x80:
        at -= 1
    return at - 1
