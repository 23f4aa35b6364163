"""The result of comparing the values of two metrics of one type."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.directions import Direction
from resim_inspect.text import quantity


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


def finite_mean(values: NDArray[np.float64]) -> float | None:
    """Mean of the finite ones of n numbers; None without any.

    numpy's warnings about sums that overflow are turned off for all comparisons.
    """
    # A finite sum has finite numbers only.
    total = float(np.add.reduce(values))
    if math.isfinite(total) and len(values):
        return total / len(values)
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else None


def measured_mean(values: NDArray[np.float64], unit: str) -> Measured:
    """Description of n numbers by the mean of the finite ones."""
    mean = finite_mean(values)
    if mean is None:
        return Measured("no finite values" if len(values) else "no values", unit=unit)
    return Measured(f"mean {quantity(mean, unit, 4)}", mean, unit, "mean")


def unit_change(before: str, after: str) -> str:
    """Reason for a change of unit, which keeps values from being compared."""
    return f"unit {before or '(none)'} → {after or '(none)'}; the values are not compared"
