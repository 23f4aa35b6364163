"""Paired differences over jobs: the sign test and the median."""

from __future__ import annotations

import math
from collections.abc import Sequence

_EXACT = 1_000
"""Differences up to which the test is exact; beyond, the normal distribution is close enough."""


def sign_test(differences: Sequence[float]) -> float:
    """p-value of a two-sided sign test: the chance of signs so unequal if neither is likelier.

    Zeros and NaN are left out. Without differences it is 1; with fewer than six it cannot be
    below 5 %.
    """
    up = sum(difference > 0 for difference in differences)
    down = sum(difference < 0 for difference in differences)
    n, fewer = up + down, min(up, down)
    if not n:
        return 1.0
    if n <= _EXACT:
        ways: int = sum(math.comb(n, k) for k in range(fewer + 1))
        return min(1.0, float(2 * ways / 2**n))
    # With the correction for continuity.
    distance = (n / 2 - fewer - 0.5) / math.sqrt(n / 4)
    return min(1.0, math.erfc(max(0.0, distance) / math.sqrt(2)))


def median(values: Sequence[float]) -> float | None:
    """Median of the numbers that are not NaN; None without any."""
    known = sorted(value for value in values if not math.isnan(value))
    if not known:
        return None
    middle = len(known) // 2
    if len(known) % 2:
        return known[middle]
    return known[middle - 1] / 2 + known[middle] / 2
