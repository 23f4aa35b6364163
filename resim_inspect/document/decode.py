"""Serialized series to numpy, without a Python object per value.

Each decoder reads the form that every known writer gives a series, and proves while
reading that it is that form; any other legal form goes through protobuf.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Series
from resim_inspect.document.wire.parse import parse
from resim_inspect.document.wire.scan import packed
from resim_inspect.document.wire.string_runs import string_runs
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.text import INT64_MAX, INT64_MIN

_BLOCK = 1 << 18  # bytes of timestamps at a time: the temporaries stay in the cache
_SMALL = 1024  # bytes below which protobuf's own objects are faster than numpy's
_MIN_NUMPY_VALUES = 64  # values
_KINDS = {kind.name.lower(): kind for kind in SeriesKind}
_BILLION = 1_000_000_000
_MAX_TEMPORARY = 1 << 20  # bytes

# The C library maps new memory for each array above 128 kB, and the system then clears every page
# of it, until a larger one has been freed. With this one, the temporaries of a block share memory
# that is there: half the time.
np.empty(_MAX_TEMPORARY, np.uint8)


def decode(kind: SeriesKind, payload: bytes) -> Series:
    """The values of a serialized `DoubleSeries`, `TimestampSeries` and so on.

    Raises MalformedError for bytes that protobuf refuses.
    """
    uniques: tuple[str, ...] = ()
    values: NDArray[Any]
    if kind is SeriesKind.DOUBLES:
        values = _doubles(payload)
    elif kind is SeriesKind.TIMESTAMPS:
        values = _timestamps(payload)
    elif kind is SeriesKind.STATUSES:
        values = _statuses(payload)
    elif kind is SeriesKind.UUIDS:
        values = _uuids(payload)
    else:
        values, uniques = _strings(payload)
    values.flags.writeable = False
    return Series(kind, values, uniques)


def decode_parsed(series: pb.Series) -> Series | None:
    """The values of a series that protobuf has parsed; None for one without a type."""
    which = series.WhichOneof("series")
    if which is None:
        return None
    kind = _KINDS[which]
    leaf = getattr(series, which)
    values: NDArray[Any]
    # Of a handful, numpy's own start costs more than protobuf's objects.
    if kind is SeriesKind.DOUBLES and len(leaf.series) < _MIN_NUMPY_VALUES:
        values = np.fromiter(leaf.series, np.float64, len(leaf.series))
    elif kind is SeriesKind.STATUSES and len(leaf.series) < _MIN_NUMPY_VALUES:
        values = np.fromiter(leaf.series, np.int32, len(leaf.series))
    else:
        return decode(kind, leaf.SerializeToString())
    values.flags.writeable = False
    return Series(kind, values)


def _doubles(payload: bytes) -> NDArray[np.float64]:
    start = packed(payload)
    if start is None or (len(payload) - start) % 8:
        return np.array(list(parse(SeriesKind.DOUBLES, payload).doubles.series), np.float64)
    # A copy, so that the values are aligned: everything after this is twice as fast.
    values = np.frombuffer(payload, "<f8", offset=start) if payload else np.empty(0)
    return values.astype(np.float64, copy=True)


def _statuses(payload: bytes) -> NDArray[np.int32]:
    start = packed(payload)
    if start is not None and payload[start:].isascii():
        # No byte has its high bit set: each is one number.
        return np.frombuffer(payload, np.uint8, offset=start).astype(np.int32)
    return np.array(list(parse(SeriesKind.STATUSES, payload).statuses.series), np.int32)


def _uuids(payload: bytes) -> NDArray[Any]:
    if payload and len(payload) % 40 == 0 and payload.isascii():
        rows = np.frombuffer(payload, np.uint8).reshape(-1, 40)
        head = np.frombuffer(b"\x0a\x26\x0a\x24", np.uint8)
        if (rows[:, :4] == head).all() and rows[:, 4:].min() > 0:
            return np.ascontiguousarray(rows[:, 4:]).view("S36").ravel()
    texts = [uuid.data.encode() for uuid in parse(SeriesKind.UUIDS, payload).uuids.series]
    if any(text.endswith(b"\0") for text in texts):
        # Fixed width is padded with zeros: it cannot tell these from shorter ones.
        return np.array(texts, object)
    return np.array(texts, np.bytes_) if texts else np.empty(0, "S36")


def _strings(payload: bytes) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    runs = string_runs(payload)
    if runs is not None:
        return np.repeat(np.array(runs.codes, np.int32), runs.counts), runs.uniques
    texts = list(parse(SeriesKind.STRINGS, payload).strings.series)
    code_of = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    codes = np.fromiter(map(code_of.__getitem__, texts), np.int32, len(texts))
    return codes, tuple(code_of)


def _timestamps(payload: bytes) -> NDArray[np.int64]:
    if len(payload) >= _SMALL:
        values = regular_timestamps(payload)
        if values is not None:
            return values
    series = parse(SeriesKind.TIMESTAMPS, payload).timestamps.series
    exact = (stamp.seconds * _BILLION + stamp.nanos for stamp in series)
    return np.fromiter(
        (min(max(value, INT64_MIN), INT64_MAX) for value in exact), np.int64, len(series)
    )


def regular_timestamps(payload: bytes) -> NDArray[np.int64] | None:
    """Timestamps of seconds before nanos, each at most once, in ns; None for any other form.

    Also None if nanos are out of range or a time is after 2255.
    """
    total = len(payload)
    padded, words = _padded(payload)
    out: list[NDArray[np.int64]] = []
    offset = 0
    while offset < total:
        starts = _chain(padded, offset, min(total, offset + _BLOCK), total)
        if starts is None:
            return None
        values = _stamps(padded, words, starts)
        if values is None:
            return None
        out.append(values)
        offset = _end(padded, starts)
    return np.concatenate(out) if out else np.empty(0, np.int64)


_MAX_RECORD = 24
"""Bytes of a regular timestamp with its head, at most."""


def first_timestamps(payload: bytes) -> tuple[NDArray[np.int64], int] | None:
    """Regular timestamps at the start of a payload that may end within a record.

    Returns their values in ns and the bytes that they take; None for any other form, and if
    there are none.
    """
    total = len(payload)
    if total <= _MAX_RECORD:
        return None
    padded, words = _padded(payload)
    # A record that starts before this place is complete.
    starts = _chain(padded, 0, total - _MAX_RECORD, total)
    values = None if starts is None else _stamps(padded, words, starts)
    if starts is None or values is None:
        return None
    return values, _end(padded, starts)


def _padded(payload: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Bytes of a payload with zeros behind them, and the eight-byte number at each of them."""
    # Room for an eight-byte look from any place.
    padded = np.concatenate((np.frombuffer(payload, np.uint8), np.zeros(16, np.uint8)))
    # Every byte as the start of an eight-byte little-endian number.
    return padded, np.ndarray((len(payload) + 8,), "<u8", padded.data, strides=(1,))


def _end(data: NDArray[np.uint8], starts: NDArray[np.int64]) -> int:
    """Offset behind the last of the records at `starts`."""
    last = int(starts[-1])
    return last + 2 + int(data[last + 1])


def _chain(data: NDArray[np.uint8], begin: int, stop: int, total: int) -> NDArray[np.int64] | None:
    """Offsets of the records that start in [begin, stop): each where its predecessor ends.

    Candidates are bytes that look like the head of a record. Some are part of a number;
    those lie inside the record before them and are dropped, until every record ends
    exactly where the next begins. That is the proof: there is no other way to read it.
    """
    block = data[begin : stop + 3]
    first = block[: stop - begin]
    # Field 1 of the series, short, and then field 1 or 2 of a timestamp, or nothing.
    tag = block[2 : stop - begin + 2]
    length = block[1 : stop - begin + 1]
    looks = (first == 0x0A) & (length < 23)
    looks &= (tag == 0x08) | (tag == 0x10) | (length == 0)
    starts = np.flatnonzero(looks)
    if not len(starts) or starts[0] != 0:
        return None
    for _ in range(64):
        ends = starts + 2 + block[starts + 1]
        wrong = ends[:-1] != starts[1:]
        if not wrong.any():
            if begin + int(ends[-1]) > total:
                return None
            if begin + int(ends[-1]) < min(stop, total):
                return None
            return starts + begin
        if (wrong & (ends[:-1] < starts[1:])).any() and not _inside(starts, ends, wrong):
            return None
        # The first of a run of wrong ones is right itself, so the next one is false.
        false = wrong.copy()
        false[1:] &= ~wrong[:-1]
        starts = np.delete(starts, np.flatnonzero(false) + 1)
    return None


def _inside(starts: NDArray[np.int64], ends: NDArray[np.int64], wrong: NDArray[np.bool_]) -> bool:
    """Return True if the first wrong pair is a candidate inside the record before it."""
    first_wrong = int(np.argmax(wrong))
    return bool(starts[first_wrong + 1] < ends[first_wrong])


def _stamps(
    data: NDArray[np.uint8], words: NDArray[np.uint64], starts: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Decode the timestamps at `starts`; None if one is not in the regular form."""
    length = data[starts + 1].astype(np.int64)
    tag = data[starts + 2]
    filled = length > 0
    with_seconds = filled & (tag == 0x08)
    seconds, used = _varints(words, starts + 3)
    seconds = np.where(with_seconds, seconds, 0)
    if (used[with_seconds] > 8).any():
        return None
    used = np.where(with_seconds, used + 1, 0)
    with_nanos = used < length
    at = starts + 2 + used
    if not (data[at] == 0x10)[with_nanos].all():
        return None
    nanos, more = _varints(words, at + 1)
    if (more[with_nanos] > 8).any():
        return None
    nanos = np.where(with_nanos, nanos, 0)
    used += np.where(with_nanos, more + 1, 0)
    if (used != length).any():
        return None
    if seconds.max(initial=0) > 9_000_000_000 or nanos.max(initial=0) >= _BILLION:
        return None
    return seconds * _BILLION + nanos


def _varints(
    words: NDArray[np.uint64], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The varints at `at` and their lengths in bytes; a length of 9 where it is over 8."""
    word = words[at]
    ends = ~word & np.uint64(0x8080808080808080)
    # The lowest high bit that is not set ends the number; keep what lies below it.
    below = (ends & (~ends + np.uint64(1))) - np.uint64(1)
    used = np.where(ends == 0, 9, (np.bitwise_count(below).astype(np.int64) + 1) >> 3)
    value = word & below & np.uint64(0x7F7F7F7F7F7F7F7F)
    value = (value & np.uint64(0x007F007F007F007F)) | (
        (value & np.uint64(0x7F007F007F007F00)) >> np.uint64(1)
    )
    value = (value & np.uint64(0x00003FFF00003FFF)) | (
        (value & np.uint64(0x3FFF00003FFF0000)) >> np.uint64(2)
    )
    value = (value & np.uint64(0x000000000FFFFFFF)) | (
        (value & np.uint64(0x0FFFFFFF00000000)) >> np.uint64(4)
    )
    return value.astype(np.int64), used
