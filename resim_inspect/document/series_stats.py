"""Statistics of deferred series, computed from their bytes in one pass."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp

from resim_inspect.document.decode import decode, regular_timestamps
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.monotonic_time import ordered
from resim_inspect.document.wire.parse import parse
from resim_inspect.document.wire.scan import packed
from resim_inspect.document.wire.string_runs import string_runs
from resim_inspect.text import INT64_MAX, INT64_MIN

if TYPE_CHECKING:
    from resim_inspect.document.document import Document

# Bytes of doubles that are read and summed at a time: they stay in the processor's cache.
_BLOCK = 1 << 20
_LAST_STATUS = 5
_THREADS = 4
_ONE_THREAD = 1 << 26  # bytes below which one thread is faster


class TimeStats(NamedTuple):
    """The first time of a series of times, and its unusual ones."""

    first_second: int | None = None
    out_of_range: int = 0
    """Number of times that 64 bits of nanoseconds cannot hold."""
    odd_nanos: tuple[int, int] | None = None
    """The first nanoseconds that are not from 0 to 999,999,999, and their number."""


class SeriesStats(NamedTuple):
    """Length of a series and what is unusual about its values, for the rules.

    Extremes need more passes over the values: `summary.Statistics`, which people read, has them.
    """

    length: int
    nan: int = 0
    """Number of NaN values."""
    infinite: int = 0
    """Number of infinite values."""
    statuses: dict[int, int] | None = None
    """Count of each number in a series of statuses; None where all of them are statuses."""
    strings: frozenset[str] | None = None
    """Distinct strings of a series of strings."""
    backwards_at: int | None = None
    """Position of the first time that is earlier than the one before it."""
    times: TimeStats | None = None
    """Statistics of a series of times; None for others."""


def all_series_stats(
    document: Document, is_cancelled: Callable[[], bool]
) -> dict[int, SeriesStats]:
    """Statistics of every deferred series, by the position of its metrics data.

    A few threads share the work, because numpy and the disk run beside Python. `is_cancelled` is
    asked before each series. Raises MalformedError for bytes that protobuf refuses, ChangedError
    if the file was rewritten since it was opened, and the CancelledError of concurrent.futures.
    """

    def stats_of(position: int) -> SeriesStats:
        if is_cancelled():
            from concurrent.futures import CancelledError

            raise CancelledError
        return series_stats(document, position)

    positions = list(document.deferred)
    if sum(series.length for series in document.deferred.values()) < _ONE_THREAD:
        return {position: stats_of(position) for position in positions}
    # Importing it takes as long as validating ten megabytes, so small documents do without.
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    workers = min(_THREADS, os.cpu_count() or 1, len(positions))
    # A pool starts its threads under a lock that all pools share, such as that of the app's
    # workers; next to threads that compute already, each start would take many milliseconds.
    started = Barrier(workers)
    with ThreadPoolExecutor(workers, initializer=started.wait) as pool:
        try:
            answers = pool.map(stats_of, positions)
        except RuntimeError:
            started.abort()
            raise
        computed = list(answers)
    return dict(zip(positions, computed, strict=True))


def series_stats(document: Document, position: int) -> SeriesStats:
    """Statistics of the deferred series of the data at `position`; raises as above."""
    kind = document.deferred[position].kind
    if kind == SeriesKind.DOUBLES:
        return _doubles(document, position)
    payload = document.deferred_payload(position)
    if kind == SeriesKind.STATUSES:
        return _statuses(payload)
    if kind == SeriesKind.TIMESTAMPS:
        return _times(payload)
    if kind == SeriesKind.STRINGS:
        return _strings(payload)
    return SeriesStats(len(decode(SeriesKind.UUIDS, payload)))


def _times(payload: bytes) -> SeriesStats:
    count = ordered(payload)
    if count is not None:
        # In this form the first record begins with its tag and a length of one byte.
        first = Timestamp.FromString(payload[2 : 2 + payload[1]]) if count else None
        return SeriesStats(count, times=TimeStats(first.seconds if first else None))
    values = regular_timestamps(payload)
    if values is not None:
        back = values[1:] < values[:-1]
        backwards_at = int(back.argmax()) + 1 if back.any() else None
        first_second = int(values[0]) // 1_000_000_000 if len(values) else None
        return SeriesStats(len(values), backwards_at=backwards_at, times=TimeStats(first_second))
    stamps = parse(SeriesKind.TIMESTAMPS, payload).timestamps.series
    exact = [stamp.seconds * 1_000_000_000 + stamp.nanos for stamp in stamps]
    later = (k for k, (before, now) in enumerate(pairwise(exact), 1) if now < before)
    odd = [stamp.nanos for stamp in stamps if not 0 <= stamp.nanos < 1_000_000_000]
    times = TimeStats(
        stamps[0].seconds if stamps else None,
        sum(not INT64_MIN < value < INT64_MAX for value in exact),
        (odd[0], len(odd)) if odd else None,
    )
    return SeriesStats(len(exact), backwards_at=next(later, None), times=times)


def _doubles(document: Document, position: int) -> SeriesStats:
    size = document.deferred[position].length
    start = packed(document.deferred_bytes(position, 0, 16), size)
    if start is None or (size - start) % 8:
        return _finite(decode(SeriesKind.DOUBLES, document.deferred_payload(position)).values)
    total = nan = infinite = 0
    for at in range(start, size, _BLOCK):
        # Read from where the values begin, they are aligned, which is several times as fast.
        values = np.frombuffer(document.deferred_bytes(position, at, _BLOCK), "<f8")
        part = _finite(values)
        total, nan, infinite = total + part.length, nan + part.nan, infinite + part.infinite
    return SeriesStats(total, nan, infinite)


def _finite(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> SeriesStats:
    with np.errstate(all="ignore"):
        # NaN or infinite if any value is; a sum that only overflows is looked at again.
        if np.isfinite(values.sum()):
            return SeriesStats(len(values))
        nan, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    return SeriesStats(len(values), nan, infinite)


def _statuses(payload: bytes) -> SeriesStats:
    start = packed(payload)
    if start is not None and payload[start:].isascii():
        # No byte has its high bit set: each is one number.
        numbers = np.frombuffer(payload, np.uint8, offset=start)
        if not len(numbers) or (numbers.min() >= 1 and numbers.max() <= _LAST_STATUS):
            return SeriesStats(len(numbers))
    else:
        numbers = decode(SeriesKind.STATUSES, payload).values
    values, counts = np.unique(numbers, return_counts=True)
    return SeriesStats(
        len(numbers), statuses=dict(zip(values.tolist(), counts.tolist(), strict=True))
    )


def _strings(payload: bytes) -> SeriesStats:
    runs = string_runs(payload)
    if runs is not None:
        return SeriesStats(sum(runs.counts), strings=frozenset(runs.uniques))
    strings = parse(SeriesKind.STRINGS, payload).strings.series
    return SeriesStats(len(strings), strings=frozenset(strings))
