"""Values of the short series of many metrics data, decoded for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.columns.data_columns import DataColumns, data_columns, flattened
from resim_inspect.document.columns.record_spans import record_spans
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Series
from resim_inspect.schema import metrics_pb2 as pb

_DOUBLE = 8


def short_series(
    message: bytes, data: Iterable[pb.MetricsData]
) -> Iterator[Series | pb.MetricsData]:
    """The series of each data of a JobMetrics, or its message where `decode` must read it.

    `data` are the same messages, for a file with unusual records.
    """
    spans = record_spans(message)
    if spans is None:
        yield from data
        return
    for columns in data_columns(message, spans.data):
        first, decoded = columns.first, block_series(columns)
        # Neither is in memory while the next block is decoded.
        del columns
        for position, series in enumerate(decoded, first):
            if series is not None:
                yield series
            else:
                start, stop = spans.data.starts[position], spans.data.stops[position]
                yield pb.MetricsData.FromString(message[start:stop])
        del decoded, series


def block_series(columns: DataColumns) -> list[Series | None]:
    """The series of each data, as `decode` gives it; None where that must read it.

    The arrays of one block share their memory.
    """
    series_of: list[Series | None] = [None] * len(columns.usual)
    for kind in (SeriesKind.DOUBLES, SeriesKind.STATUSES):
        rows = np.flatnonzero(columns.usual & (columns.kinds == kind))
        values, ends = (doubles if kind is SeriesKind.DOUBLES else statuses)(columns, rows)
        values.flags.writeable = False
        start = 0
        for row, end in zip(rows.tolist(), ends.tolist(), strict=True):
            series_of[row] = Series(kind, values[start:end])
            start = end
    return series_of


def doubles(
    columns: DataColumns, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The doubles of the rows one after the other, and where those of each row end."""
    starts = columns.values.starts[rows]
    counts = (columns.values.stops[rows] - starts) // _DOUBLE
    ends = np.cumsum(counts)
    offsets = np.repeat(starts - _DOUBLE * (ends - counts), counts)
    offsets += _DOUBLE * np.arange(len(offsets))
    return columns.block.words[offsets].view("<f8").astype(np.float64, copy=False), ends


def statuses(
    columns: DataColumns, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The statuses of the rows one after the other, and where those of each row end."""
    numbers = columns.block.bytes[flattened(columns.values, rows)].astype(np.int32)
    return numbers, np.cumsum(columns.values.stops[rows] - columns.values.starts[rows])
