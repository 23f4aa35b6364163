"""Mutations of a message tree: clear, set, graft, duplicate, drop, swap, bad ids, bad enums.

A mutation is a number: the seed of the choices it makes. The same number on the same
tree does the same, so a failing list of mutations can be shortened.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from resim_inspect.schema import metrics_pb2 as pb

_MESSAGE = FieldDescriptor.TYPE_MESSAGE
_NUMBERS = (0.0, -0.0, 1.0, 1.5, 2.5, 4.0, -1.0, 1e300, float("nan"), float("inf"), -float("inf"))
_TEXTS = ("", " ", "go", "x", "metric 1", "event 1", "#12345", "#123456\n", "#12345g", "plot.png")
_INTEGERS = (0, 1, -1, 2, 999_999_999, 1_000_000_000, 2**31 - 1, -(2**31))
_ENUMS = (0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 42, -1)


def mutate(message: pb.JobMetrics, seed: int) -> None:
    """Apply one mutation in place."""
    random = Random(seed)
    kind = random.random()
    if kind < 0.10:
        _respell(random, message)
    elif kind < 0.14:
        _unknown_field(random, message)
    else:
        nodes = _nodes(message)
        # Each kind of message alike, or the series would have almost all of them.
        by_type: dict[str, list[Message]] = {}
        for node in nodes:
            by_type.setdefault(node.DESCRIPTOR.full_name, []).append(node)
        node = random.choice(by_type[random.choice(sorted(by_type))])
        if node.DESCRIPTOR.fields:
            _change(random, node, by_type)


def _nodes(message: Message) -> list[Message]:
    """The message and everything below it, apart from plotly figures."""
    messages = [message]
    fields: Sequence[tuple[Any, Any]] = message.ListFields()
    for field, value in fields:
        if field.type != _MESSAGE or field.message_type.full_name.startswith("google.protobuf.Str"):
            continue
        if _is_map(field):
            for key in sorted(value):
                messages += _nodes(value[key])
        elif isinstance(value, Message):
            messages += _nodes(value)
        else:
            for element in value:
                messages += _nodes(element)
    return messages


def _is_map(field: Any) -> bool:
    return bool(field.type == _MESSAGE and field.message_type.GetOptions().map_entry)


def _change(random: Random, node: Message, pool: dict[str, list[Message]]) -> None:
    fields: list[Any] = sorted(node.DESCRIPTOR.fields, key=lambda field: field.number)
    present: list[Any] = [field for field, _ in node.ListFields()]
    field = random.choice(present if present and random.random() < 0.75 else fields)
    value = getattr(node, field.name)
    if _is_map(field):
        _change_map(random, value)
    elif _repeated(field):
        _change_list(random, field, value, pool)
    elif random.random() < 0.3:
        node.ClearField(field.name)
    elif field.type == _MESSAGE:
        twins = pool.get(field.message_type.full_name, [])
        if twins and random.random() < 0.6:
            value.CopyFrom(random.choice(twins))
        elif random.random() < 0.5:
            value.Clear()
            value.SetInParent()
        else:
            value.SetInParent()
    else:
        setattr(node, field.name, _scalar(random, field, pool))


def _repeated(field: Any) -> bool:
    try:
        return bool(field.is_repeated)
    except AttributeError:  # before protobuf 6.31
        return bool(field.label == 3)


def _change_list(random: Random, field: Any, value: Any, pool: dict[str, list[Message]]) -> None:
    action = random.choice(("drop", "duplicate", "swap", "add", "add", "set", "clear", "reverse"))
    index = random.randrange(len(value)) if value else 0
    if action == "clear":
        del value[:]
    elif action == "drop" and value:
        del value[index]
    elif action == "reverse":
        value.reverse()
    elif field.type == _MESSAGE:
        twins = pool.get(field.message_type.full_name, [])
        if action == "duplicate" and value:
            value.append(value[index])
        elif action in ("swap", "set") and value and twins:
            value[index].CopyFrom(random.choice(twins))
        elif twins and random.random() < 0.7:
            value.append(random.choice(twins))
        else:
            value.add()
    elif action == "duplicate" and value:
        value.append(value[index])
    elif action in ("set", "swap") and value:
        value[index] = _scalar(random, field, pool)
    else:
        value.append(_scalar(random, field, pool))


def _change_map(random: Random, value: Any) -> None:
    keys = sorted(value)
    key = random.choice(keys) if keys else ""
    other = random.choice(("front", "rear", "", "left"))
    action = random.choice(("drop", "copy", "move", "empty"))
    if action == "empty" or key not in value:
        value[other].SetInParent()
    elif action == "drop":
        del value[key]
    elif key != other:
        value[other].CopyFrom(value[key])
        if action == "move":
            del value[key]


def _scalar(random: Random, field: Any, pool: dict[str, list[Message]]) -> Any:
    if field.type == FieldDescriptor.TYPE_STRING:
        if random.random() < 0.5:
            texts = [
                getattr(node, name)
                for kind, name in (
                    ("UUID", "data"), ("Metric", "name"), ("MetricsData", "name"), ("Event", "name")
                )
                for node in pool.get(f"resim_inspect.schema.{kind}", [])
            ]  # fmt: skip
            if texts:
                return random.choice(texts)
        return random.choice(_TEXTS)
    if field.type == FieldDescriptor.TYPE_ENUM:
        return random.choice(_ENUMS)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return random.random() < 0.5
    if field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        return random.choice(_NUMBERS)
    number = random.choice(_INTEGERS)
    return abs(number) if field.type == FieldDescriptor.TYPE_UINT32 else number


def spellings(text: str) -> list[str]:
    """Other ways to write an id, some of which are a UUID to Python and some not."""
    bare = text.strip("{}")
    return [
        bare.upper(),
        bare.replace("-", ""),
        "{" + bare + "}",
        "urn:uuid:" + bare,
        "uuid:" + bare,
        "{{{" + bare.replace("-", "") + "}",
        bare.replace("-", "", 1),
        bare + "-",
        " " + bare,
        bare[:-1] + " ",
        bare[:-1],
        bare + "0",
        bare[:-1] + "g",
        bare[:3] + "_" + bare[4:],
        "_" + bare[1:],
        "0x" + bare[2:],
        "+" + bare[1:],
        bare[:-1] + "٣",
        bare[:-1] + "\n",
        bare[:-1] + "\0",
        "",
    ]


def _respell(random: Random, message: pb.JobMetrics) -> None:
    """Write one id differently: everywhere, or in one place."""
    holders = [node for node in _nodes(message) if isinstance(node, pb.UUID)]
    if not holders:
        return
    chosen = random.choice(holders)
    old, new = chosen.data, random.choice(spellings(chosen.data))
    if random.random() < 0.5:
        chosen.data = new
        return
    for holder in holders:
        if holder.data == old:
            holder.data = new


_UNKNOWN = (b"\xa8\x06\x01", b"\xaa\x06\x01x", b"\xad\x06\x00\x00\x00\x00")


def _unknown_field(random: Random, message: pb.JobMetrics) -> None:
    """Fields with the number 101, as a newer or another writer would leave them."""
    random.choice(_nodes(message)).MergeFromString(random.choice(_UNKNOWN))
