"""Costs as ratios against the official code in the same run: `python -m benchmarks`.

A benchmark is a module in this package with `run() -> list[Row]`; it is found by its name.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Row(TypedDict):
    """One line of the table."""

    name: str
    ratio: float
    goal: float
    better: str
    """`higher` or `lower`: which side of the goal is good."""
    note: NotRequired[str]
    """Measurements behind the ratio: times, memory."""
