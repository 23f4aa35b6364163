"""What validation must know of heavy series, read from their bytes in one pass."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resim_inspect.document.decode import decode
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.wire.parse import parse
from resim_inspect.document.wire.scan import packed
from resim_inspect.document.wire.string_runs import string_runs
from resim_inspect.validation.monotonic_time import ordered

if TYPE_CHECKING:
    from resim_inspect.document import Document

# Doubles are read and summed this many bytes at a time, while they are in the cache.
_BLOCK = 1 << 20
_LAST_STATUS = 5
_THREADS = 4
_ALONE = 1 << 26
"""Fewer bytes than this are looked at sooner by one thread."""


class HeavyFacts(NamedTuple):
    """The number of values (`total`) and what is odd about them."""

    total: int
    nan: int = 0
    infinite: int = 0
    statuses: dict[int, int] | None = None
    """How often each number stands in a series of statuses; None where all are statuses."""
    strings: frozenset[str] | None = None
    """The different strings of a series of strings."""
    backwards_at: int | None = None
    """Where a time is earlier than the one before, the first such place."""


def look_at_all(document: Document) -> dict[int, HeavyFacts]:
    """The facts of every heavy series, by the position of its data.

    numpy and the disk work beside Python, so a few threads look at a few series at once.
    Raises MalformedError for bytes that protobuf refuses, ChangedError if the file was
    rewritten since it was opened.
    """
    positions = list(document.heavy)
    if sum(series.length for series in document.heavy.values()) < _ALONE:
        return {position: look(document, position) for position in positions}
    # Its import takes as long as judging ten megabytes.
    from concurrent.futures import ThreadPoolExecutor

    workers = min(_THREADS, os.cpu_count() or 1, len(positions))
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda position: look(document, position), positions))
    return dict(zip(positions, found, strict=True))


def look(document: Document, position: int) -> HeavyFacts:
    """The facts of the series that was cut out of the data at `position`; raises as above."""
    kind = document.heavy[position].kind
    if kind == SeriesKind.DOUBLES:
        return _doubles(document, position)
    payload = document.heavy_payload(position)
    if kind == SeriesKind.STATUSES:
        return _statuses(payload)
    if kind == SeriesKind.TIMESTAMPS:
        count = ordered(payload)
        if count is not None:
            return HeavyFacts(count)
        times = decode(SeriesKind.TIMESTAMPS, payload).values
        back = times[1:] < times[:-1]
        return HeavyFacts(len(times), backwards_at=int(back.argmax()) + 1 if back.any() else None)
    if kind == SeriesKind.STRINGS:
        return _strings(payload)
    return HeavyFacts(len(decode(SeriesKind.UUIDS, payload)))


def _doubles(document: Document, position: int) -> HeavyFacts:
    size = document.heavy[position].length
    start = packed(document.heavy_bytes(position, 0, 16), size)
    if start is None or (size - start) % 8:
        return _finite(decode(SeriesKind.DOUBLES, document.heavy_payload(position)).values)
    total = nan = infinite = 0
    for at in range(start, size, _BLOCK):
        # Read from where the values begin, they are aligned, which is several times as fast.
        values = np.frombuffer(document.heavy_bytes(position, at, _BLOCK), "<f8")
        facts = _finite(values)
        total, nan, infinite = total + facts.total, nan + facts.nan, infinite + facts.infinite
    return HeavyFacts(total, nan, infinite)


def _finite(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> HeavyFacts:
    with np.errstate(all="ignore"):
        # NaN or infinite if any value is; a sum that only overflows is looked at again.
        if np.isfinite(values.sum()):
            return HeavyFacts(len(values))
        nan, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    return HeavyFacts(len(values), nan, infinite)


def _statuses(payload: bytes) -> HeavyFacts:
    start = packed(payload)
    if start is not None and payload[start:].isascii():
        # No byte has its high bit set: each is one number.
        numbers = np.frombuffer(payload, np.uint8, offset=start)
        if not len(numbers) or (numbers.min() >= 1 and numbers.max() <= _LAST_STATUS):
            return HeavyFacts(len(numbers))
    else:
        numbers = decode(SeriesKind.STATUSES, payload).values
    values, counts = np.unique(numbers, return_counts=True)
    return HeavyFacts(
        len(numbers), statuses=dict(zip(values.tolist(), counts.tolist(), strict=True))
    )


def _strings(payload: bytes) -> HeavyFacts:
    runs = string_runs(payload)
    if runs is not None:
        return HeavyFacts(sum(runs.counts), strings=frozenset(runs.uniques))
    strings = parse(SeriesKind.STRINGS, payload).strings.series
    return HeavyFacts(len(strings), strings=frozenset(strings))
