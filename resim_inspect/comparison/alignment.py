"""Curves on a common index, and the size of their difference.

Equal indexes are compared sample by sample. Others are interpolated linearly on the union of
their points within the overlap; between a sample and a gap (NaN) there is a gap. Where a point
repeats, the smallest and the largest of its values are compared beside the last.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.text import count, number, seconds

_BLOCK = 1 << 18
"""Pairs of samples that are compared at a time: the temporaries stay small."""
_EXACT = 2**53


class Deviation(NamedTuple):
    """Difference of n pairs of numbers."""

    n: int = 0
    different: int = 0
    """Pairs that differ by more than the tolerance, or of which one alone is NaN."""
    largest: float = 0.0
    """Largest absolute difference of the finite pairs."""
    at: int | None = None
    """Position of the largest finite difference; without one, of the first difference."""
    rms: float = 0.0
    """Root of the mean square of the finite differences."""
    gaps: int = 0
    """Pairs of which one alone is NaN."""
    infinite: int = 0
    """Pairs without NaN whose difference is beyond the largest double."""

    @property
    def share(self) -> float:
        """Share of the pairs that differ."""
        return self.different / self.n if self.n else 0.0


def deviation(
    before: NDArray[np.float64], after: NDArray[np.float64], tolerance: Tolerance
) -> Deviation:
    """Difference of two arrays of n numbers each, pair by pair."""
    different = gaps = infinite = finite = 0
    largest, at = 0.0, None
    first: int | None = None
    squares = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, len(before), _BLOCK):
            a, b = before[start : start + _BLOCK], after[start : start + _BLOCK]
            apart = np.abs(a - b)
            mask = tolerance.different(a, b, apart)
            number = int(np.count_nonzero(mask))
            known = np.isfinite(apart)
            finite += int(np.count_nonzero(known))
            if not number:
                squares += float(np.square(apart[known]).sum())
                continue
            if first is None:
                first = start + int(np.argmax(mask))
            different += number
            gaps += int(np.count_nonzero(np.isnan(a) != np.isnan(b)))
            infinite += int(np.count_nonzero(np.isinf(apart)))
            apart = np.where(known, apart, 0.0)
            squares += float(np.square(apart).sum())
            largest_at = int(np.argmax(np.where(mask, apart, 0.0)))
            if apart[largest_at] > largest:
                largest, at = float(apart[largest_at]), start + largest_at
    rms = float(np.sqrt(squares / finite)) if finite else 0.0
    at = first if at is None else at
    return Deviation(len(before), different, largest, at, rms, gaps, infinite)


class Aligned(NamedTuple):
    """Two curves on one index of n points."""

    x: NDArray[Any]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    interpolated: bool
    shift: float = 0.0
    """Distance by which the other side was moved, as the ranges do not overlap."""
    longer: bool = False
    """True if one curve reaches beyond the other by more than a step, or with other values."""


def align(
    x: NDArray[Any],
    y: NDArray[np.float64],
    other_x: NDArray[Any],
    other_y: NDArray[np.float64],
    tolerance: Tolerance,
    *,
    shiftable: bool = False,
) -> Aligned:
    """Put two curves on one index; `shiftable` aligns the starts where nothing overlaps.

    Samples are sorted by x first unless the indexes are equal. Runs often differ by one sample:
    it is left out where the other curve could have gone on like that.
    """
    if x is other_x or (len(x) == len(other_x) and np.array_equal(x, other_x)):
        return Aligned(x, y, other_y, False)
    if not len(x) or not len(other_x):
        nothing = np.zeros(0)
        return Aligned(nothing, nothing, nothing, True, longer=len(x) != len(other_x))
    x, y = _sorted(x, y)
    other_x, other_y = _sorted(other_x, other_y)
    shift: float = 0.0
    if shiftable and (x[-1] < other_x[0] or other_x[-1] < x[0]):
        shift = float(other_x[0]) - float(x[0])
        x, other_x = _from(x, x[0]), _from(other_x, other_x[0])
        if len(x) == len(other_x) and np.array_equal(x, other_x):
            return Aligned(x, y, other_y, False, shift)
    low, high = max(x[0], other_x[0]), min(x[-1], other_x[-1])
    union = np.union1d(_within(x, low, high), _within(other_x, low, high))
    longer = reaches_beyond(x, other_x) or not (
        _continues(x, y, low, high, other_y, tolerance)
        and _continues(other_x, other_y, low, high, y, tolerance)
    )
    before, after = interpolate(x, y, union), interpolate(other_x, other_y, union)
    again = _within(np.union1d(_repeated(x), _repeated(other_x)), low, high)
    if len(again):
        union = np.concatenate((union, again, again))
        before = np.concatenate((before, *_ends(x, y, again)))
        after = np.concatenate((after, *_ends(other_x, other_y, again)))
    return Aligned(union, before, after, True, shift, longer)


def interpolate(x: NDArray[Any], y: NDArray[np.float64], at: NDArray[Any]) -> NDArray[np.float64]:
    """Linear values of a curve at points within its range; x ascending, gaps stay gaps."""
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 1)
    right = np.minimum(left + 1, len(x) - 1)
    values = y[left]
    between = at != x[left]
    if between.any():
        a, b = left[between], right[between]
        with np.errstate(all="ignore"):
            span = _from(x[b], x[a])
            part = _from(at[between], x[a]) / np.where(span == 0, 1, span)
            low, high = y[a], y[b]
            mixed = np.where(low == high, low, low + (high - low) * part)
        values = values.copy()
        values[between] = mixed
    return values


def hold(x: NDArray[Any], at: NDArray[Any]) -> NDArray[np.int64]:
    """Positions of the samples that hold at some points; x ascending, the first point inside."""
    return np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 1)


def reaches_beyond(x: NDArray[Any], other_x: NDArray[Any]) -> bool:
    """Return True if one of two ascending indexes goes on for more than a step."""
    reach = abs(float(x[0]) - float(other_x[0])), abs(float(x[-1]) - float(other_x[-1]))
    return max(reach) > max(_step(x), _step(other_x))


def reach_text(x: NDArray[Any], other_x: NDArray[Any], timed: bool) -> str:
    """`3 samples over 2.000 s, now 5 samples over 4.000 s`."""
    texts = [
        f"{count(len(side), 'sample')} over "
        + distance_text(float(side.max()) - float(side.min()), timed)
        for side in (x, other_x)
    ]
    return f"{texts[0]}, now {texts[1]}"


def distance_text(length: float, timed: bool) -> str:
    """A distance along an index without its sign; one of times is in ns."""
    return seconds(round(abs(length))) if timed else number(abs(length))


def ascending(x: NDArray[Any]) -> bool:
    """Return True if x never falls; it may repeat, and NaN breaks the order."""
    return bool((x[1:] >= x[:-1]).all())


def _sorted(x: NDArray[Any], y: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    if ascending(x):
        return x, y
    order = np.argsort(x, kind="stable")
    return x[order], y[order]


def _from(x: NDArray[Any], origin: Any) -> NDArray[np.float64]:
    """Distances from an origin as doubles; times in ns are subtracted as integers."""
    if x.dtype.kind == "i":
        distances = x.astype(np.float64) - np.asarray(origin, np.float64)
        if float(np.abs(distances).max(initial=0.0)) < _EXACT:
            distances = (x - origin).astype(np.float64)
        return distances
    return np.asarray(x - origin, np.float64)


def _within(x: NDArray[Any], low: Any, high: Any) -> NDArray[Any]:
    return x[np.searchsorted(x, low, side="left") : np.searchsorted(x, high, side="right")]


def _repeated(x: NDArray[Any]) -> NDArray[Any]:
    """Points that occur more than once; x ascending."""
    points: NDArray[Any] = x[1:][x[1:] == x[:-1]]
    return points


def _ends(
    x: NDArray[Any], y: NDArray[np.float64], at: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smallest and largest values of a curve at points within its range; x ascending."""
    points, starts = np.unique(x, return_index=True)
    places = hold(points, at)
    between = points[places] != at
    inner = interpolate(x, y, at)
    low, high = (
        np.where(between, inner, end.reduceat(y, starts)[places]) for end in (np.fmin, np.fmax)
    )
    return low, high


def _continues(
    x: NDArray[Any],
    y: NDArray[np.float64],
    low: Any,
    high: Any,
    other_y: NDArray[np.float64],
    tolerance: Tolerance,
) -> bool:
    """Return True if what lies outside a range differs from the other curve's nearest end by no
    more than the samples of that curve from one to the next: a slope goes on."""
    head = y[: np.searchsorted(x, low, side="left")]
    tail = y[np.searchsorted(x, high, side="right") :]
    if not len(head) and not len(tail):
        return True
    with np.errstate(all="ignore"):
        changes = np.abs(np.diff(other_y))
        usual = float(changes.max(where=np.isfinite(changes), initial=0.0))
        for part, end in ((head, other_y[0]), (tail, other_y[-1])):
            apart = np.abs(part - end)
            if (
                tolerance.different(part, np.full_like(part, end), apart) & ~(apart <= usual)
            ).any():
                return False
    return True


def _step(x: NDArray[Any]) -> float:
    """Median distance of neighbours; 0 for a single point."""
    return float(np.median(np.diff(x))) if len(x) > 1 else 0.0
