"""What validation must know of a heavy series, read from its bytes in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resim_inspect.document.decode import decode
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.parse import parse
from resim_inspect.document.wire import packed

if TYPE_CHECKING:
    from resim_inspect.document import Document

# Doubles are summed this many at a time, while they are in the cache.
_BLOCK = 1 << 16


class HeavyFacts(NamedTuple):
    """The number of values (`total`) and what is odd about them."""

    total: int
    nan: int = 0
    infinite: int = 0
    statuses: dict[int, int] | None = None
    """How often each number stands in a series of statuses."""
    strings: frozenset[str] | None = None
    """The different strings of a series of strings."""
    backwards_at: int | None = None
    """Where a time is earlier than the one before, the first such place."""


def look(document: Document, position: int, kind: int) -> HeavyFacts:
    """The facts of the series that was cut out of the data at `position`.

    Raises MalformedError for bytes that protobuf refuses, ChangedError if the file was
    rewritten since it was opened.
    """
    payload = document.heavy_payload(position)
    if kind == SeriesKind.DOUBLES:
        return _doubles(payload)
    if kind == SeriesKind.STATUSES:
        return _statuses(payload)
    if kind == SeriesKind.TIMESTAMPS:
        times = decode(SeriesKind.TIMESTAMPS, payload).values
        back = times[1:] < times[:-1]
        return HeavyFacts(len(times), backwards_at=int(back.argmax()) + 1 if back.any() else None)
    if kind == SeriesKind.STRINGS:
        strings = parse(SeriesKind.STRINGS, payload).strings.series
        return HeavyFacts(len(strings), strings=frozenset(strings))
    return HeavyFacts(len(decode(SeriesKind.UUIDS, payload)))


def _doubles(payload: bytes) -> HeavyFacts:
    start = packed(payload)
    if start is not None and (len(payload) - start) % 8 == 0:
        values = np.frombuffer(payload, "<f8", offset=start)
    else:
        values = decode(SeriesKind.DOUBLES, payload).values
    nan = infinite = 0
    with np.errstate(all="ignore"):
        for begin in range(0, len(values), _BLOCK):
            block = values[begin : begin + _BLOCK]
            # Times zero, only what is not finite is not zero.
            if np.isnan(np.dot(block, np.zeros(len(block)))):
                nan += int(np.isnan(block).sum())
                infinite += int(np.isinf(block).sum())
    return HeavyFacts(len(values), nan, infinite)


def _statuses(payload: bytes) -> HeavyFacts:
    start = packed(payload)
    if start is not None and payload[start:].isascii():
        numbers = np.frombuffer(payload, np.uint8, offset=start)
        counts = np.bincount(numbers, minlength=1)
        return HeavyFacts(
            len(numbers), statuses={int(n): int(counts[n]) for n in np.flatnonzero(counts)}
        )
    values, counts = np.unique(decode(SeriesKind.STATUSES, payload).values, return_counts=True)
    return HeavyFacts(
        int(counts.sum()),
        statuses=dict(zip(values.tolist(), counts.tolist(), strict=True)),
    )
