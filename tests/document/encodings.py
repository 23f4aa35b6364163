"""Random legal (and some illegal) wire encodings of messages, as no writer would make them."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from resim_inspect.document.wire.scan import encode_varint


def varint(rng: random.Random, value: int) -> bytes:
    """A number as a varint, now and then longer than it needs to be."""
    data = bytearray(encode_varint(value & (1 << 64) - 1))
    if rng.random() < 0.02 and len(data) < 5:
        data[-1] |= 0x80
        data += b"\x80" * rng.randrange(0, 4 - len(data) + 1) + b"\x00"
    return bytes(data)


def unknown(rng: random.Random, depth: int = 0) -> bytes:
    """A field that no message of the schema has."""
    number = rng.choice((90, 200, 5000))
    kind = rng.randrange(5)
    if kind == 0:
        return varint(rng, number << 3) + varint(rng, rng.getrandbits(40))
    if kind == 1:
        return varint(rng, number << 3 | 1) + rng.randbytes(8)
    if kind == 2:
        body = rng.randbytes(rng.randrange(0, 9))
        return varint(rng, number << 3 | 2) + varint(rng, len(body)) + body
    if kind == 3:
        return varint(rng, number << 3 | 5) + rng.randbytes(4)
    body = unknown(rng, depth + 1) if depth < 3 else b""
    return varint(rng, number << 3 | 3) + body + varint(rng, number << 3 | 4)


def encode(rng: random.Random, message: Message, oddity: float = 0.1) -> bytes:
    """A serialized form of a message that protobuf reads as it, or nearly so."""
    parts: list[bytes] = []
    for field, value in message.ListFields():
        parts += _field(rng, field, value, oddity)
    if rng.random() < oddity * 0.3:
        parts.insert(rng.randrange(len(parts) + 1), unknown(rng))
    if rng.random() < oddity * 0.5:
        rng.shuffle(parts)
    return b"".join(parts)


def _field(rng: random.Random, field: FieldDescriptor, value: object, oddity: float) -> list[bytes]:
    wire, field_value = _codec(rng, field, oddity)
    head = varint(rng, field.number << 3 | wire)
    if _is_map(field):
        out = []
        for key in value:  # type: ignore[attr-defined]
            entry = b"\x0a" + encode_varint(len(key.encode())) + key.encode()
            if rng.random() > oddity * 0.2:
                body = encode(rng, value[key], oddity)  # type: ignore[index]
                entry += b"\x12" + encode_varint(len(body)) + body
            out.append(head + varint(rng, len(entry)) + entry)
            if rng.random() < oddity * 0.3:
                out.append(out[0])
        return out
    if not _repeated(field):
        body = field_value(value)
        if wire == 2 and field.message_type and rng.random() < oddity * 0.5:
            # In two halves that the reader merges: the second may be empty.
            other = encode(rng, value, 0) if rng.random() < 0.5 else b""  # type: ignore[arg-type]
            return [
                head + varint(rng, len(body)) + body,
                head + varint(rng, len(other)) + other,
            ]
        return [head + (varint(rng, len(body)) + body if wire == 2 else body)]
    values = list(value)  # type: ignore[call-overload]
    if wire == 2:
        return [head + varint(rng, len(body)) + body for body in map(field_value, values)]
    # Numbers: packed, in chunks or one by one.
    style = rng.random()
    if style > oddity:
        chunks = [values]
    elif style > oddity / 2:
        cut = rng.randrange(len(values) + 1)
        chunks = [values[:cut], values[cut:]]
    else:
        return [head + field_value(number) for number in values]
    long = varint(rng, field.number << 3 | 2)
    bodies = [b"".join(map(field_value, chunk)) for chunk in chunks]
    return [long + varint(rng, len(body)) + body for body in bodies]


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _codec(
    rng: random.Random, field: FieldDescriptor, oddity: float
) -> tuple[int, Callable[..., bytes]]:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return 2, lambda value: encode(rng, value, oddity)
    if field.type == FieldDescriptor.TYPE_STRING:
        return 2, lambda value: value.encode()
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return 1, lambda value: struct.pack("<d", value)
    if field.type == FieldDescriptor.TYPE_FLOAT:
        return 5, lambda value: struct.pack("<f", value)
    return 0, lambda value: varint(rng, int(value))


def _repeated(field: FieldDescriptor) -> bool:
    # `label` is gone from the newest protobuf, `is_repeated` is not in the oldest.
    repeated = getattr(field, "is_repeated", None)
    if repeated is not None:
        return bool(repeated)
    return bool(getattr(field, "label") == FieldDescriptor.LABEL_REPEATED)  # noqa: B009
