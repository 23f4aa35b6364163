"""A pair of documents, and which of their series are equal byte by byte."""

from __future__ import annotations

from typing import NamedTuple

from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import MetricsData, Series
from resim_inspect.errors import DocumentError

_CHUNK = 1 << 22
"""Bytes of two deferred series that are compared at a time."""


class Values(NamedTuple):
    """A decoded series, or the reason why there is none."""

    series: Series | None
    problem: str = ""


class Pair:
    """Two open documents; answers about series are kept, as several metrics share them."""

    def __init__(self, before: Document, after: Document) -> None:
        self.before = before
        self.after = after
        self._equal: dict[tuple[int, str | None, int, str | None], bool] = {}

    def equal(
        self,
        before: MetricsData | None,
        after: MetricsData | None,
        category: str | None = None,
        other: str | None = None,
    ) -> bool:
        """Return True if both sides hold the same bytes of one series, or neither has one.

        `category` is that of the base, `other` that of the other side. False says nothing: equal
        values may be written in other bytes.
        """
        if before is None or after is None:
            return before is after
        category = category if before.is_per_category else None
        other = other if after.is_per_category else None
        key = before.position, category, after.position, other
        known = self._equal.get(key)
        if known is None:
            known = self._equal[key] = self._same_bytes(*key)
        return known

    def _same_bytes(
        self, position: int, category: str | None, other_position: int, other: str | None
    ) -> bool:
        first = self.before.deferred.get(position)
        second = self.after.deferred.get(other_position)
        if first is not None and second is not None:
            if first.length != second.length or first.kind != second.kind:
                return False
            return all(
                self.before.deferred_bytes(position, start, _CHUNK)
                == self.after.deferred_bytes(other_position, start, _CHUNK)
                for start in range(0, first.length, _CHUNK)
            )
        if first is not None or second is not None:
            return False
        message = _inline(self.before, position, category)
        return message is not None and message == _inline(self.after, other_position, other)


def _inline(document: Document, position: int, category: str | None) -> bytes | None:
    """Bytes of a short series, which stands in the parsed message; None without one."""
    message = document.message.metrics_data[position]
    if category is None:
        if not message.HasField("series"):
            return None
        return message.series.SerializeToString()
    by_category = message.series_per_category.category_to_series
    if category not in by_category:
        return None
    return by_category[category].SerializeToString()


def load(
    document: Document,
    data: MetricsData | None,
    kind: SeriesKind | None = None,
    category: str | None = None,
) -> Values:
    """Decode a series; of any kind for None. A fault of the file is a problem, not an error."""
    if data is None:
        return Values(None, "the data is not in the file")
    try:
        series = document.series(data, category if data.is_per_category else None)
    except DocumentError as error:
        return Values(None, str(error))
    if kind is not None and series.kind is not kind:
        return Values(None, f"the data has {series.kind.name.lower()}, not {kind.name.lower()}")
    return Values(series)
