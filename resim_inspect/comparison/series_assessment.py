"""The verdict on a metric with series: reasons, statuses of samples, extremes by limits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.directions import Direction, by_size
from resim_inspect.comparison.limits import Extreme, assess
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison
from resim_inspect.document.enums import FAILING, MetricStatus
from resim_inspect.text import count

_FAILING = tuple(reversed(FAILING))


class SeriesAssessment:
    """Collects what differs in the series of a metric, and decides the direction.

    Statuses of samples come first: a larger share of FAIL_BLOCK is worse, then one of FAIL_WARN.
    Then limits decide. Anything else that was noted is a change.
    """

    def __init__(self, tolerance: Tolerance) -> None:
        self.tolerance = tolerance
        self._why: list[str] = []
        self._statuses: list[dict[int, int]] = [{}, {}]
        self._statuses_differ = False
        self._extremes: list[tuple[Extreme | None, Extreme | None]] = []
        self._failing = [0.0, 0.0]

    def note(self, reason: str) -> None:
        """Add a difference and its reason."""
        if reason and reason not in self._why:
            self._why.append(reason)

    def values(self, reason: str, before: Extreme | None, after: Extreme | None) -> None:
        """Add a difference of numbers and the extremes of that series on both sides."""
        self.note(reason)
        self.extremes(before, after)

    def extremes(self, before: Extreme | None, after: Extreme | None) -> None:
        """Add the extremes of a series whose differences were noted."""
        self._extremes.append((before, after))

    def failing_shares(self, before: float, after: float) -> None:
        """Add the shares of time that one series fails in, whose differences were noted."""
        self._failing[0] += before
        self._failing[1] += after

    def statuses(self, before: NDArray[np.int32] | None, after: NDArray[np.int32] | None) -> None:
        """Add the statuses of the samples of one series; None where a side has none."""
        if not self.tolerance.statuses:
            return
        if before is None or after is None:
            if (before is None) != (after is None):
                side = "before" if after is None else "after"
                self.note(f"samples have statuses {side} only")
            return
        own = _counts(before)
        counts = [own, own if before is after else _counts(after)]
        for total, part in zip(self._statuses, counts, strict=True):
            for status, number in part.items():
                total[status] = total.get(status, 0) + number
        if before is after:
            return
        if len(before) == len(after):
            self._statuses_differ |= not np.array_equal(before, after)
        else:
            shares = [
                {status: number / len(side) for status, number in part.items()}
                for part, side in zip(counts, (before, after), strict=True)
                if len(side)
            ]
            # A side without samples is a difference of the values, not of the statuses.
            self._statuses_differ |= len(shares) == 2 and shares[0] != shares[1]

    def result(self, before: Measured, after: Measured) -> ValueComparison:
        """The comparison of the values, with what both sides are described by."""
        direction, closer = Direction.SAME, False
        why = list(self._why)
        if self._statuses_differ:
            direction, words = self._status_direction()
            why.insert(0, words)
        if direction in (Direction.SAME, Direction.CHANGED) and self._extremes:
            old = [before_end for before_end, _ in self._extremes]
            new = [after_end for _, after_end in self._extremes]
            assessed = assess(old, new, self.tolerance)
            direction, closer = assessed.direction, assessed.closer
            if assessed.why:
                why.insert(0, assessed.why)
        if direction in (Direction.SAME, Direction.CHANGED) and self._why:
            direction = self._failing_direction()
        return ValueComparison(direction, before, after, tuple(why), closer=closer)

    def _failing_direction(self) -> Direction:
        before, after = self._failing
        if abs(after - before) <= self.tolerance.share:
            return Direction.CHANGED
        return by_size(before, after, otherwise=Direction.CHANGED)

    def _status_direction(self) -> tuple[Direction, str]:
        before, after = self._statuses
        totals = sum(before.values()), sum(after.values())
        for status in _FAILING:
            old, new = before.get(int(status), 0), after.get(int(status), 0)
            # Shares as whole numbers: they are exact.
            direction = by_size(old * totals[1], new * totals[0], otherwise=Direction.SAME)
            if direction is not Direction.SAME:
                samples = count(totals[0], "sample")
                if totals == (1, 1):
                    return direction, f"status of the value {_only(before)} → {_only(after)}"
                if totals[0] != totals[1]:
                    return direction, (
                        f"{status.name} in {old:,} of {samples}, now in {new:,} of {totals[1]:,}"
                    )
                return direction, f"{status.name} in {old:,}, now in {new:,} of {samples}"
        return Direction.CHANGED, _other_statuses(before, after)


def _counts(statuses: NDArray[np.int32]) -> dict[int, int]:
    low, high = (int(statuses.min()), int(statuses.max())) if len(statuses) else (0, 0)
    if low == high:
        # Much the most frequent case.
        return {low: len(statuses)} if len(statuses) else {}
    numbers, counts = np.unique(statuses, return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def _only(counts: Mapping[int, int]) -> str:
    return MetricStatus(next(iter(counts))).name


def _other_statuses(before: Mapping[int, int], after: Mapping[int, int]) -> str:
    for number in sorted({*before, *after}):
        old, new = before.get(number, 0), after.get(number, 0)
        if old != new:
            name = MetricStatus(number).name
            return f"{name} in {count(old, 'sample')}, now in {new:,}"
    return "statuses of other samples"
