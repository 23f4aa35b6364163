"""Totals of each metric over the jobs of a batch, collected job by job."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from resim_inspect.comparison.changes import EVENT, FINDING, JOB, Change, MetricTotals
from resim_inspect.comparison.directions import Direction

_EXACT = 1_000
"""Differences up to which the test is exact; beyond, the normal distribution is close enough."""
LEADING = 3
"""Jobs that are named for each metric."""
_BESIDE = (EVENT, FINDING, JOB)


@dataclass
class _Collected:
    """One metric over the jobs so far."""

    type: str
    unit: str
    counts: Counter[Direction] = field(default_factory=Counter)
    differences: list[float] = field(default_factory=list)
    leading: list[tuple[tuple[int, float], str, float | None]] = field(default_factory=list)


class TotalsCollector:
    """Adds up the changes of one job after the other; memory grows by a number a metric."""

    def __init__(self) -> None:
        self._metrics: dict[tuple[str, str], _Collected] = {}

    def add(self, job: str, changes: Iterable[Change]) -> None:
        """Add the metrics of one job; events and findings are left out."""
        for change in changes:
            if change.type in _BESIDE:
                continue
            # Metrics of one name and another unit are not one metric.
            reading = change.after or change.before
            unit = reading.measured.unit if reading is not None else ""
            key = change.name, unit
            collected = self._metrics.get(key)
            if collected is None:
                collected = self._metrics[key] = _Collected(change.type, unit)
            collected.counts[change.direction] += 1
            # A difference within the tolerance counts as none.
            delta = 0.0 if change.direction is Direction.SAME and change.delta else change.delta
            if delta is not None and not math.isnan(delta):
                collected.differences.append(delta)
            if change.direction is not Direction.SAME:
                order = change.direction.rank, -abs(delta or 0.0)
                collected.leading.append((order, job, delta))
                if len(collected.leading) > 4 * LEADING:
                    collected.leading = sorted(collected.leading, key=_order)[:LEADING]

    def result(self) -> tuple[MetricTotals, ...]:
        """Totals of each metric, the one with most jobs that got worse first."""
        totals = [self._totals(name, collected) for (name, _), collected in self._metrics.items()]
        totals.sort(
            key=lambda metric_totals: (
                -metric_totals.counts.get(Direction.WORSE, 0),
                metric_totals.direction.rank,
                not metric_totals.significant,
                -sum(n for way, n in metric_totals.counts.items() if way is not Direction.SAME),
            )
        )
        return tuple(totals)

    def _totals(self, name: str, collected: _Collected) -> MetricTotals:
        differences = collected.differences
        return MetricTotals(
            name=name,
            type=collected.type,
            unit=collected.unit,
            counts={way: collected.counts[way] for way in Direction if collected.counts[way]},
            pairs=len(differences),
            median=median(differences),
            lowest=min(differences, default=None),
            highest=max(differences, default=None),
            p_value=sign_test(differences),
            leading=tuple(
                (job, delta) for _, job, delta in sorted(collected.leading, key=_order)[:LEADING]
            ),
        )


def _order(entry: tuple[tuple[int, float], str, float | None]) -> tuple[tuple[int, float], str]:
    return entry[0], entry[1]


def sign_test(differences: Sequence[float]) -> float:
    """p-value of a two-sided sign test: the chance of signs so unequal if neither is likelier.

    Zeros and NaN are left out. Without differences it is 1; with fewer than six it cannot be
    below 5%.
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
