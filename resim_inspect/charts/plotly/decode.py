"""The values of a plotly figure: packed arrays, numbers, dates, texts, colours."""

from __future__ import annotations

import html
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.text import clean


def part(value: Any, *path: str) -> Any:
    """A value inside nested dicts; None where a step is missing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def word(value: Any) -> str:
    """The value if it is a string, for names of kinds and modes; else an empty string."""
    return value if isinstance(value, str) else ""


def text(value: Any, limit: int = 120) -> str:
    """Text of the figure (also `{"text": …}`), without HTML, safe to show."""
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
    """Number of values in an array or nested list."""
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, list):
        if value and isinstance(value[0], list | np.ndarray):
            return sum(size_of(row) for row in value)
        return len(value)
    return 0


_JUNK = re.compile(r"""^['"%,$#\s']+|[, ]|['"%,$#\s']+$""")
_NUMERAL = re.compile(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$")


def numeral(value: Any) -> float:
    """Number out of a value of a figure: NaN for what plotly does not count as one.

    Texts lose quotes, spaces and the signs `,` `%` `$` `#` first, as in plotly: "1,234", "$5".
    """
    if isinstance(value, bool):
        return math.nan
    if isinstance(value, int | float):
        try:
            as_float = float(value)
        except OverflowError:
            return math.nan
        return as_float if math.isfinite(as_float) else math.nan
    if isinstance(value, str) and len(value) < 64:
        stripped = _JUNK.sub("", value)
        if _NUMERAL.match(stripped):
            return numeral(float(stripped))
    return math.nan


def is_plain_numeral(value: str) -> bool:
    """Return True for a text that is a number as it stands."""
    return _NUMERAL.match(value[:64]) is not None


def numbers(value: Any) -> NDArray[np.float64]:
    """Finite floats; NaN for what is not a number."""
    if isinstance(value, np.ndarray):
        array = value.astype(np.float64).ravel()
        return np.where(np.isfinite(array), array, np.nan)
    listed = items(value)
    if all(type(v) is float for v in listed):
        array = np.asarray(listed, np.float64)
        return np.where(np.isfinite(array), array, np.nan)
    return np.array([numeral(v) for v in listed], np.float64)


_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_DATE = re.compile(r"^-?\d{4}(-\d\d?(-\d\d?([ T]\d\d?(:\d\d(:\d\d(\.\d+)?)?)?)?)?)?$")


def is_date(value: Any) -> bool:
    """Return True if a text is written as a date."""
    return isinstance(value, str) and len(value) >= 6 and _plain_date(value) is not None


def _plain_date(value: str) -> str | None:
    stripped = _ZONE.sub("", value.strip()[:40]) if len(value) > 10 else value.strip()
    return stripped if _DATE.match(stripped) else None


def zones(values: list[Any], known: NDArray[np.bool_]) -> set[str]:
    """Time zones that dates name: `UTC`, `UTC+02:00`, or an empty string for none."""
    texts = (v.strip()[10:40] for v, date in zip(values, known, strict=True)
             if date and isinstance(v, str))  # fmt: skip
    # The last characters tell the zone: far fewer than there are dates.
    return {_zone(end) for end in {text[-6:] for text in texts}}


def _zone(end: str) -> str:
    match = _ZONE.search(end)
    if match is None:
        return ""
    offset = match.group()
    return "UTC" if offset.strip("+-0:") in ("", "Z") else f"UTC{offset}"


def dates(value: Any) -> NDArray[np.int64]:
    """ns since 1970; `NO_DATE` for what is not a date. Numbers count as ms, as in plotly."""
    listed = items(value)
    plain = [_plain_date(v) if isinstance(v, str) else None for v in listed]
    if plain and all(p is not None for p in plain):
        try:
            if (np.abs(np.array(plain, "datetime64[us]").astype(np.int64)) < _MAX_US).all():
                return np.array(plain, "datetime64[ns]").astype(np.int64)
        except ValueError:
            pass
    return np.array([_date(v, p) for v, p in zip(listed, plain, strict=True)], np.int64)


NO_DATE = np.iinfo(np.int64).min
_MAX_US = 9_223_372_036_854_775
"""µs of which int64 can hold the ns: from the year 1678 to 2262"""


def _date(value: Any, plain: str | None) -> int:
    if isinstance(value, int | float) and np.isfinite(value) and abs(value) < 9e15:
        if value == int(value) and 1000 <= value <= 9999:
            # Four digits are a year, as in plotly, also where they are a number.
            return _date(None, str(int(value)))
        return int(value * 1e6)
    if plain is None:
        is_number = isinstance(value, str) and is_plain_numeral(value)
        return _date(float(value), None) if is_number else int(NO_DATE)
    try:
        if abs(int(np.datetime64(plain, "us").astype(np.int64))) >= _MAX_US:
            return int(NO_DATE)
        return int(np.datetime64(plain, "ns").astype(np.int64))
    except ValueError:
        return int(NO_DATE)


def _cells(row: Any) -> NDArray[np.float64]:
    """Numbers of a row; unlike along an axis, texts count only as they stand."""
    listed = items(row)
    return numbers(
        [None if isinstance(v, str) and not is_plain_numeral(v) else v for v in listed]
        if any(isinstance(v, str) for v in listed)
        else row
    )


def grid(value: Any) -> NDArray[np.float64]:
    """Rows × columns, float64; short rows are filled with NaN."""
    if isinstance(value, np.ndarray):
        array = value.astype(np.float64)
        return array if array.ndim == 2 else np.zeros((0, 0))
    rows = [_cells(row) for row in value] if isinstance(value, list) else []
    if not rows:
        return np.zeros((0, 0))
    whole = np.full((len(rows), max(len(row) for row in rows)), np.nan)
    for k, row in enumerate(rows):
        whole[k, : len(row)] = row
    return whole
