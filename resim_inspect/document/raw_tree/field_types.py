"""Fields of the schema by number, as far as their wire form and their values depend on them."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from resim_inspect.document.raw_tree.records import BYTES, FIXED32, FIXED64, VARINT
from resim_inspect.schema import metrics_pb2 as pb

ROOT: Any = pb.JobMetrics.DESCRIPTOR
"""Descriptor of the message that a metrics file is."""

_FIXED = {
    FieldDescriptor.TYPE_DOUBLE: FIXED64,
    FieldDescriptor.TYPE_FLOAT: FIXED32,
    FieldDescriptor.TYPE_STRING: BYTES,
    FieldDescriptor.TYPE_MESSAGE: BYTES,
    FieldDescriptor.TYPE_BYTES: BYTES,
}
_TYPE_NAMES = {
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BYTES: "bytes",
}


class FieldType(NamedTuple):
    """A field of the schema."""

    name: str
    kind: int
    """Type of the field, a constant of FieldDescriptor."""
    type_name: str
    """Name of the type for people: `double`, `MetricStatus`, `UUID`."""
    wire_type: int
    """Wire type of one value."""
    is_repeated: bool
    message: Any
    """Descriptor of the message; None for other values."""
    enum_names: dict[int, str]
    """Names of the values of an enum; empty for other values."""

    @property
    def is_packable(self) -> bool:
        """True if several values may stand in one length-delimited record."""
        return self.is_repeated and self.wire_type != BYTES


@cache
def field_type(message: Any, number: int) -> FieldType | None:
    """The field with a number in a message of the schema; None for one that it does not know."""
    field = None if message is None else message.fields_by_number.get(number)
    if field is None:
        return None
    inner, enum = field.message_type, field.enum_type
    named = inner or enum
    return FieldType(
        field.name,
        field.type,
        named.name if named is not None else _TYPE_NAMES.get(field.type, "number"),
        _FIXED.get(field.type, VARINT),
        _is_repeated(field),
        inner,
        {} if enum is None else {value.number: value.name for value in enum.values},
    )


def _is_repeated(field: Any) -> bool:
    # The label is deprecated where the property exists, which the lowest version lacks.
    known = getattr(field, "is_repeated", None)
    return bool(field.label == FieldDescriptor.LABEL_REPEATED if known is None else known)


@cache
def reachable_names(message: Any) -> tuple[str, ...]:
    """Names of all fields and enum values below a message, in lower case and each once."""
    names: dict[str, None] = {}
    seen, queue = set(), [message]
    while queue:
        current = queue.pop()
        if current is None or current.full_name in seen:
            continue
        seen.add(current.full_name)
        for number in current.fields_by_number:
            field = field_type(current, number)
            assert field is not None
            names[field.name.casefold()] = None
            names.update((name.casefold(), None) for name in field.enum_names.values())
            queue.append(field.message)
    return tuple(names)
