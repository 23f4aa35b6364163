"""Offset and reason of a parse error, which protobuf does not report."""

from __future__ import annotations

from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor

DEPTH = 100
"""Limit of protobuf on nested messages."""
_TOO_DEEP = "messages are nested too deeply"


class Fault(NamedTuple):
    """The first thing wrong with the wire format."""

    offset: int
    reason: str


class _FaultError(Exception):
    def __init__(self, offset: int, reason: str) -> None:
        self.fault = Fault(offset, reason)


def diagnose(data: bytes, descriptor: Any) -> Fault | None:
    """The first fault of a serialized message of this `Descriptor`; None if there is none."""
    try:
        _message(data, 0, len(data), descriptor, DEPTH, descriptor.name)
    except _FaultError as error:
        return error.fault
    except RecursionError:
        return Fault(0, "nested too deeply")
    return None


def nested_too_deeply(data: bytes, descriptor: Any, depth: int) -> bool:
    """Return True if the first fault of a message is its nesting, `depth` levels allowed."""
    try:
        _message(data, 0, len(data), descriptor, depth, descriptor.name)
    except _FaultError as error:
        return error.fault.reason == _TOO_DEEP
    return False


def _varint(data: bytes, offset: int, end: int) -> tuple[int, int]:
    value = shift = 0
    for byte_offset in range(offset, min(offset + 10, end)):
        byte = data[byte_offset]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, byte_offset + 1
        shift += 7
    if offset + 10 > end:
        raise _FaultError(offset, "a number is cut short")
    raise _FaultError(offset, "a number is longer than ten bytes")


def _message(data: bytes, offset: int, end: int, descriptor: Any, depth: int, where: str) -> None:
    if depth < 0:
        raise _FaultError(offset, _TOO_DEEP)
    while offset < end:
        offset = _field(data, offset, end, descriptor, depth, where, None)


def _field(
    data: bytes,
    at: int,
    end: int,
    descriptor: Any,
    depth: int,
    where: str,
    group: int | None,
) -> int:
    """Past one field; for the end of `group` its offset, negated."""
    tag, offset = _varint(data, at, end)
    number, wire_type = tag >> 3, tag & 7
    if not 0 < number < 1 << 29:
        raise _FaultError(at, f"in {where}, a field has the number {number}, which does not exist")
    field = descriptor.fields_by_number.get(number) if descriptor is not None else None
    name = f"{where}.{field.name}" if field is not None else f"{where}, field {number}"
    if wire_type == 0:
        return _varint(data, offset, end)[1]
    if wire_type in (1, 5):
        offset += 8 if wire_type == 1 else 4
        if offset > end:
            raise _FaultError(at, f"{name} is cut short")
        return offset
    if wire_type == 2:
        length, offset = _varint(data, offset, end)
        if offset + length > end:
            raise _FaultError(
                at, f"{name} needs {length:,} bytes, of which {max(0, end - offset):,} are there"
            )
        if field is not None:
            _content(data, offset, offset + length, field, depth, name)
        return offset + length
    if wire_type == 3:
        if depth <= 0:
            raise _FaultError(at, _TOO_DEEP)
        while offset < end:
            offset = _field(data, offset, end, None, depth - 1, name, number)
            if offset < 0:
                return -offset
        raise _FaultError(at, f"{name} begins a group that does not end")
    if wire_type == 4:
        if number == group:
            return -offset
        raise _FaultError(at, f"{name} ends a group that did not begin")
    raise _FaultError(at, f"{name} has the wire type {wire_type}, which does not exist")


def _content(
    data: bytes, start: int, end: int, field: FieldDescriptor, depth: int, name: str
) -> None:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        _message(data, start, end, field.message_type, depth - 1, name)
    elif field.type == FieldDescriptor.TYPE_STRING:
        try:
            data[start:end].decode("utf-8")
        except UnicodeDecodeError as error:
            raise _FaultError(start + error.start, f"{name} is not valid UTF-8") from error
    elif field.type == FieldDescriptor.TYPE_DOUBLE:
        if (end - start) % 8:
            raise _FaultError(start, f"{name} has {end - start:,} bytes, not a multiple of 8")
    elif field.type == FieldDescriptor.TYPE_ENUM:
        while start < end:
            start = _varint(data, start, end)[1]
