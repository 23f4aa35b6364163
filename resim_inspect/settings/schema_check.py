"""Check of TOML values against a JSON Schema, with messages for people.

The part of JSON Schema that the shipped schemas use: type, enum, pattern, minimum, maximum,
exclusiveMinimum, minLength, minItems, items, properties, required, propertyNames,
additionalProperties, $ref.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from resim_inspect.settings.faults import Key, near_or_all
from resim_inspect.text import clean

Schema = Mapping[str, Any]
_NAMES = {
    "object": "a table",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class MismatchError(Exception):
    """A value that the schema does not allow: its key, and a sentence without its place."""

    def __init__(self, key: Key, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


@cache
def shipped_schema(name: str) -> Schema:
    """Return a JSON Schema of this package, such as `resim.schema.json`."""
    schema: Schema = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return schema


def resolved(schema: Schema, root: Schema) -> Schema:
    """Return the schema that a `$ref` leads to, with the keys beside it; else the schema itself."""
    if "$ref" not in schema:
        return schema
    target: Any = root
    for part in str(schema["$ref"]).removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def mismatches(
    value: object, schema: Schema, root: Schema, key: Key = ()
) -> Iterator[MismatchError]:
    """Yield what a schema does not allow in a value and in everything in it.

    A value of a wrong type is one mismatch, whatever is in it.
    """
    schema = resolved(schema, root)
    types = _type_mismatch(value, schema, key)
    if types is not None:
        yield types
        return
    name = dotted(key)
    if "enum" in schema and value not in schema["enum"]:
        known = [str(each) for each in schema["enum"]]
        yield MismatchError(key, f"{name} is {shown(value)}{near_or_all(str(value), known)}")
        return
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield MismatchError(key, f"{name} is empty.")
        elif "pattern" in schema and not re.search(schema["pattern"], value):
            yield MismatchError(key, f"{name} is {shown(value)}, {schema['x-mismatch']}.")
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield MismatchError(key, f"{name} is empty.")
        for position, item in enumerate(value):
            yield from mismatches(item, schema.get("items", {}), root, (*key, position))
    elif isinstance(value, dict):
        yield from _table_mismatches(value, schema, root, key)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        reason = _number_reason(value, schema)
        if reason:
            yield MismatchError(key, f"{name} must be {reason}.")


def _type_mismatch(value: object, schema: Schema, key: Key) -> MismatchError | None:
    wanted = schema.get("type", [])
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    if not types or any(_is_a(value, each) for each in types):
        return None
    kinds = " or ".join(_NAMES[each] for each in types)
    return MismatchError(key, f"{dotted(key)} must be {kinds}, not {_kind(value)}.")


def _is_a(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        # As JSON Schema has it: 5.0 is a whole number.
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return "a date or time"
    kinds = {dict: "a table", list: "a list", str: "the string", int: "the number"}
    kind = kinds.get(type(value), "the number")
    return kind if isinstance(value, dict | list) else f"{kind} {shown(value)}"


def _number_reason(value: float, schema: Schema) -> str:
    """Return what a number must be instead; empty if the schema allows it."""
    if not math.isfinite(value):
        return "a finite number"
    if "minimum" in schema and value < schema["minimum"]:
        return f"at least {schema['minimum']}, not {value}"
    if "maximum" in schema and value > schema["maximum"]:
        return f"at most {schema['maximum']}, not {value}"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        return f"more than {schema['exclusiveMinimum']}, not {value}"
    return ""


def _table_mismatches(
    value: dict[str, Any], schema: Schema, root: Schema, key: Key
) -> Iterator[MismatchError]:
    properties = schema.get("properties", {})
    further = schema.get("additionalProperties", {})
    where = f"[{dotted(key)}]" if key else "the file"
    for name, inner in value.items():
        inner_key = (*key, name)
        names = schema.get("propertyNames", {})
        if name in properties:
            yield from mismatches(inner, properties[name], root, inner_key)
        elif further is False:
            near = near_or_all(name, list(properties))
            yield MismatchError(inner_key, f'"{clean(name, 60)}" is not a key of {where}{near}')
        elif "pattern" in names and not re.search(names["pattern"], name):
            text = f"{names['x-subject']} {shown(name)}, {names['x-mismatch']}."
            yield MismatchError(inner_key, text)
        else:
            yield from mismatches(inner, further, root, inner_key)
    for name in schema.get("required", ()):
        if name not in value:
            yield MismatchError(key, f'{where} has no "{name}", which is required.')


def dotted(key: Key) -> str:
    """Return a key as TOML writes it: `build.flight.mounts[1]`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
        word = part if bare else json.dumps(clean(part, 60), ensure_ascii=False)
        text += f".{word}" if text else word
    return text


def shown(value: object) -> str:
    """Return a value of the file for a message, in one line and not too long."""
    if isinstance(value, str):
        return f'"{clean(value, 60)}"'
    return clean(str(value), 60)
