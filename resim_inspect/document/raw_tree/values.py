"""Values of fields as short texts: numbers by their type, enums by name, text, and bytes as hex."""

from __future__ import annotations

import struct
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from resim_inspect.document.raw_tree.field_types import FieldType, field_type
from resim_inspect.document.raw_tree.records import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    Record,
    Window,
    first_record,
)
from resim_inspect.text import clean, full_number

TEXT_LIMIT = 120
"""Characters of a text in a row."""
_HEX_BYTES = 16
"""Bytes of a value without a type in a row."""
_TITLE_BYTES = 512
_TITLE_RECORDS = 8
_TITLES = frozenset({"name", "key", "data", "path", "string_value"})
"""Text fields that tell a message from its neighbours."""


def quoted(content: bytes, limit: int, *, is_cut: bool = False) -> str:
    """Text of a field in quotation marks; bytes that are not UTF-8 show as `�`."""
    text = content.decode("utf-8", "replace")
    shown = clean(text.rstrip("�") if is_cut else text, limit)
    return f'"{shown}…"' if is_cut and not shown.endswith("…") else f'"{shown}"'


def hex_text(content: bytes, *, is_cut: bool = False) -> str:
    """Bytes as pairs of hexadecimal digits."""
    return content.hex(" ") + (" …" if is_cut else "")


def number_text(value: int, field: FieldType | None) -> str:
    """The number of a varint as the type of its field has it."""
    if field is None:
        return str(value)
    if field.kind == FieldDescriptor.TYPE_ENUM:
        signed = _signed(value, 32)
        return f"{field.enum_names.get(signed, 'unknown value')} ({signed})"
    if field.kind == FieldDescriptor.TYPE_BOOL:
        return "true" if value else "false"
    if field.kind == FieldDescriptor.TYPE_INT32:
        return str(_signed(value, 32))
    if field.kind == FieldDescriptor.TYPE_INT64:
        return str(_signed(value, 64))
    if field.kind == FieldDescriptor.TYPE_UINT32:
        return str(value & 0xFFFF_FFFF)
    return str(value)


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def fixed_text(content: bytes, field: FieldType | None) -> str:
    """A number of 4 or 8 bytes; without a type both as an integer and as a real number."""
    code, real = ("<I", "<f") if len(content) == 4 else ("<Q", "<d")
    number = full_number(struct.unpack(real, content)[0])
    return number if field is not None else f"{struct.unpack(code, content)[0]} or {number}"


MOSTLY_PRINTABLE = 0.75
"""Share of printable characters of an unknown field that is shown as a text, if no message."""


def record_text(window: Window, record: Record, field: FieldType | None) -> str:
    """Short value of a record that has no fields below it."""
    if record.wire_type == VARINT:
        return number_text(record.value, field)
    size = record.end - record.body
    if record.wire_type in (FIXED32, FIXED64) and not record.problem:
        return fixed_text(window.bytes_at(record.body, size), field)
    if record.wire_type == BYTES and (field is None or field.kind == FieldDescriptor.TYPE_STRING):
        # A character has at most four bytes.
        head = window.bytes_at(record.body, min(size, 4 * TEXT_LIMIT))
        is_cut = len(head) < size
        if field is not None or is_text(head, is_cut=is_cut, printable=MOSTLY_PRINTABLE):
            return quoted(head, TEXT_LIMIT, is_cut=is_cut)
    start = record.start if record.wire_type < 0 else record.body
    head = window.bytes_at(start, min(record.end - start, _HEX_BYTES))
    return hex_text(head, is_cut=len(head) < record.end - start)


def is_text(content: bytes, *, is_cut: bool = False, printable: float = 1.0) -> bool:
    """Return True for bytes that read as text; the last character may be cut.

    `printable`: share of the characters that must be printable.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if not is_cut or error.start < len(content) - 3:
            return False
        text = content[: error.start].decode("utf-8")
    others = sum(not char.isprintable() and char not in "\n\t" for char in text)
    return bool(text) and others <= (1 - printable) * len(text)


def title(window: Window, start: int, end: int, message: Any, depth: int = 3) -> str:
    """Name of a message in quotation marks, or its id; empty for one that has neither."""
    limit, offset, fallback = min(end, start + _TITLE_BYTES), start, ""
    if message is None or depth == 0:
        return ""
    for _ in range(_TITLE_RECORDS):
        if offset >= limit:
            break
        record = first_record(window, offset)
        if record.end > end:
            break
        field = field_type(message, record.number)
        if record.wire_type == BYTES and field is not None:
            if field.name in _TITLES and field.kind == FieldDescriptor.TYPE_STRING:
                return record_text(window, record, field)
            if field.name.endswith("id") and not fallback:
                fallback = title(window, record.body, record.end, field.message, depth - 1)
        offset = record.end
    return fallback
