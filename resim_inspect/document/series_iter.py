"""Iteration over all series of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resim_inspect.document.decode import decode, decode_parsed
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Series


class SeriesEntry(NamedTuple):
    """A decoded series and the data that it belongs to."""

    position: int
    """Position of the metrics data."""
    category: str | None
    series: Series


def iter_series(document: Document) -> Iterator[SeriesEntry]:
    """Decode all series in the order of the file, including those of each category.

    No series is cached, so that memory holds one at a time. Files and data without a series are
    left out. Raises ChangedError and MalformedError as `Document.series` does.
    """
    for position, data in enumerate(document.data_messages):
        deferred = document.deferred.get(position)
        if deferred is not None:
            payload = document.deferred_payload(position)
            yield SeriesEntry(position, None, decode(SeriesKind(deferred.kind), payload))
            continue
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
