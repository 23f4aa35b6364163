"""What can be known of a serialized series without decoding it: enough to judge it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.wire.parse import parse
from resim_inspect.document.wire.scan import packed
from resim_inspect.document.wire.string_runs import string_runs
from resim_inspect.schema import metrics_pb2 as pb

# Timestamps of more bytes than this are checked faster by numpy than by protobuf.
_NUMPY_PAYS = 1 << 18


class HeavyFacts(NamedTuple):
    """What is known of a heavy series."""

    length: int
    """The number of values."""
    uniques: frozenset[str] | None = None
    """The different strings of a series of strings."""
    numbers: frozenset[int] | None = None
    """The different numbers of a series of statuses."""


def series_length(series: pb.Series) -> int:
    """The number of values of a parsed series; 0 for one of no kind."""
    which = series.WhichOneof("series")
    return 0 if which is None else len(getattr(series, which).series)


def facts(kind: SeriesKind, size: int, read: Callable[[int], bytes]) -> HeavyFacts:
    """The facts of a payload of `size` bytes, of which `read(n)` gives the first n.

    Raises MalformedError where protobuf would refuse the payload.
    """
    if kind is SeriesKind.DOUBLES:
        # The head says it all: the content is of fixed width.
        start = packed(read(16), size)
        if start is not None and (size - start) % 8 == 0:
            return HeavyFacts((size - start) // 8)
    payload = read(size)
    if kind is SeriesKind.STATUSES:
        start = packed(payload)
        if start is not None and payload[start:].isascii():
            # No byte has its high bit set: each is one number.
            return HeavyFacts(size - start, numbers=_different(payload[start:]))
    if kind is SeriesKind.TIMESTAMPS and size > _NUMPY_PAYS:
        from resim_inspect.document.decode import decode

        return HeavyFacts(len(decode(kind, payload)))
    if kind is SeriesKind.STRINGS:
        runs = string_runs(payload)
        if runs is not None:
            return HeavyFacts(sum(runs.counts), uniques=frozenset(runs.uniques))
    series = parse(kind, payload)
    if kind is SeriesKind.STRINGS:
        texts = series.strings.series
        return HeavyFacts(len(texts), uniques=frozenset(texts))
    if kind is SeriesKind.STATUSES:
        numbers = series.statuses.series
        return HeavyFacts(len(numbers), numbers=frozenset(numbers))
    return HeavyFacts(series_length(series))


def _different(numbers: bytes) -> frozenset[int]:
    """The different bytes, without looking at each of them in Python: there are few."""
    found = set()
    while numbers:
        found.add(numbers[0])
        numbers = numbers.translate(None, numbers[:1])
    return frozenset(found)
