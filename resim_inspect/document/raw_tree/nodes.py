"""Nodes of the tree of a file: a field, a value of a packed series, a page of them, or damage."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from resim_inspect.document.raw_tree.field_types import FieldType
from resim_inspect.document.raw_tree.records import WIRE_NAMES

Step = tuple[int, int]
"""Number of a field and how many of that number come before it in its message; for a value of a
packed series `PACKED_STEP` and its index."""
PACKED_STEP = -1


class NodeKind(Enum):
    """Kinds of nodes by what their bytes are."""

    FIELD = "field"
    ELEMENT = "value of a packed series"
    PAGE = "page"
    REST = "rest"
    DAMAGE = "damage"


class Level(NamedTuple):
    """A span of fields or of packed values: what is below a node. Offsets are those of the file."""

    start: int
    stop: int
    path: str
    """Path of the message or the series."""
    steps: tuple[Step, ...]
    message: Any = None
    """Descriptor of the message; None for one that the schema does not know."""
    packed: FieldType | None = None
    """Field whose packed values the span has; None for fields."""
    seen: Mapping[int, int] | None = None
    """Fields of each number in the message before the span; None for the whole message."""
    first: int = 0
    """Index of the first value of a packed span, or of the first field of the message."""
    is_page: bool = False
    """True for a span that is short enough to be listed one by one."""


class RawNode(NamedTuple):
    """One row of the tree. All texts are safe for a terminal."""

    kind: NodeKind
    name: str
    """Name with its index: `metrics_data[12]`, `unknown field 99`."""
    path: str
    steps: tuple[Step, ...]
    start: int
    """Offset of the first byte in the file, that of the tag of a field."""
    body: int
    """Offset of the content of a field, behind its tag and length."""
    end: int
    value: str
    """Short value; for a message its name or id."""
    number: int = 0
    """Number of the field; 0 for what is not a field."""
    wire_type: int = -1
    field: FieldType | None = None
    """The field of the schema; None for one that it does not know."""
    below: Level | None = None
    """Span of the nodes below; None for a node without any."""
    problem: str = ""
    """Damage of these bytes; empty for none."""
    held: int = 1
    """Fields or values of a page."""

    @property
    def size(self) -> int:
        """Number of bytes, with tag and length."""
        return self.end - self.start

    @property
    def key(self) -> tuple[str, int, int]:
        """Identity of the node in its file, also when it is read again."""
        return self.name, self.start, self.end

    @property
    def is_paging(self) -> bool:
        """True for a node that only holds others and has no bytes of its own."""
        return self.kind in (NodeKind.PAGE, NodeKind.REST)

    @property
    def type_text(self) -> str:
        """Type of the field and its form on the wire: `double, 64 bit`."""
        if self.kind in (NodeKind.PAGE, NodeKind.REST, NodeKind.DAMAGE):
            return str(self.kind.value)
        wire = "" if self.wire_type < 0 else WIRE_NAMES[self.wire_type]
        if self.kind is NodeKind.ELEMENT:
            wire = "packed"
        name = "unknown" if self.field is None else self.field.type_name
        return f"{name}, {wire}"
