"""Every series of a document, one after the other: for what goes through all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resim_inspect.document.decode import decode, decode_parsed
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Series


class Entry(NamedTuple):
    """A series and whose it is."""

    position: int
    """Of its metrics data."""
    category: str | None
    series: Series


def every_series(document: Document) -> Iterator[Entry]:
    """Decode all series in the order of the file, those of each category too.

    None is kept, so that memory holds one at a time. Files and data without a series are
    left out. Raises ChangedError and MalformedError as `Document.series` does.
    """
    for position, data in enumerate(document.message.metrics_data):
        heavy = document.heavy.get(position)
        if heavy is not None:
            payload = document.heavy_payload(position)
            yield Entry(position, None, decode(SeriesKind(heavy.kind), payload))
            continue
        holds = data.WhichOneof("data")
        if holds == "series":
            series = decode_parsed(data.series)
            if series is not None:
                yield Entry(position, None, series)
        elif holds == "series_per_category":
            by_category = data.series_per_category.category_to_series
            for category in sorted(by_category):
                series = decode_parsed(by_category[category])
                if series is not None:
                    yield Entry(position, category, series)
