"""Records of one level of the wire format, read on demand; what is damaged is a record too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resim_inspect.document.wire.source import Source

VARINT, FIXED64, BYTES, GROUP, END_GROUP, FIXED32 = range(6)
"""Wire types of protobuf."""
WIRE_NAMES = ("varint", "64 bit", "length-delimited", "group", "end of group", "32 bit")

MAX_GROUP_DEPTH = 100
"""Limit of protobuf on nested groups."""

_HEAD = 20
"""Bytes of the longest tag and the longest length or number after it."""
_LARGE_WINDOW = 120 << 10
_SMALL_WINDOW = 4096
_MAX_FIELD = (1 << 29) - 1


class Record(NamedTuple):
    """One field on the wire, or bytes that are not one. Offsets are those of the file."""

    number: int
    """Number of the field; 0 where that cannot be read."""
    wire_type: int
    """Wire type; -1 for bytes that are not a field."""
    start: int
    """Offset of the tag."""
    body: int
    """Offset of the content, behind the tag and the length."""
    end: int
    """Offset behind the record."""
    value: int = 0
    """Number of a varint."""
    problem: str = ""
    """Damage of this record; empty for none."""


class _DamageError(Exception):
    """Raised for bytes that are not a field; the text says why."""


class Window:
    """Buffer of the bytes before `stop` around the offset that was asked for."""

    def __init__(self, source: Source, stop: int) -> None:
        self._source = source
        self.stop = min(stop, source.size)
        self.start = 0
        self.data = b""

    def at(self, offset: int, need: int) -> int:
        """Buffer `need` bytes from `offset`, or all up to the end; return its index in `data`."""
        at = offset - self.start
        if at < 0 or (at + need > len(self.data) and self._ends_before_stop()):
            near = 0 <= at <= len(self.data) + _SMALL_WINDOW
            size = max(need, _LARGE_WINDOW if near else _SMALL_WINDOW)
            self.data = self._source.read(offset, min(size, max(0, self.stop - offset)))
            self.start, at = offset, 0
        return at

    def bytes_at(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`, fewer at the end."""
        at = self.at(offset, size)
        return self.data[at : at + size]

    def _ends_before_stop(self) -> bool:
        return self.start + len(self.data) < self.stop

    def varint(self, offset: int) -> tuple[int, int]:
        """A varint and the offset behind it. Raises _DamageError."""
        at = self.at(offset, _HEAD)
        value = shift = 0
        for count, byte in enumerate(self.data[at : at + 10], 1):
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFF_FFFF_FFFF_FFFF, offset + count
            shift += 7
        if offset + 10 > self.stop:
            raise _DamageError("a number is cut short")
        raise _DamageError("a number is longer than ten bytes")


def records(source: Source, start: int, stop: int) -> Iterator[Record]:
    """Records of [start, stop): each byte belongs to exactly one of them.

    After damage that leaves no way to find the next record, the last one covers all that is left.
    Raises ChangedError and UnreadableError of the source.
    """
    window = Window(source, stop)
    offset, stop = start, window.stop
    while offset < stop:
        at = window.at(offset, _HEAD)
        data = window.data
        tag = data[at]
        # The usual record: a tag of one byte, and a length of one or two that fits.
        if 8 <= tag < 0x80 and tag & 7 == BYTES and at + 2 < len(data):
            length, body = data[at + 1], offset + 2
            if length >= 0x80:
                length, body = length & 0x7F | data[at + 2] << 7, offset + 3
            if (body == offset + 2 or 0 < data[at + 2] < 0x80) and body + length <= stop:
                yield Record(tag >> 3, BYTES, offset, body, body + length)
                offset = body + length
                continue
        try:
            record = _record(window, offset)
        except _DamageError as error:
            record = Record(0, -1, offset, offset, stop, problem=str(error))
        yield record
        offset = record.end


def first_record(window: Window, offset: int) -> Record:
    """The record at an offset before the end of the window's span."""
    try:
        return _record(window, offset)
    except _DamageError as error:
        return Record(0, -1, offset, offset, window.stop, problem=str(error))


def _record(window: Window, start: int) -> Record:
    number, wire_type, offset = _tag(window, start)
    stop = window.stop
    if wire_type == VARINT:
        value, end = window.varint(offset)
        return Record(number, wire_type, start, offset, end, value)
    if wire_type in (FIXED64, FIXED32):
        size = 8 if wire_type == FIXED64 else 4
        if offset + size > stop:
            problem = f"needs {size} bytes, of which {stop - offset} are there"
            return Record(number, wire_type, start, offset, stop, problem=problem)
        return Record(number, wire_type, start, offset, offset + size)
    if wire_type == BYTES:
        length, body = window.varint(offset)
        if body + length > stop:
            problem = f"needs {length:,} bytes, of which {max(0, stop - body):,} are there"
            return Record(number, wire_type, start, body, stop, problem=problem)
        return Record(number, wire_type, start, body, body + length)
    if wire_type == GROUP:
        return _group(window, number, start, offset)
    if wire_type == END_GROUP:
        raise _DamageError(f"field {number} ends a group that did not begin")
    raise _DamageError(f"field {number} has the wire type {wire_type}, which does not exist")


def _tag(window: Window, start: int) -> tuple[int, int, int]:
    tag, offset = window.varint(start)
    number = tag >> 3
    if not 0 < number <= _MAX_FIELD:
        raise _DamageError(f"a field has the number {number:,}, which does not exist")
    return number, tag & 7, offset


def _group(window: Window, number: int, start: int, body: int) -> Record:
    """A group up to its end tag, which belongs to it."""
    opened, offset = [number], body
    while offset < window.stop:
        try:
            inner, wire_type, after = _tag(window, offset)
            if wire_type == GROUP and len(opened) < MAX_GROUP_DEPTH:
                opened.append(inner)
                offset = after
                continue
            if wire_type == END_GROUP and inner == opened[-1]:
                opened.pop()
                offset = after
                if not opened:
                    return Record(number, GROUP, start, body, offset)
                continue
            if wire_type in (GROUP, END_GROUP):
                break
            record = _record(window, offset)
        except _DamageError:
            break
        if record.problem:
            break
        offset = record.end
    problem = "begins a group that does not end"
    return Record(number, GROUP, start, body, window.stop, problem=problem)
