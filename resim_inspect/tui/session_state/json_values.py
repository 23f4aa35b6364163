"""Checked values of parsed JSON from a file that may be damaged or hostile."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 4_000
"""Most characters of a name or a filter."""


def members(value: object) -> Mapping[str, Any]:
    """The members of an object; none for another type."""
    return value if isinstance(value, Mapping) else {}


def text(value: object, *, printable: bool = False) -> str:
    """A text; empty for another type, one that is too long, or with characters not to be shown.

    `printable`: the text is shown, and must not have control characters.
    """
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return ""
    return "" if printable and not value.isprintable() else value


def texts(value: object, most: int) -> tuple[str, ...]:
    """The texts of an array, at most `most`; members of other types are left out."""
    items = value if isinstance(value, list | tuple) else ()
    return tuple(each for each in items if isinstance(each, str) and len(each) <= MAX_TEXT)[:most]


def flag(value: object) -> bool:
    """True for true alone."""
    return value is True


def integer(value: object, low: int, high: int) -> int | None:
    """A whole number within limits; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if low <= value <= high else None


def is_finite(value: float) -> bool:
    """True for a number that a float holds and that is not NaN or infinite."""
    try:
        return type(value) is not bool and math.isfinite(value)
    except OverflowError:
        return False


def number_range(value: object) -> tuple[float, float] | None:
    """A pair of finite numbers in ascending order; None for anything else."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    numbers = [each for each in value if isinstance(each, int | float) and type(each) is not bool]
    try:
        low, high = map(float, numbers)
    except (ValueError, OverflowError):
        return None
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low < high else None
