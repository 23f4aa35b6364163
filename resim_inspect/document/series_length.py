"""Number of values of a series, without decoding it where its form allows."""

from __future__ import annotations

from collections.abc import Callable

from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.wire.parse import parse
from resim_inspect.document.wire.scan import packed
from resim_inspect.document.wire.string_runs import string_runs
from resim_inspect.schema import metrics_pb2 as pb

# Timestamps of more bytes than this are decoded faster by numpy than by protobuf.
_NUMPY_PAYS = 1 << 18


def series_length(series: pb.Series) -> int:
    """Number of values of a parsed series; 0 for one without a type."""
    which = series.WhichOneof("series")
    return 0 if which is None else len(getattr(series, which).series)


def payload_length(kind: SeriesKind, size: int, read: Callable[[int], bytes]) -> int:
    """Number of values of a serialized series of `size` bytes; `read(n)` gives the first n.

    Raises MalformedError where protobuf would refuse the payload.
    """
    if kind is SeriesKind.DOUBLES:
        # The values have a fixed width: the head of the payload is enough.
        start = packed(read(16), size)
        if start is not None and (size - start) % 8 == 0:
            return (size - start) // 8
    payload = read(size)
    if kind is SeriesKind.STATUSES:
        start = packed(payload)
        if start is not None and payload[start:].isascii():
            # No byte has its high bit set: each is one number.
            return size - start
    if kind is SeriesKind.TIMESTAMPS and size > _NUMPY_PAYS:
        from resim_inspect.document.decode import decode

        return len(decode(kind, payload))
    if kind is SeriesKind.STRINGS:
        runs = string_runs(payload)
        if runs is not None:
            return sum(runs.counts)
    return series_length(parse(kind, payload))
