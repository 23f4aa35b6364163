"""Fewer points that draw the same picture: extremes, gaps and failing samples stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import CurveStats, curve_stats
from resim_inspect.charts.analysis.extremes import extremes_between
from resim_inspect.charts.model.layers import Axis, Curve
from resim_inspect.document.enums import FAILING, MetricStatus, worst_status


@dataclass(frozen=True)
class Decimated:
    """The points to draw of one curve: x in axis units, y, statuses, and where lines break.

    `breaks` are positions in the picked points before which the line is interrupted;
    `behind` is how many finite points of the window they stand for; `complete` whether they
    are all of them.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    statuses: NDArray[np.int32] | None
    breaks: NDArray[np.int64]
    behind: int
    indices: NDArray[np.int64]

    @property
    def complete(self) -> bool:
        """True if every point of the window is drawn."""
        return len(self.indices) >= self.behind


Decimation = list[tuple[Curve, Decimated]]
"""Each curve of a plot with its points to draw."""


def axis_units(values: NDArray[Any], axis: Axis) -> NDArray[np.float64]:
    """Stored x as axis units: ns become seconds since the axis's base, exact near the base."""
    if values.dtype.kind in "iu":
        farthest = (values.min(), values.max()) if len(values) else ()
        if any(abs(int(value) - axis.base) > 2**62 for value in farthest):
            # So far from the base that int64 would overflow: ns no longer matter.
            return values.astype(np.float64) / 1e9 - axis.base / 1e9
        return (values - np.int64(axis.base)).astype(np.float64) / 1e9
    return values.astype(np.float64, copy=False)


def ns_of(position: float) -> int:
    """Seconds as ns, clipped to a range that int64 arithmetic can hold."""
    return round(max(-9e18, min(9e18, position * 1e9)))


def stored_units(position: float, values: NDArray[Any], axis: Axis) -> Any:
    """An axis position in the unit in which x is stored."""
    if values.dtype.kind in "iu":
        ns = axis.base + ns_of(position)
        return np.int64(max(-(2**63), min(2**63 - 1, ns)))
    return np.float64(position)


def decimate(curve: Curve, axis: Axis, window: tuple[float, float], bins: int) -> Decimated:
    """The points to draw in a window of x, at most about 4 for each of `bins` columns.

    In each column the first, last, lowest and highest point stay, and one sample of each
    failing status; one point before and one after the window, so that lines reach its edge.
    """
    stats = curve_stats(curve)
    if not stats.finite:
        return _decimated(stats, axis, np.zeros(0, np.int64), 0)
    if stats.sorted:
        return _decimate_sorted(stats, axis, window, bins)
    return _decimate_path(stats, axis, window, bins)


def _decimate_sorted(
    stats: CurveStats, axis: Axis, window: tuple[float, float], bins: int
) -> Decimated:
    x, y = stats.x, stats.y
    low, high = (stored_units(edge, x, axis) for edge in window)
    first = int(np.searchsorted(x, low, "left"))
    last = int(np.searchsorted(x, high, "right"))
    behind = last - first
    start, stop = max(0, first - 1), min(len(x), last + 1)
    if stop - start <= 4 * bins:
        return _decimated(stats, axis, np.arange(start, stop), behind)
    edges = first + np.searchsorted(
        x[first:last], np.array([_between(low, high, k, bins) for k in range(1, bins)], x.dtype)
    )
    cuts = [first, *edges.tolist(), last]
    kept_indices = [start, stop - 1]
    for part in extremes_between(y, cuts):
        kept_indices += [part.start, part.stop - 1, part.lowest, part.highest]
    kept_indices += _failing_in(stats, np.asarray(cuts))
    return _decimated(stats, axis, np.unique(np.asarray(kept_indices, np.int64)), behind)


def _between(low: Any, high: Any, k: int, bins: int) -> Any:
    if isinstance(low, np.int64):
        return int(low) + (int(high) - int(low)) * k // bins
    return float(low) + (float(high) - float(low)) * (k / bins)


def _failing_in(stats: CurveStats, cuts: NDArray[np.int64]) -> list[int]:
    """The first sample of each failing status between each pair of cuts."""
    failing_indices: list[int] = []
    for status in FAILING:
        where = stats.failing.get(status)
        if where is None:
            continue
        at = np.searchsorted(where, cuts)
        has = at[1:] > at[:-1]
        failing_indices += where[at[:-1][has]].tolist()
        # The last of a column too: a run of failures keeps its length.
        failing_indices += where[at[1:][has] - 1].tolist()
    return failing_indices


def _decimate_path(
    stats: CurveStats, axis: Axis, window: tuple[float, float], bins: int
) -> Decimated:
    """Points whose x goes back and forth: runs of neighbours instead of columns of x."""
    x, y = stats.x, stats.y
    low, high = (stored_units(edge, x, axis) for edge in window)
    inside = (x >= low) & (x <= high)
    behind = int(inside.sum())
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    chosen = np.flatnonzero(near)
    if len(chosen) <= 6 * bins:
        return _decimated(stats, axis, chosen, behind)
    cuts = np.linspace(0, len(chosen), bins + 1).astype(np.int64)
    kept_indices: list[int] = []
    for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        part = chosen[a:b]
        if len(part):
            ys, xs = y[part], x[part]
            spots = {0, len(part) - 1, int(ys.argmin()), int(ys.argmax())}
            spots |= {int(xs.argmin()), int(xs.argmax())}
            kept_indices += part[sorted(spots)].tolist()
    edges = chosen[np.minimum(cuts, len(chosen) - 1)].copy()
    edges[-1] += 1
    kept_indices += [k for k in _failing_in(stats, edges) if near[k]]
    indices = np.unique(np.asarray(kept_indices, np.int64))
    # A path that left the window and came back is not joined across what lies outside.
    left = np.flatnonzero(np.diff(chosen) > 1) + 1
    return _decimated(stats, axis, indices, behind, chosen[left])


def _decimated(
    stats: CurveStats,
    axis: Axis,
    indices: NDArray[np.int64],
    behind: int,
    more_breaks: NDArray[np.int64] | None = None,
) -> Decimated:
    breaks = stats.breaks
    if more_breaks is not None:
        breaks = np.union1d(breaks, more_breaks)
    at = np.searchsorted(indices, breaks, "left") if len(breaks) else np.zeros(0, np.int64)
    at = np.unique(at[(at > 0) & (at < len(indices))])
    return Decimated(
        x=axis_units(stats.x[indices], axis),
        y=stats.y[indices],
        statuses=None if stats.statuses is None else stats.statuses[indices],
        breaks=at,
        behind=behind,
        indices=indices,
    )


def worst(statuses: NDArray[np.int32]) -> MetricStatus:
    """The most severe of some statuses; UNSET for none."""
    return worst_status(MetricStatus(int(s)) for s in np.unique(statuses)) or MetricStatus.UNSET
