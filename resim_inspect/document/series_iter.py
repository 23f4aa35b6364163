"""Iteration over all series of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resim_inspect.document.decode import decode, decode_parsed
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Series
from resim_inspect.schema import metrics_pb2 as pb

_MIN_DATA_TOGETHER = 1000
"""Metrics data from which the short ones are decoded together."""


class SeriesEntry(NamedTuple):
    """A decoded series and the data that it belongs to."""

    position: int
    """Position of the metrics data."""
    category: str | None
    series: Series


def iter_series(document: Document) -> Iterator[SeriesEntry]:
    """Decode all series in the order of the file, including those of each category.

    No series is cached, so that memory holds a few short ones or one large one at a time. Files and
    data without a series are left out. Raises ChangedError and MalformedError as `Document.series`
    does.
    """
    if len(document.data_messages) < _MIN_DATA_TOGETHER:
        for position, data in enumerate(document.data_messages):
            yield from _entries(document, position, data)
        return
    from resim_inspect.document.columns.block_series import short_series

    contents = short_series(document.index_message, document.data_messages)
    for position, content in enumerate(contents):
        if isinstance(content, Series):
            yield SeriesEntry(position, None, content)
        else:
            yield from _entries(document, position, content)


def _entries(document: Document, position: int, data: pb.MetricsData) -> Iterator[SeriesEntry]:
    """The series of one data, each decoded by itself."""
    deferred = document.deferred.get(position)
    if deferred is not None:
        payload = document.deferred_payload(position)
        yield SeriesEntry(position, None, decode(SeriesKind(deferred.kind), payload))
        return
    holds = data.WhichOneof("data")
    if holds == "series":
        series = decode_parsed(data.series)
        if series is not None:
            yield SeriesEntry(position, None, series)
    elif holds == "series_per_category":
        by_category = data.series_per_category.category_to_series
        for category in sorted(by_category):
            series = decode_parsed(by_category[category])
            if series is not None:
                yield SeriesEntry(position, category, series)
