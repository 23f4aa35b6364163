"""The result of comparing the values of two metrics of one type."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.directions import Direction


@dataclass(frozen=True, slots=True)
class ValueComparison:
    """Direction of a difference of values, both sides in short, and the reasons."""

    direction: Direction
    before: Measured
    after: Measured
    why: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    """Lines of a longer description."""
    closer: bool = False
    """True for a passing value that is nearer to its limit."""


def unit_change(before: str, after: str) -> str:
    """Reason for a change of unit, which keeps values from being compared."""
    return f"unit {before or '(none)'} → {after or '(none)'}; the values are not compared"
