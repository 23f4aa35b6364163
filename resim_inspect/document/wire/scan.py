"""Split a metrics.binproto into a small index message and its deferred series.

The top level of the wire format is walked record by record. Of a metrics data that is
large, only the position of its values is kept; everything else goes into the index message,
which protobuf parses. There an empty series of the right kind stands for the deferred one.
Any unusual encoding stays in the index message as it is, so that protobuf's own rules decide
what it means.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from resim_inspect.document.wire.small_records import (
    KNOWN_TAGS,
    METRICS_DATA_TAG,
    SmallRecords,
)
from resim_inspect.document.wire.source import Source
from resim_inspect.document.wire.truncation import cut_inside, cut_record
from resim_inspect.errors import TooLargeError, TruncatedError

# Metrics data of fewer bytes are parsed at once.
THRESHOLD = 4096

_PROTOBUF_LIMIT = (1 << 31) - 1
_SMALL_WINDOW = 4096
_LARGE_WINDOW = 120 << 10

_SERIES_TAG = 0x52  # MetricsData.series: field 10
_OTHER_DATA_TAGS = frozenset((0x5A, 0x62))  # its fellows in the oneof: fields 11 and 12


class DeferredSeries(NamedTuple):
    """Position of a serialized `DoubleSeries`, `TimestampSeries` and so on in the file."""

    kind: int
    """A SeriesKind: the number of the field in `Series`."""
    offset: int
    """Offset in the file, in bytes."""
    length: int
    """Length in bytes."""


class Scan(NamedTuple):
    """A file, split into its index message and its deferred series."""

    index_message: bytes
    deferred: dict[int, DeferredSeries]
    """Deferred series by their position in JobMetrics.metrics_data."""
    pieces: list[tuple[int, int]]
    """(offset in the index message, offset in the file) where a run of equal bytes begins."""
    boundaries: list[int] | None = None
    """Offsets in the index message where a record starts, one in each window at least; None where
    they are not known."""
    deep_figures: Mapping[int, int] = MappingProxyType({})
    """Offset in the file of each plotly figure that was left out of the index message because
    it is nested too deeply for protobuf, by the position of its metric."""

    def file_offset(self, index_offset: int) -> int:
        """Offset in the file of a byte of the index message."""
        piece = bisect_right(self.pieces, (index_offset, 1 << 63)) - 1
        start, file_start = self.pieces[max(0, piece)]
        return file_start + index_offset - start


class _UnusualError(Exception):
    """Raised for an encoding, valid or not, that protobuf is to interpret."""


class _Window:
    """Buffer of the bytes of a source around the current offset."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.size = source.size
        self.start = 0
        self.data = b""

    def at(self, offset: int, need: int) -> int:
        """Buffer `need` bytes from `offset`, or all up to the end; return its index in `data`."""
        at = offset - self.start
        if at < 0 or (at + need > len(self.data) and self.start + len(self.data) < self.size):
            # Reading on is likely to go further; a jump is likely to be followed by another. The
            # rest of a small record that the window cuts is not a jump.
            near = 0 <= at <= len(self.data) + _SMALL_WINDOW
            self.data = self._source.read(offset, _LARGE_WINDOW if near else _SMALL_WINDOW)
            self.start = offset
            at = 0
        return at

    def varint(self, offset: int) -> tuple[int, int]:
        """A varint of up to five bytes, in its shortest form, and the offset after it."""
        at = self.at(offset, 5)
        value = shift = 0
        for byte in self.data[at : at + 5]:
            value |= (byte & 0x7F) << shift
            offset += 1
            if byte < 0x80:
                if byte == 0 and shift:
                    raise _UnusualError
                return value, offset
            shift += 7
        if offset == self.size:
            raise cut_inside("the head of a record", offset)
        raise _UnusualError


def scan(source: Source, threshold: int = THRESHOLD) -> Scan:
    """Split a file.

    Raises TruncatedError where a record reaches past the end, TooLargeError where the
    index message would be more than protobuf can parse.
    """
    try:
        return _scan(source, threshold)
    except _UnusualError:
        _limit(source.size)
        return Scan(source.read(0, source.size), {}, [(0, 0)])


def _scan(source: Source, threshold: int) -> Scan:
    window = _Window(source)
    small = SmallRecords(threshold)
    end = source.size
    offset = kept_from = 0
    position = index_length = 0
    boundaries: list[int] = []
    deferred: dict[int, DeferredSeries] = {}
    parts: list[tuple[int, int] | bytes] = []
    while offset < end:
        at = window.at(offset, 8)
        data = window.data
        boundaries.append(index_length + offset - kept_from)
        after, passed = small.skip(data, at)
        if after > at:
            offset += after - at
            position += passed
            continue
        tag = data[at]
        if tag == 0x20:  # JobMetrics.metrics_status
            offset = _skip_varint(window, offset + 1)
            continue
        if tag not in KNOWN_TAGS:
            offset = _skip_unknown(window, offset)
            continue
        length, start = window.varint(offset + 1)
        stop = start + length
        if stop > end:
            raise cut_record(offset, length, end - start)
        if tag == METRICS_DATA_TAG:
            if length >= threshold:
                cut = _defer(window, start, stop, threshold)
                if cut is not None:
                    series, series_from, series_to = cut
                    deferred[position] = series
                    placeholder = bytes((_SERIES_TAG, 2, series.kind << 3 | 2, 0))
                    rest = (series_from - start) + len(placeholder) + (stop - series_to)
                    parts.append((kept_from, offset))
                    parts.append(head(METRICS_DATA_TAG, rest))
                    parts.append((start, series_from))
                    parts.append(placeholder)
                    parts.append((series_to, stop))
                    index_length += offset - kept_from + len(parts[-4]) + rest
                    kept_from = stop
            position += 1
        offset = stop
    parts.append((kept_from, end))
    _limit(sum(len(part) if isinstance(part, bytes) else part[1] - part[0] for part in parts))
    index: list[bytes] = []
    pieces: list[tuple[int, int]] = []
    length = 0
    for part in parts:
        if isinstance(part, bytes):
            index.append(part)
        elif part[0] < part[1]:
            pieces.append((length, part[0]))
            index.append(source.read(part[0], part[1] - part[0]))
        else:
            continue
        length += len(index[-1])
    index_message = index[0] if len(index) == 1 else b"".join(index)
    return Scan(index_message, deferred, pieces or [(0, 0)], boundaries)


def _limit(size: int) -> None:
    if size > _PROTOBUF_LIMIT:
        raise TooLargeError(
            f"has {size:,} bytes that must be parsed in one piece; protobuf's limit is 2 GiB"
        )


def _skip_varint(window: _Window, offset: int) -> int:
    at = window.at(offset, 10)
    for count, byte in enumerate(window.data[at : at + 10], 1):
        if byte < 0x80:
            return offset + count
    if window.size - offset < 10:
        raise cut_inside("a number", window.size)
    raise _UnusualError


def _skip_unknown(window: _Window, offset: int) -> int:
    """Skip a field that JobMetrics does not have; protobuf keeps it as it is."""
    tag, after = window.varint(offset)
    if tag >> 3 <= 5:  # field 0, or a known field in another wire type
        raise _UnusualError
    wire_type = tag & 7
    if wire_type == 0:
        return _skip_varint(window, after)
    if wire_type == 1:
        after += 8
    elif wire_type == 5:
        after += 4
    elif wire_type == 2:
        length, after = window.varint(after)
        after += length
    else:
        raise _UnusualError
    if after > window.size:
        raise _UnusualError
    return after


def _defer(
    window: _Window, start: int, stop: int, threshold: int
) -> tuple[DeferredSeries, int, int] | None:
    """The series of the metrics data at [start, stop), and the span of its field."""
    try:
        span: tuple[int, int, int] | None = None
        offset = start
        while offset < stop:
            field_at = offset
            at = window.at(offset, 12)
            tag = window.data[at]
            wire_type = tag & 7
            if tag >= 0x80 or tag < 8 or tag in _OTHER_DATA_TAGS:
                return None
            if wire_type == 2:
                length, offset = window.varint(offset + 1)
                offset += length
                if offset > stop:
                    return None
                if tag == _SERIES_TAG:
                    if span is not None:
                        return None
                    span = (field_at, offset - length, offset)
            elif wire_type == 0:
                offset = _skip_varint(window, offset + 1)
            else:
                return None
        if span is None or offset != stop:
            return None
        field_at, series_at, series_to = span
        if series_at >= series_to:
            return None
        at = window.at(series_at, 8)
        tag = window.data[at]
        if tag not in (0x0A, 0x12, 0x1A, 0x22, 0x2A):
            return None
        length, leaf_at = window.varint(series_at + 1)
        if leaf_at + length != series_to or 2 * length < threshold:
            return None
        return DeferredSeries(tag >> 3, leaf_at, length), field_at, series_to
    except (_UnusualError, TruncatedError):
        return None


def head(tag: int, length: int) -> bytes:
    """The first bytes of a length-delimited field."""
    return bytes((tag,)) + encode_varint(length)


def encode_varint(value: int) -> bytes:
    """A number from 0 as a varint."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def wrap(kind: int, payload: bytes) -> bytes:
    """A JobMetrics whose only content is this series: what protobuf would have parsed.

    Parsing the series at its true depth gives protobuf's own verdict, also on nesting.
    """
    series = bytes((kind << 3 | 2,)) + encode_varint(len(payload)) + payload
    data = bytes((_SERIES_TAG,)) + encode_varint(len(series)) + series
    return bytes((METRICS_DATA_TAG,)) + encode_varint(len(data)) + data


def packed(payload: bytes, size: int | None = None) -> int | None:
    """Offset of the content of a payload of one packed chunk; None for any other form.

    `size` is that of the payload, where only its first bytes are given.
    """
    size = len(payload) if size is None else size
    if not size:
        return 0
    if payload[0] != 0x0A:
        return None
    value = shift = 0
    for at in range(1, min(6, len(payload))):
        byte = payload[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return at + 1 if at + 1 + value == size else None
        shift += 7
    return None
