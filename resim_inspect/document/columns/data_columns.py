"""Columns of the metrics data of an index message, a block of records at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.columns.record_spans import Spans
from resim_inspect.document.columns.rows import PADDING, Block, Flags, Offsets, Rows, Texts
from resim_inspect.document.enums import SeriesKind

_MAX_RECORDS = 4096
_MAX_BYTES = 1 << 18
_DOUBLE = 8


class DataColumns(NamedTuple):
    """Columns of n metrics data that follow one another in the file.

    Only of those that are `usual` has the rest a meaning. Offsets are those in `block`.
    """

    first: int
    """Position of the first of them among all metrics data."""
    block: Block
    usual: Flags
    """True for data with an id of 36 bytes, one series that is read here, and nothing unusual."""
    ids: Offsets
    """Start of the id."""
    types: NDArray[np.uint8]
    names: Texts
    indexed: NDArray[np.uint8]
    index_ids: Offsets
    """Start of the id of the index; -1 where there is none."""
    index_types: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    """A SeriesKind: DOUBLES or STATUSES."""
    values: Texts
    """The packed values: of 8 bytes each for doubles, of one for statuses."""

    def lengths(self) -> NDArray[np.int64]:
        """Number of values of each series."""
        sizes = self.values.stops - self.values.starts
        return np.where(self.kinds == SeriesKind.DOUBLES, sizes // _DOUBLE, sizes)


def data_columns(message: bytes, spans: Spans) -> Iterator[DataColumns]:
    """The columns of all metrics data at `spans` in a JobMetrics that protobuf accepts."""
    for first, rows in blocks(message, spans):
        yield _columns(first, rows)


def blocks(message: bytes, spans: Spans) -> Iterator[tuple[int, Rows]]:
    """Records a few thousand at a time: the position of the first, and its rows."""
    whole = Block(message) if len(message) > PADDING else None
    first, count = 0, len(spans.starts)
    while first < count:
        limit = int(spans.starts[first]) + _MAX_BYTES
        last = min(first + _MAX_RECORDS, int(np.searchsorted(spans.starts, limit)))
        last = min(max(last, first + 1), count)
        starts = spans.starts[first:last].astype(np.int64)
        stops = spans.stops[first:last].astype(np.int64)
        block = whole
        if block is None or stops[-1] > len(message) - PADDING:
            base = int(starts[0])
            block = Block(message[base : int(stops[-1])] + bytes(PADDING))
            starts, stops = starts - base, stops - base
        yield first, Rows(block, starts, stops)
        first = last


def _columns(first: int, rows: Rows) -> DataColumns:
    ids = rows.identifier(0x0A)
    types = rows.number(0x10)
    names = rows.text(0x1A)
    rows.text(0x22)  # unit
    indexed = rows.number(0x38)
    index_ids = rows.identifier(0x42)
    index_types = rows.number(0x48)
    series = rows.text(0x52)
    usual = rows.complete & (ids >= 0)
    kinds = np.zeros(len(rows), np.uint8)
    starts = np.zeros(len(rows), np.int64)
    stops = np.zeros(len(rows), np.int64)
    for kind in (SeriesKind.DOUBLES, SeriesKind.STATUSES):
        chosen = np.flatnonzero(usual & (rows.block.bytes[series.starts] == kind << 3 | 2))
        values, good = _packed(rows.inside(series, chosen), kind)
        chosen = chosen[good]
        kinds[chosen] = kind
        starts[chosen], stops[chosen] = values.starts[good], values.stops[good]
    usual &= kinds > 0
    return DataColumns(
        first,
        rows.block,
        usual,
        ids,
        types,
        names,
        indexed,
        index_ids,
        index_types,
        kinds,
        Texts(starts, stops),
    )


def _packed(series: Rows, kind: SeriesKind) -> tuple[Texts, Flags]:
    """The packed values of series of one kind, and the rows that have them in that form."""
    leaf = series.text(kind << 3 | 2)
    good = series.complete & (leaf.stops > leaf.starts)
    inner = series.inside(leaf, slice(None))
    values = inner.text(0x0A)
    good &= inner.complete & (values.stops > values.starts)
    sizes = values.stops - values.starts
    if kind is SeriesKind.DOUBLES:
        return values, good & (sizes % _DOUBLE == 0)
    # Of the bytes of all values one after the other: none may belong to a longer number.
    high = np.flatnonzero(series.block.bytes[flattened(values, good)] >= 0x80)
    if len(high):
        rows = np.repeat(np.flatnonzero(good), sizes[good])
        good[rows[high]] = False
    return values, good


def flattened(values: Texts, chosen: NDArray[np.int64] | Flags) -> NDArray[np.int64]:
    """Offset of each byte of the chosen texts, one text after the other."""
    starts = values.starts[chosen]
    sizes = values.stops[chosen] - starts
    ends = np.cumsum(sizes)
    offsets = np.repeat(starts - (ends - sizes), sizes)
    return offsets + np.arange(len(offsets))
