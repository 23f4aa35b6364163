"""Offsets of the records of a file: the bytes of a metric, a data or an event, as written.

Only the top level of the wire format and that of the collection of metrics are walked; what
lies inside a record is never looked at, so its bytes can be handed on without re-encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resim_inspect.document.wire.source import Source
from resim_inspect.document.wire.truncation import cut_inside, cut_record
from resim_inspect.errors import MalformedError

_COLLECTION = 2  # JobMetrics.job_level_metrics
_METRIC = 1  # MetricCollection.metrics
_DATA = 3  # JobMetrics.metrics_data
_EVENT = 5  # JobMetrics.events

_VARINT, _FIXED64, _BYTES, _GROUP, _END_GROUP, _FIXED32 = range(6)
_DEEPEST = 100
_WINDOW = 1 << 16


class Span(NamedTuple):
    """Bytes of a file: one serialized message, without its tag and length."""

    offset: int
    length: int


class Records(NamedTuple):
    """The records of a file, each kind in the order of the file."""

    metrics: list[Span]
    data: list[Span]
    events: list[Span]


def records(source: Source) -> Records:
    """Offsets of the records of a file.

    The positions in the lists are those of `Document.metrics`, `data` and `events`. Raises
    TruncatedError or MalformedError for bytes that protobuf would not parse either.
    """
    reader = _Reader(source)
    spans = Records([], [], [])
    for number, span in reader.fields(0, source.size):
        if number == _DATA:
            spans.data.append(span)
        elif number == _EVENT:
            spans.events.append(span)
        elif number == _COLLECTION:
            # Protobuf merges collections that appear several times: their metrics add up.
            inner = reader.fields(span.offset, span.offset + span.length)
            spans.metrics.extend(metric for field, metric in inner if field == _METRIC)
    return spans


def fields(source: Source, start: int, end: int) -> Iterator[tuple[int, Span]]:
    """Number and place of each length-delimited field between two offsets. Raises as above."""
    return _Reader(source).fields(start, end)


def read(source: Source, span: Span, piece: int = 1 << 20) -> Iterator[bytes]:
    """The bytes of a record, `piece` at most at a time."""
    end = span.offset + span.length
    for offset in range(span.offset, end, piece):
        yield source.read(offset, min(piece, end - offset))


class _Reader:
    """Walks fields; bodies are skipped without being read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._start = 0
        self._data = b""

    def fields(self, offset: int, end: int) -> Iterator[tuple[int, Span]]:
        """Number and place of each length-delimited field between two offsets."""
        while offset < end:
            at = offset
            tag, offset = self._varint(offset, end)
            number, wire_type = tag >> 3, tag & 7
            if wire_type == _BYTES:
                length, offset = self._varint(offset, end)
                if offset + length > end:
                    raise cut_record(at, length, end - offset)
                yield number, Span(offset, length)
                offset += length
            else:
                offset = self._skip(number, wire_type, offset, end, 0)

    def _skip(self, number: int, wire_type: int, offset: int, end: int, depth: int) -> int:
        """The offset behind a field that is not length-delimited."""
        if wire_type == _VARINT:
            return self._varint(offset, end)[1]
        if wire_type in (_FIXED32, _FIXED64):
            offset += 4 if wire_type == _FIXED32 else 8
        elif wire_type == _GROUP and depth < _DEEPEST:
            return self._skip_group(number, offset, end, depth + 1)
        else:
            raise MalformedError(
                f"is damaged at byte {offset:,}: a field has an invalid number", None, offset
            )
        if offset > end:
            raise cut_inside("a number", end)
        return offset

    def _skip_group(self, number: int, offset: int, end: int, depth: int) -> int:
        while True:
            tag, offset = self._varint(offset, end)
            wire_type = tag & 7
            if wire_type == _END_GROUP and tag >> 3 == number:
                return offset
            if wire_type == _BYTES:
                length, offset = self._varint(offset, end)
                offset += length
                if offset > end:
                    raise cut_inside("a group", end)
            else:
                offset = self._skip(tag >> 3, wire_type, offset, end, depth)

    def _varint(self, offset: int, end: int) -> tuple[int, int]:
        """A number of up to ten bytes and the offset behind it."""
        at = offset - self._start
        if at < 0 or (
            at + 10 > len(self._data) and self._start + len(self._data) < self._source.size
        ):
            self._data = self._source.read(offset, _WINDOW)
            self._start = offset
            at = 0
        value = shift = 0
        for byte in self._data[at : at + min(10, end - offset)]:
            value |= (byte & 0x7F) << shift
            offset += 1
            if byte < 0x80:
                return value, offset
            shift += 7
        if offset >= end:
            raise cut_inside("the head of a record", end)
        raise MalformedError(
            f"is damaged at byte {offset:,}: a number is longer than ten bytes", None, offset
        )
