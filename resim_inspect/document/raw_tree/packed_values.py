"""Values of a packed series: listed one by one, or in pages that are found without reading them."""

from __future__ import annotations

from resim_inspect.document.raw_tree.field_types import FieldType
from resim_inspect.document.raw_tree.nodes import PACKED_STEP, Level, NodeKind, RawNode
from resim_inspect.document.raw_tree.records import (
    FIXED32,
    FIXED64,
    Record,
    Window,
)
from resim_inspect.document.raw_tree.values import fixed_text, hex_text, number_text
from resim_inspect.document.wire.source import Source
from resim_inspect.text import count

PAGE = 1000
"""Values of a page."""
_SHOWN = 6
"""Values in the row of a series."""
_SCAN_BYTES = 1 << 20
"""Bytes of numbers of various lengths that are looked at in one go."""
_VARINT_BYTES = 10


def packed_nodes(source: Source, level: Level) -> list[RawNode]:
    """The values of a packed span, or its pages."""
    assert level.packed is not None
    window, width = Window(source, level.stop), _width(level.packed)
    if not width:
        return _varints(window, level, level.packed)
    total = (level.stop - level.start) // width
    if total <= PAGE:
        nodes = [
            _element(window, level, level.packed, offset, offset + width, level.first + index)
            for index, offset in enumerate(range(level.start, level.start + total * width, width))
        ]
    else:
        # So many pages that there are at most a thousand of them, and pages of pages below.
        per_page = PAGE
        while total > per_page * PAGE:
            per_page *= PAGE
        nodes = []
        for first in range(0, total, per_page):
            number = min(per_page, total - first)
            start = level.start + first * width
            nodes.append(_page(level, start, start + number * width, level.first + first, number))
    left = level.start + total * width
    if left < level.stop:
        nodes.append(_damage(window, level, left, f"is not a value of {width} bytes"))
    return nodes


def _width(field: FieldType) -> int:
    """Bytes of a value; 0 for numbers of various lengths."""
    return {FIXED64: 8, FIXED32: 4}.get(field.wire_type, 0)


def _varints(window: Window, level: Level, field: FieldType) -> list[RawNode]:
    nodes: list[RawNode] = []
    offset, index = level.start, level.first
    is_short = level.is_page or level.stop - level.start <= PAGE
    while is_short and offset < level.stop:
        record = _number_at(window, offset)
        if record is None:
            return [*nodes, _damage(window, level, offset, "is not a number")]
        nodes.append(_element(window, level, field, offset, record.end, index, record.value))
        offset, index = record.end, index + 1
    while offset < level.stop:
        if offset - level.start > _SCAN_BYTES:
            nodes.append(_rest(level, offset, index))
            break
        end, number = _page_end(window, offset)
        if not number:
            return [*nodes, _damage(window, level, offset, "is not a number")]
        nodes.append(_page(level, offset, end, index, number))
        offset, index = end, index + number
    return nodes


def _rest(level: Level, start: int, first: int) -> RawNode:
    below = Level(start, level.stop, level.path, level.steps, packed=level.packed, first=first)
    return RawNode(
        NodeKind.REST, "more values", level.path, level.steps, start, start, level.stop,
        f"after the first {first:,}", below=below,
    )  # fmt: skip


def _page_end(window: Window, offset: int) -> tuple[int, int]:
    """Offset behind the numbers of a page from `offset`, and how many they are."""
    content = window.bytes_at(offset, PAGE)
    if content.isascii():  # Every number has one byte.
        return offset + len(content), len(content)
    number = 0
    while number < PAGE and offset < window.stop:
        record = _number_at(window, offset)
        if record is None:
            break
        offset, number = record.end, number + 1
    return offset, number


def _number_at(window: Window, offset: int) -> Record | None:
    """The number at an offset, as a record without a tag; None for damage."""
    at = window.at(offset, _VARINT_BYTES)
    value = shift = 0
    for length, byte in enumerate(window.data[at : at + _VARINT_BYTES], 1):
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return Record(0, 0, offset, offset, offset + length, value & (1 << 64) - 1)
        shift += 7
    return None


def _element(
    window: Window,
    level: Level,
    field: FieldType,
    start: int,
    end: int,
    index: int,
    value: int = 0,
) -> RawNode:
    if _width(field):
        text = fixed_text(window.bytes_at(start, end - start), field)
    else:
        text = number_text(value, field)
    name = f"{field.name}[{index}]"
    return RawNode(
        NodeKind.ELEMENT, name, f"{level.path}[{index}]", (*level.steps, (PACKED_STEP, index)),
        start, start, end, text, field=field,
    )  # fmt: skip


def _page(level: Level, start: int, end: int, first: int, number: int) -> RawNode:
    assert level.packed is not None
    name = f"{level.packed.name}[{first:,} … {first + number - 1:,}]"
    below = Level(
        start, end, level.path, level.steps, packed=level.packed, first=first, is_page=True
    )
    return RawNode(
        NodeKind.PAGE, name, level.path, level.steps, start, start, end,
        count(number, "value"), below=below, held=number,
    )  # fmt: skip


def _damage(window: Window, level: Level, start: int, problem: str) -> RawNode:
    head = window.bytes_at(start, min(16, level.stop - start))
    text = hex_text(head, is_cut=len(head) < level.stop - start)
    return RawNode(
        NodeKind.DAMAGE, "damaged bytes", level.path, level.steps, start, start, level.stop,
        text, problem=problem,
    )  # fmt: skip


def packed_text(window: Window, level: Level) -> str:
    """Count and first values of a packed span: `3 values: 0.1, 0.2, 0.3`."""
    field = level.packed
    assert field is not None
    width = _width(field)
    values: list[str] = []
    offset = level.start
    while offset < level.stop and len(values) < _SHOWN:
        if width:
            content = window.bytes_at(offset, width)
            if len(content) < width:
                break
            values.append(fixed_text(content, field))
            offset += width
        else:
            number = _number_at(window, offset)
            if number is None:
                break
            values.append(number_text(number.value, field))
            offset = number.end
    more = "" if offset >= level.stop else ", …"
    head = count((level.stop - level.start) // width, "value") + ": " if width else ""
    return head + ", ".join(values) + more
