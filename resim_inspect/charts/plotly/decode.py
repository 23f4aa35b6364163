"""The values of a plotly figure: packed arrays, numbers, dates, texts, colours."""

from __future__ import annotations

import base64
import binascii
import html
import re
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.style import RGB
from resim_inspect.text import clean

MAX_BYTES = 256 * 1000 * 1000
"""Of all packed arrays of a figure together."""

_TYPES = {
    **{name: name for name in ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8")},
    "uint8c": "u1",
    "int8": "i1",
    "uint8": "u1",
    "int16": "i2",
    "uint16": "u2",
    "int32": "i4",
    "uint32": "u4",
    "float32": "f4",
    "float64": "f8",
}


class Budget:
    """How many bytes of packed arrays may still be decoded."""

    def __init__(self, size: int = MAX_BYTES) -> None:
        self.left = size


def unpack(value: Any, budget: Budget) -> Any:
    """The figure with its packed arrays as numpy arrays; broken ones become empty lists."""
    if isinstance(value, dict):
        if "bdata" in value and "dtype" in value:
            return _array(value, budget)
        return {key: unpack(part, budget) for key, part in value.items()}
    if isinstance(value, list):
        if value and isinstance(value[0], int | float | str) and not isinstance(value[-1], dict):
            return value
        return [unpack(part, budget) for part in value]
    return value


def _array(value: dict[str, Any], budget: Budget) -> Any:
    kind = _TYPES.get(str(value["dtype"]))
    data = value["bdata"]
    if kind is None or not isinstance(data, str) or len(data) * 3 // 4 > budget.left:
        return []
    budget.left -= len(data) * 3 // 4
    try:
        raw = base64.b64decode(data, validate=False)
        size = np.dtype(kind).itemsize
        found = np.frombuffer(raw[: len(raw) // size * size], np.dtype("<" + kind))
        shape = _shape(value.get("shape"))
        return found.reshape(shape) if shape else found
    except (binascii.Error, ValueError):
        return []


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if isinstance(value, int | float):
        value = [value]
    if not isinstance(value, list | tuple):
        return ()
    return tuple(int(part) for part in value)


def part(value: Any, *path: str) -> Any:
    """A value inside nested dicts; None where a step is missing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def word(value: Any) -> str:
    """A text that is one, for names of kinds and modes; anything else is empty."""
    return value if isinstance(value, str) else ""


def text(value: Any, limit: int = 120) -> str:
    """A text of the figure (also `{"text": …}`), without HTML, safe to show."""
    if isinstance(value, dict):
        value = value.get("text")
    if value is None:
        return ""
    raw = number_text(value) if isinstance(value, float) else str(value)[: 8 * limit + 256]
    raw = re.sub(r"<br\s*/?>", " ", raw, flags=re.IGNORECASE)
    return clean(html.unescape(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", raw)), limit).strip()


def number_text(value: float) -> str:
    """A number as a label: whole ones without a point."""
    return (
        str(int(value))
        if value == value and abs(value) < 1e15 and value == int(value)
        else str(value)
    )


def number(value: Any) -> float | None:
    """A finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if np.isfinite(value) else None


def items(value: Any) -> list[Any]:
    """A list of values; arrays as lists, single values as one."""
    if isinstance(value, np.ndarray):
        return list(value.tolist())
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


def size_of(value: Any) -> int:
    """How many values an array or nested list has."""
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, list):
        if value and isinstance(value[0], list | np.ndarray):
            return sum(size_of(row) for row in value)
        return len(value)
    return 0


def numbers(value: Any) -> NDArray[np.float64]:
    """Floats; what is no number is NaN."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float64).ravel()
    found = items(value)
    try:
        return np.asarray([np.nan if v is None else v for v in found], np.float64).reshape(-1)
    except (TypeError, ValueError):
        return np.array([_float(v) for v in found], np.float64)


def _float(value: Any) -> float:
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(value) if isinstance(value, str) and len(value) < 64 else np.nan
    except ValueError:
        return np.nan


_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_DATE = re.compile(r"^-?\d{4}(-\d\d?(-\d\d?([ T]\d\d?(:\d\d(:\d\d(\.\d+)?)?)?)?)?)?$")


def is_date(value: Any) -> bool:
    """Whether a text is written as a date."""
    return isinstance(value, str) and len(value) >= 6 and _plain_date(value) is not None


def _plain_date(value: str) -> str | None:
    stripped = _ZONE.sub("", value.strip()[:40]) if len(value) > 10 else value.strip()
    return stripped if _DATE.match(stripped) else None


def zone(value: str) -> str:
    """The time zone that a date names: `UTC`, `UTC+02:00`, or nothing."""
    found = _ZONE.search(value.strip()[:40]) if len(value) > 10 else None
    if found is None:
        return ""
    offset = found.group()
    return "UTC" if offset.strip("+-0:") in ("", "Z") else f"UTC{offset}"


def dates(value: Any) -> NDArray[np.int64]:
    """ns since 1970; the smallest int64 for what is no date. Numbers count as ms, as in plotly."""
    found = items(value)
    plain = [_plain_date(v) if isinstance(v, str) else None for v in found]
    if plain and all(p is not None for p in plain):
        try:
            return np.array(plain, "datetime64[ns]").astype(np.int64)
        except ValueError:
            pass
    return np.array([_date(v, p) for v, p in zip(found, plain, strict=True)], np.int64)


NO_DATE = np.iinfo(np.int64).min


def _date(value: Any, plain: str | None) -> int:
    if isinstance(value, int | float) and np.isfinite(value) and abs(value) < 9e15:
        return int(value * 1e6)
    if plain is None:
        return int(NO_DATE)
    try:
        return int(np.datetime64(plain, "ns").astype(np.int64))
    except ValueError:
        return int(NO_DATE)


def grid(value: Any) -> NDArray[np.float64]:
    """A two-dimensional array; short rows are filled with NaN."""
    if isinstance(value, np.ndarray):
        found = value.astype(np.float64)
        return found if found.ndim == 2 else np.zeros((0, 0))
    rows = [numbers(row) for row in value] if isinstance(value, list) else []
    if not rows:
        return np.zeros((0, 0))
    whole = np.full((len(rows), max(len(row) for row in rows)), np.nan)
    for k, row in enumerate(rows):
        whole[k, : len(row)] = row
    return whole


def color(value: Any) -> RGB | None:
    """A colour as plotly writes it; None for none or another kind of value."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    channels = re.match(r"^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)", value.strip())
    if channels:
        try:
            red, green, blue = (min(255, int(float(c))) for c in channels.groups())
        except ValueError:
            return None
        return red, green, blue
    from PIL import ImageColor

    try:
        found = ImageColor.getrgb(value.strip())
    except ValueError:
        return None
    return found[0], found[1], found[2]


def scale_color(scale: Any, share: float) -> RGB | None:
    """The colour at a share (0..1) of a colour scale given as [[share, colour], …]."""
    if not isinstance(scale, list):
        return None
    stops = []
    for stop in scale[:256]:
        if isinstance(stop, list) and len(stop) == 2 and (c := color(stop[1])) is not None:
            stops.append((number(stop[0]) or 0.0, c))
    if not stops:
        return None
    share = min(1.0, max(0.0, share))
    for (a, low), (b, high) in pairwise(stops):
        if a <= share <= b:
            rest = (share - a) / (b - a) if b > a else 0.0
            mixed = [round(p + (q - p) * rest) for p, q in zip(low, high, strict=True)]
            return mixed[0], mixed[1], mixed[2]
    return stops[-1][1]
