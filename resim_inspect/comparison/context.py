"""A pair of documents, and which of their series are equal byte by byte."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricType, SeriesKind
from resim_inspect.document.model import (
    ImageListValues,
    ImageValues,
    Metric,
    MetricsData,
    Series,
)
from resim_inspect.document.references import data_ids
from resim_inspect.errors import DocumentError

_PICTURES = (MetricType.IMAGE, MetricType.IMAGE_LIST)
_CHUNK = 1 << 22
"""Bytes of two deferred series that are compared at a time."""


class Values(NamedTuple):
    """A decoded series, or the reason why it cannot be decoded."""

    series: Series | None
    problem: str = ""


class Pair:
    """Two open documents; answers about series are kept, as several metrics share them."""

    def __init__(self, before: Document, after: Document) -> None:
        self.before = before
        self.after = after
        self._equal: dict[tuple[int, str | None, int, str | None], bool] = {}
        self._equal_data: dict[int, bool] = {}

    @cached_property
    def identical(self) -> bool:
        """True if both files have the same bytes, of which none changed since they were opened.

        Files beside them, such as images, may differ.
        """
        first, second = self.before.source, self.after.source
        if first.size != second.size:
            return False
        is_same = all(
            first.read(start, _CHUNK) == second.read(start, _CHUNK)
            for start in range(0, first.size, _CHUNK)
        )
        first.verify()
        second.verify()
        return is_same

    def unchanged(self, metric: Metric, position: int) -> bool:
        """Return True if a metric of the base and the other side's one have the same bytes.

        So have all data that they refer to. Images are left out: their files are not in the
        document.
        """
        if isinstance(metric.values, ImageValues | ImageListValues):
            return False
        if metric.position in self.before.deep_figures or position in self.after.deep_figures:
            return False
        if self.identical and metric.position == position:
            return True
        message = self.before.message.job_level_metrics.metrics[metric.position]
        other = self.after.message.job_level_metrics.metrics[position]
        if message.SerializeToString() != other.SerializeToString():
            return False
        return all(map(self._data_unchanged, data_ids(metric.values)))

    def same_record(self, before: int, after: int) -> bool:
        """Return True if the metrics at these positions are the same by the bytes of the files.

        `unchanged` holds for them as well, and takes longer to tell.
        """
        return (
            before == after
            and self.identical
            and before not in self.before.deep_figures
            and int(self.before.message.job_level_metrics.metrics[before].type) not in _PICTURES
        )

    def _data_unchanged(self, data_id: str) -> bool:
        """Return True if both sides have the same bytes of a data and of what it is indexed by."""
        position = self.before.data_positions.get(data_id)
        other = self.after.data_positions.get(data_id)
        if position is None or other is None:
            return position is other
        known = self._equal_data.get(position)
        if known is None:
            message = self.before.data_messages[position]
            partner = self.after.data_messages[other]
            # An index that leads back to its own data ends here.
            self._equal_data[position] = True
            known = (
                message.SerializeToString(deterministic=True)
                == partner.SerializeToString(deterministic=True)
                and (position in self.before.deferred) == (other in self.after.deferred)
                and (
                    position not in self.before.deferred
                    or self._same_bytes(position, None, other, None)
                )
                and (not message.is_indexed or self._data_unchanged(message.index_data_id.id.data))
            )
            self._equal_data[position] = known
        return known

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
        if before is after and self.before is self.after:
            return category == other
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
    message = document.data_messages[position]
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
