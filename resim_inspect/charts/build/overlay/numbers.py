"""Two numbers below one another, with their difference, on one scale."""

from __future__ import annotations

import math
from dataclasses import replace

from resim_inspect.charts.build.overlay.sides import DIFFERENCE, Words
from resim_inspect.charts.model.drawing import Gauge
from resim_inspect.text import DELTA_DIGITS, number, signed


def merged_gauges(old: Gauge, new: Gauge, words: Words) -> tuple[Gauge, ...]:
    """The other side's number with that of the base and their difference below it.

    Numbers of different units have scales of their own and no difference.
    """
    if old.unit != new.unit:
        units = (
            f"unit {old.unit or '(none)'} → {new.unit or '(none)'}: the values have no difference"
        )
        return replace(new, label=words.after), replace(
            old, label=words.before, large=False, detail=units
        )
    if (old.fails_above, old.fails_below) == (new.fails_above, new.fails_below):
        # Said and drawn once.
        old = replace(old, fails_above=None, fails_below=None, span=None)
    detail = difference_words(old.value, new.value, new.unit)
    base = replace(old, label=words.before, large=False, detail=detail)
    return replace(new, label=words.after, other=old.value), base


def difference_words(before: float | None, after: float | None, unit: str) -> str:
    """`difference +40 m (+3.2%)`; says if a side has no number."""
    if before is None or after is None:
        return "" if before is after else f"{DIFFERENCE}: one side has no value"
    if math.isnan(before) or math.isnan(after):
        same = math.isnan(before) and math.isnan(after)
        return f"{DIFFERENCE}: {'both sides are' if same else 'one side is'} NaN"
    if before == after:
        return f"{DIFFERENCE} {number(0)}"
    delta = after - before
    share = delta / abs(before) * 100 if before else math.inf
    relative = f" ({signed(share, '%', 3)})" if math.isfinite(share) else ""
    return f"{DIFFERENCE} {signed(delta, unit, DELTA_DIGITS)}{relative}"
