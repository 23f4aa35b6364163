"""Values against the failure definition of their metric: beyond a limit, and nearer to one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from resim_inspect.comparison.directions import Direction, by_size
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.document.model import FailureDefinition
from resim_inspect.text import LIMIT_DIGITS, quantity

NO_LIMITS = FailureDefinition()


class Extreme(NamedTuple):
    """The value of a series that is furthest beyond a limit, or nearest to one."""

    value: float
    margin: float
    """Distance to the limit, in the unit of the value; negative beyond it."""
    scale: float
    """Size of the limit, which makes the margins of several series comparable."""

    @property
    def excess(self) -> float:
        """Distance beyond the limit relative to its size; 0 within it."""
        return max(0.0, -self.margin / self.scale)


class Assessment(NamedTuple):
    """Direction of a difference of values by their limits."""

    direction: Direction
    closer: bool = False
    """True for a passing value that is nearer to its limit."""
    why: str = ""


NOT_ASSESSED = Assessment(Direction.CHANGED)
"""A difference without limits to assess it by."""


def bounds(definition: FailureDefinition | None) -> tuple[float | None, float | None]:
    """(fails above, fails below), each None if it is unset or not finite."""
    limits = definition or NO_LIMITS
    above, below = (
        None if limit is None or not math.isfinite(limit) else limit
        for limit in (limits.fails_above, limits.fails_below)
    )
    return above, below


def extreme(definition: FailureDefinition | None, lowest: float, highest: float) -> Extreme | None:
    """The worse end of a range of values; None without limits, and for NaN."""
    above, below = bounds(definition)
    scale = max(abs(above or 0.0), abs(below or 0.0)) or 1.0
    ends = []
    if above is not None:
        ends.append(Extreme(highest, above - highest, scale))
    if below is not None:
        ends.append(Extreme(lowest, lowest - below, scale))
    known = [end for end in ends if not math.isnan(end.margin)]
    return min(known, key=lambda end: end.margin, default=None)


def assess(
    before: Sequence[Extreme | None], after: Sequence[Extreme | None], tolerance: Tolerance
) -> Assessment:
    """Assess a difference by the extremes of the same series on both sides.

    The series that is furthest beyond its limit decides, and among passing ones the nearest to
    its limit. Series without limits or without numbers decide nothing.
    """
    pairs = [pair for pair in zip(before, after, strict=True) if None not in pair]
    old = sorted((b for b, _ in pairs if b is not None), key=lambda end: end.margin / end.scale)
    new = sorted((a for _, a in pairs if a is not None), key=lambda end: end.margin / end.scale)
    for b, a in zip(old, new, strict=True):
        allowed = tolerance.allowed(b.value, a.value) / max(b.scale, a.scale)
        if b.margin >= 0 and a.margin >= 0:
            return _passing(b, a, tolerance)
        if b.excess != a.excess and not abs(a.excess - b.excess) <= allowed:
            return _beyond(b, a)
    return NOT_ASSESSED


def _beyond(before: Extreme, after: Extreme) -> Assessment:
    direction = by_size(before.excess, after.excess, otherwise=Direction.CHANGED)
    if direction is Direction.WORSE:
        words = "further beyond its limit" if before.margin < 0 else "beyond its limit"
    else:
        words = "less far beyond its limit" if after.margin < 0 else "within its limit again"
    return Assessment(direction, False, words)


def _passing(before: Extreme, after: Extreme, tolerance: Tolerance) -> Assessment:
    allowed = tolerance.allowed(before.value, after.value)
    if before.margin == after.margin or abs(after.margin - before.margin) <= allowed:
        return NOT_ASSESSED
    closer = after.margin < before.margin
    words = "closer to its limit" if closer else "further from its limit"
    direction = Direction.CHANGED
    if tolerance.explicit:
        direction = Direction.WORSE if closer else Direction.BETTER
    return Assessment(direction, closer, words)


def limits_text(definition: FailureDefinition | None, unit: str = "") -> str:
    """`fails above 50 m/s, fails below 2 m/s`; `no limit` without any."""
    limits = definition or NO_LIMITS
    parts = [
        f"fails {word} {quantity(limit, unit, LIMIT_DIGITS)}"
        for word, limit in (("above", limits.fails_above), ("below", limits.fails_below))
        if limit is not None
    ]
    return ", ".join(parts) or "no limit"
