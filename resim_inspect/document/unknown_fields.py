"""Fields in a file that the schema does not know: from a newer or another writer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from resim_inspect.schema import metrics_pb2 as pb


class UnknownField(NamedTuple):
    """A field that the schema does not know."""

    where: str
    """Path of the message that has it, such as `metrics_data.series`; `file` at the top."""
    number: int


def unknown_fields(slices: Iterable[bytes]) -> list[UnknownField]:
    """The unknown fields of a serialized JobMetrics, each place and number once.

    `slices` are serialized JobMetrics that merge into it.
    """
    unknown: dict[UnknownField, None] = {}
    for serialized in slices:
        if _has_unknown(serialized):
            _walk(pb.JobMetrics.FromString(serialized), "", unknown)
    return list(unknown)


def has_unknown_fields(slices: Iterable[bytes]) -> bool:
    """Return True if `unknown_fields` of the same slices are not empty."""
    return any(map(_has_unknown, slices))


def _has_unknown(serialized: bytes) -> bool:
    # Cheaper to find out than to walk it all: without them, a message is written as it was
    # read, or where its writer has other habits, as long as with them.
    message = pb.JobMetrics.FromString(serialized)
    message.DiscardUnknownFields()
    written = message.SerializeToString()
    # Views are compared value by value, bytes in one go.
    if written == bytes(serialized):
        return False
    return len(written) != pb.JobMetrics.FromString(serialized).ByteSize()


def _walk(message: Message, where: str, collected: dict[UnknownField, None]) -> None:
    unknown: Iterable[Any] = UnknownFieldSet(message)  # type: ignore[assignment]
    for field in unknown:
        collected[UnknownField(where or "file", field.field_number)] = None
    for descriptor, value in message.ListFields():
        if descriptor.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        path = f"{where}.{descriptor.name}" if where else descriptor.name
        entry: Any = descriptor.message_type
        if entry.GetOptions().map_entry:
            if entry.fields_by_name["value"].type == FieldDescriptor.TYPE_MESSAGE:
                for key in value:
                    _walk(value[key], path, collected)
        elif isinstance(value, Message):
            _walk(value, path, collected)
        else:
            for element in value:
                _walk(element, path, collected)
