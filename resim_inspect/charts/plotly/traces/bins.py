"""Bins of histograms as plotly chooses them: round sizes by the spread of the values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

MAX_BINS = 5000
SECOND = 1000.0
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
MONTH, YEAR = 30.436875 * DAY, 365.2425 * DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_THREE_DAYS = timedelta(days=3)
_FIRST_DAY, _FIRST_SUNDAY = 946_684_800_000.0, 946_771_200_000.0
"""2000-01-01 and 2000-01-02 in ms: from where the bins of a date axis count."""


@dataclass(frozen=True)
class Bins:
    """Start, end and size in `calc` units, on a date axis in ms; `months` replaces the size."""

    start: float
    end: float
    size: float = 1.0
    months: int = 0

    def edges(self) -> NDArray[np.float64]:
        """Edges of all bins, ascending; at least two."""
        step = self._after(self.start) - self.start
        end = self.end - step / 1e6
        if not self.months:
            many = math.ceil((end - self.start) / self.size) if self.size > 0 else 1
            many = min(MAX_BINS, max(1, many))
            return self.start + np.arange(many + 1, dtype=np.float64) * self.size
        edges = [self.start, self._after(self.start)]
        while edges[-1] < end and len(edges) <= MAX_BINS:
            edges.append(self._after(edges[-1]))
        return np.array(edges)

    def _after(self, value: float) -> float:
        return add_months(value, self.months) if self.months else value + self.size


def add_months(ms: float, months: int) -> float:
    """The same moment of another month, as plotly counts.

    Three days are added before and taken off after: bins that begin at the end of a month, to
    have whole months inside, stay there.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=ms) + _THREE_DAYS
        year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
        first = moment.replace(year=year, month=month + 1, day=1)
        moved = first + timedelta(days=moment.day - 1) - _THREE_DAYS
        return (moved - _EPOCH) / timedelta(milliseconds=1)
    except (OverflowError, ValueError):
        return ms + months * MONTH


def auto_bins(
    values: NDArray[np.float64],
    *,
    asked: int = 0,
    total: int = 0,
    dates: bool = False,
    size: float = 0.0,
    months: int = 0,
    plane: bool = False,
) -> Bins:
    """Bins for finite values (ms where `dates`): of the size asked for, else of a round one.

    `asked`: at most so many bins; `total`: number of values with those that are missing;
    `plane`: for a histogram of two dimensions, which has fewer bins a side.
    """
    low, high = float(values.min()), float(values.max())
    first = _FIRST_DAY if dates else 0.0
    if not size and not months:
        rough = (high - low) / asked if asked else _rough_size(values, total, plane)
        rough = rough if math.isfinite(rough) and rough > 0 else 1.0
        if dates:
            size, months, first = _date_size(rough)
        else:
            size = round_up(rough, (2, 5, 10)) or 1.0
    if months:
        return _month_bins(values, months)
    # Ticks begin just below the first value; bins one tick before.
    near = low * 1.0001 - high * 0.0001
    start = math.ceil((near - first) / size) * size + first - size
    start = _shifted(start, values, size, low, high, dates)
    many = 1 + math.floor((high - start) / size)
    return Bins(start, start + many * size, size)


def _rough_size(values: NDArray[np.float64], total: int, plane: bool) -> float:
    smallest = smallest_step(values)
    power = float(10.0 ** math.floor(math.log10(smallest)))
    least = power * next((s for s in (9.9, 4.9, 1.9, 0.9) if s <= smallest / power), 0.9)
    spread = 2 * float(values.std()) / float(total or len(values)) ** (0.25 if plane else 0.4)
    return float(max(least, spread))


def smallest_step(values: NDArray[np.float64]) -> float:
    """Smallest distance between different values; their span where rounding makes smaller ones."""
    ordered = np.sort(values)
    span = float(ordered[-1] - ordered[0]) or 1.0
    steps = np.diff(ordered)
    steps = steps[steps > span / max(1, len(ordered) - 1) / 10_000]
    return min(span, float(steps.min())) if len(steps) else span


def round_up(rough: float, steps: Sequence[float]) -> float:
    """The smallest of `steps`, times a power of ten, that is above `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    if power == 0:
        return rough
    return power * next((s for s in steps if s > rough / power), steps[-1])


def _date_size(rough: float) -> tuple[float, int, float]:
    """(ms, months, the moment to count from) of a round size of bins on a date axis."""

    def fit(unit: float, steps: Sequence[float]) -> float:
        return unit * next((s for s in steps if s > rough / unit), steps[-1])

    if 2 * rough > YEAR:
        return 0.0, round(12 * round_up(rough / YEAR, (2, 5, 10))), _FIRST_DAY
    if 2 * rough > MONTH:
        return 0.0, round(fit(MONTH, (1, 2, 3, 6, 12)) / MONTH), _FIRST_DAY
    if 2 * rough > DAY:
        return fit(DAY, (1, 2, 3, 7, 14)), 0, _FIRST_SUNDAY
    if 2 * rough > HOUR:
        return fit(HOUR, (1, 2, 3, 6, 12)), 0, _FIRST_DAY
    if 2 * rough > MINUTE:
        return fit(MINUTE, (1, 2, 5, 10, 15, 30)), 0, _FIRST_DAY
    if 2 * rough > SECOND:
        return fit(SECOND, (1, 2, 5, 10, 15, 30)), 0, _FIRST_DAY
    return round_up(rough, (2, 5, 10)), 0, _FIRST_DAY


def _shifted(
    start: float, values: NDArray[np.float64], size: float, low: float, high: float, dates: bool
) -> float:
    """Start of the bins such that few values lie on an edge."""

    def near_edge(at: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.fmod(1 + (at - start) * 100 / size, 100) < 2

    if not dates and not np.fmod(values, 1).any():
        if size < 1:
            return low - 0.5 * size
        start -= 0.5
        return start + size if start + size < low else start
    edges, middles = int(near_edge(values).sum()), int(near_edge(values + size / 2).sum())
    if middles < len(values) * 0.1:
        ends = near_edge(np.array([low, high]))
        if edges > len(values) * 0.3 or ends.any():
            start += size / 2 if start + size / 2 < low else -size / 2
    return start


def _month_bins(values: NDArray[np.float64], months: int) -> Bins:
    low, high = float(values.min()), float(values.max())
    near = low * 1.0001 - high * 0.0001
    start = _FIRST_DAY
    away = math.floor((near - start) / MONTH / months) * months
    start = add_months(start, away)
    while start < near:
        start = add_months(start, months)
    while add_months(start, -months) >= near:
        start = add_months(start, -months)
    start = add_months(start, -months)
    start = _shifted_month(start, values, months, low)
    end = start
    for _ in range(MAX_BINS):
        if end > high:
            break
        end = add_months(end, months)
    return Bins(start, end, months=months)


def _shifted_month(start: float, values: NDArray[np.float64], months: int, low: float) -> float:
    """Start such that data of whole days, months or years lie inside of their bins."""
    days = values.astype("datetime64[ms]")
    whole_days = days == days.astype("datetime64[D]")
    whole_months = days == days.astype("datetime64[M]")
    whole_years = days == days.astype("datetime64[Y]")
    if whole_days.mean() <= 0.8:
        return start
    if whole_years.mean() > 0.8 and months % 12 == 0:
        start = add_months(start, -6) + 1.5 * DAY
    elif whole_months.mean() > 0.8:
        start = add_months(start, -1) + 15.5 * DAY
    else:
        start -= DAY / 2
    after = add_months(start, months)
    return after if after <= low else start
