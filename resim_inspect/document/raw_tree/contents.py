"""Whole contents of a node: its value as text to copy, and its bytes in hexadecimal lines."""

from __future__ import annotations

from google.protobuf.descriptor import FieldDescriptor

from resim_inspect.document.raw_tree.nodes import NodeKind, RawNode
from resim_inspect.document.raw_tree.reader import RawReader
from resim_inspect.document.raw_tree.values import MOSTLY_PRINTABLE, hex_text, is_text

TEXT_BYTES = 1 << 20
"""Bytes of a text that are copied."""
HEX_BYTES = 1 << 14
"""Bytes that are copied in hexadecimal digits."""
VALUES = 10_000
"""Values of a packed series that are copied."""


def whole_value(reader: RawReader, node: RawNode) -> str:
    """Value of a node to copy: a whole text, a number, the values of a series, or bytes as hex.

    Long ones are cut at the limits above. Raises what the reader raises.
    """
    below, size = node.below, node.end - node.body
    if below is not None and below.packed is not None:
        return "\n".join(_values(reader, node))
    if node.field is not None and node.field.kind == FieldDescriptor.TYPE_STRING:
        return reader.source.read(node.body, min(size, TEXT_BYTES)).decode("utf-8", "replace")
    is_number = node.kind is NodeKind.ELEMENT or (below is None and node.wire_type in (0, 1, 5))
    if is_number and not node.problem:
        return node.value
    content = reader.source.read(node.body, min(size, HEX_BYTES))
    if node.field is None and below is None and node.kind is NodeKind.FIELD:
        text = reader.source.read(node.body, min(size, TEXT_BYTES))
        if is_text(text, is_cut=len(text) < size, printable=MOSTLY_PRINTABLE):
            return text.decode("utf-8", "replace")
    return hex_text(content, is_cut=len(content) < size)


def _values(reader: RawReader, node: RawNode) -> list[str]:
    values: list[str] = []
    waiting = [node]
    while waiting and len(values) < VALUES:
        current = waiting.pop()
        if current.kind is NodeKind.ELEMENT:
            values.append(current.value)
        elif current.below is not None:
            waiting += reversed(reader.nodes(current.below))
    return values


def hex_lines(content: bytes, start: int, columns: int) -> list[str]:
    """Lines of offset, `columns` bytes as hexadecimal digits, and their printable characters."""
    digits = max(8, len(str(start + len(content))))
    lines = []
    for at in range(0, len(content), columns):
        part = content[at : at + columns]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        lines.append(f"{start + at:>{digits}}  {part.hex(' '):{columns * 3 - 1}}  {shown}")
    return lines
