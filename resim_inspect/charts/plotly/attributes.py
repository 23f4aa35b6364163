"""Notes on the attributes of a figure that are not shown: nothing is left out in silence."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.attribute_tables import DRAWN_KINDS, HARMLESS_VALUES, TABLES

Treatment = Literal["drawn", "harmless", "noted", "noted_if_list"]

_MAX_DEPTH = 6
_MAX_NAMES = 400
_MAX_ITEMS = 200


@lru_cache(maxsize=64)
def treatments(kind: str) -> dict[str, Treatment]:
    """Treatment of each path of a kind of object; its own entries win over inherited ones."""
    table = TABLES[kind]
    by_path: dict[str, Treatment] = {}
    for parent in table.inherits:
        by_path.update(treatments(parent))
    # The later ones win: what is drawn in part is noted for the values that are not drawn.
    by_path.update(dict.fromkeys(table.harmless.split(), "harmless"))
    by_path.update(dict.fromkeys(table.drawn.split(), "drawn"))
    by_path.update(dict.fromkeys(table.noted_if_list.split(), "noted_if_list"))
    by_path.update(dict.fromkeys(table.noted.split(), "noted"))
    return by_path


def treatment(kind: str, path: str) -> Treatment | None:
    """Treatment of an attribute: its own entry in the table, else that of its parent."""
    table = treatments(kind)
    while path:
        if path in table:
            return table[path]
        path = path.rpartition(".")[0]
    return None


def not_shown(traces: list[dict[str, Any]], layout: dict[str, Any]) -> list[str]:
    """Names of the attributes of drawn traces and of the layout that are not shown."""
    names: dict[str, None] = {}
    for trace in traces:
        kind = decode.word(trace.get("type")) or "scatter"
        if kind in DRAWN_KINDS:
            _collect(names, kind, "", trace, "")
    for key, value in layout.items():
        family = key.rstrip("0123456789")
        if family in _FAMILIES:
            continue
        if family in ("xaxis", "yaxis"):
            _collect(names, "axis", "", value, f"{key}.")
        elif family == "scene" and isinstance(value, dict):
            for part, inner in value.items():
                if part in ("xaxis", "yaxis", "zaxis"):
                    _collect(names, "scene axis", "", inner, f"{key}.{part}.")
                else:
                    _collect(names, "scene", part, inner, f"{key}.")
        elif family == "coloraxis":
            _collect(names, "coloraxis", "", value, f"{key}.")
        elif key in ("shapes", "annotations"):
            for item in decode.items(value)[:_MAX_ITEMS]:
                _collect(names, key[:-1], "", item, f"{key}.")
        else:
            _collect(names, "layout", key, value, "")
    return list(names)


_FAMILIES = frozenset(("legend", "geo", "map", "mapbox", "polar", "smith", "ternary"))
"""Parts of a layout that may have a number; they belong to kinds that are not drawn."""


def _collect(names: dict[str, None], kind: str, path: str, value: Any, prefix: str) -> None:
    """Add the paths at and below `path` that are to be noted, with `prefix` before them."""
    if len(names) >= _MAX_NAMES or value is None:
        return
    table = treatments(kind)
    known = treatment(kind, path)
    if isinstance(value, dict) and path.count(".") < _MAX_DEPTH:
        inner = f"{path}." if path else ""
        if known is None or any(key.startswith(inner) for key in table):
            for key, part in value.items():
                _collect(names, kind, f"{inner}{key}", part, prefix)
            return
    if not path or known in ("drawn", "harmless") or path.endswith("src"):
        return
    if known == "noted_if_list" and not _is_list(value):
        return
    if not _is_harmless(path, value):
        names[decode.text(prefix + path, 60)] = None


def _is_list(value: Any) -> bool:
    # A list of one value is one for all.
    return decode.size_of(value) > 1 and len({str(v) for v in decode.items(value)[:1000]}) > 1


def _is_harmless(path: str, value: Any) -> bool:
    if hasattr(value, "dtype"):
        return False
    if value == "":
        return True
    if path == "opacity":
        # Only what cannot be seen at all says something about the values.
        return bool(value != 0)
    if path == "tickformat":
        # Formats of percentages move the decimal point; others only the digits.
        return not (isinstance(value, str) and value.strip()[-1:] in ("%", "p"))
    if path == "texttemplate" and isinstance(value, str):
        return value.strip() in _PLAIN_TEMPLATES
    return value in HARMLESS_VALUES.get(path, ())


_PLAIN_TEMPLATES = ("", "%{value}", "%{x}", "%{y}", "%{z}", "%{text}")
"""Templates of texts that repeat what the chart shows"""
