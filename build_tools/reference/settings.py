"""The page of settings: what the files of settings may hold, from their JSON Schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import resim_inspect.settings

FILES = {
    "resim": "resim.toml",
    "config": "config.toml",
    "theme": "themes/NAME.toml",
}


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ("# Settings", "")
    yield "What each file may hold. Their JSON Schemas are part of the package, for editors."
    folder = Path(resim_inspect.settings.__file__).parent
    for name, title in FILES.items():
        schema = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
        yield from ("", f"## {title}", "", schema.get("description", ""), "")
        yield from table(schema)


def table(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a table of all keys of a schema, with those of tables and lists in it."""
    yield from ("| key | value | meaning |", "|---|---|---|")
    yield from _rows(schema, schema, "")


def _rows(schema: dict[str, Any], root: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, definition in schema.get("properties", {}).items():
        yield from _row(_resolved(definition, root), root, f"{prefix}{key}")
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        yield from _row(_resolved(others, root), root, f"{prefix}NAME")


def _row(value: dict[str, Any], root: dict[str, Any], name: str) -> Iterator[str]:
    text = str(value.get("description", "")).replace("|", "\\|")
    yield f"| `{name}` | {_kind(value, root)} | {text} |"
    for inner, mark in _inner_tables(value, root):
        yield from _rows(inner, root, f"{name}{mark}.")


def _inner_tables(
    value: dict[str, Any], root: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the tables within a value, and what marks their keys: `[]` for those of a list."""
    if value.get("type") == "array":
        for inner, mark in _inner_tables(_resolved(value.get("items", {}), root), root):
            yield inner, f"[]{mark}"
    for each in value.get("anyOf", ()):
        yield from _inner_tables(_resolved(each, root), root)
    if "properties" in value or isinstance(value.get("additionalProperties"), dict):
        yield value, ""


def _resolved(value: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    reference = value.get("$ref")
    if reference is None:
        return value
    schema: Any = root
    for part in reference.removeprefix("#/").split("/"):
        schema = schema[part]
    return {**schema, **{key: item for key, item in value.items() if key != "$ref"}}


def _kind(definition: dict[str, Any], root: dict[str, Any]) -> str:
    value = _resolved(definition, root)
    if value.get("type") == "object":
        return "table"
    if "enum" in value:
        return ", ".join(f"`{json.dumps(item)}`" for item in value["enum"])
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    for word in ("oneOf", "anyOf"):
        if word in value:
            return " or ".join(dict.fromkeys(_kind(each, root) for each in value[word]))
    if value.get("type") == "array":
        inner = value.get("items", {})
        return f"list of {_kind(inner, root)}s" if inner else "list"
    kind = value.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
