"""Statistics of all points of a curve, computed once and in small steps.

The steps are blocks of a quarter of a million points: between them other threads get
their turn, so that an app stays responsive while millions of points are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.layers import Curve
from resim_inspect.document.enums import FAILING, MetricStatus

BLOCK = 1 << 18


@dataclass(frozen=True)
class CurveStats:
    """The finite points of a curve and their statistics.

    `x`, `y`, `statuses` hold the m finite points; `breaks` (ascending) are the positions in
    them before which the line is interrupted; `failing` gives, for each failing status, the
    ascending positions of its samples; `status_counts` counts all n samples.
    """

    total: int
    x: NDArray[Any]
    y: NDArray[np.float64]
    statuses: NDArray[np.int32] | None
    breaks: NDArray[np.int64]
    sorted: bool
    x_min: float
    x_max: float
    y_min: float
    y_max: float
    failing: dict[MetricStatus, NDArray[np.int64]]
    status_counts: dict[MetricStatus, int]
    positions: NDArray[np.int64] | None
    """Positions of the finite points among all n; None if all are finite."""
    missing: NDArray[np.int64]
    """Positions of the samples that have an x and no finite y, by ascending x."""
    missing_x: NDArray[Any]
    """x of `missing`, ascending."""
    missing_y: NDArray[np.float64]
    """y of `missing`: NaN or infinite."""
    missing_statuses: NDArray[np.int32] | None

    @property
    def finite(self) -> int:
        """Number of points with a finite value."""
        return len(self.y)

    @property
    def x_span(self) -> tuple[Any, Any] | None:
        """Lowest and highest x of all samples, with a finite y or without; None without any."""
        lows = [self.x_min] if len(self.y) else []
        highs = [self.x_max] if len(self.y) else []
        if len(self.missing):
            lows.append(self.missing_x[0].item())
            highs.append(self.missing_x[-1].item())
        return (min(lows), max(highs)) if lows else None


def blocks(n: int) -> Iterator[slice]:
    """Slices of at most BLOCK elements that cover 0..n."""
    for start in range(0, n, BLOCK):
        yield slice(start, min(n, start + BLOCK))


_cache: WeakKeyDictionary[Curve, CurveStats] = WeakKeyDictionary()


def curve_stats(curve: Curve) -> CurveStats:
    """Statistics of a curve, computed on first use and kept as long as the curve.

    Cost of the first call: a few ns a point. Two threads that ask at the same moment may
    both compute them; the results are equal.
    """
    stats = _cache.get(curve)
    if stats is None:
        stats = _cache[curve] = _compute(curve)
    return stats


def _compute(curve: Curve) -> CurveStats:
    n = min(len(curve.x), len(curve.y))
    x, y = curve.x[:n], np.ascontiguousarray(curve.y[:n])
    statuses = None if curve.statuses is None else curve.statuses[:n]
    whole_x = x.dtype.kind in "iu"
    ok = _finite(x, y, whole_x)
    kept_x, kept_y, kept_s = x, y, statuses
    breaks = np.zeros(0, np.int64)
    positions: NDArray[np.int64] | None = None
    missing = np.zeros(0, np.int64)
    if ok is not None:
        positions = np.flatnonzero(ok)
        missing = _missing(ok, x, whole_x)
        if len(positions):
            breaks = np.flatnonzero(np.diff(positions) > 1) + 1
        kept_x, kept_y = x[positions], y[positions]
        if statuses is not None:
            kept_s = statuses[positions]
    ordered, x_min, x_max, y_min, y_max = _extremes(kept_x, kept_y)
    counts: dict[MetricStatus, int] = {}
    failing: dict[MetricStatus, NDArray[np.int64]] = {}
    if statuses is not None and kept_s is not None:
        counts = _status_counts(statuses)
        for status in FAILING:
            if counts.get(status):
                where = _where(kept_s, int(status))
                if len(where):
                    failing[status] = where
    return CurveStats(
        total=n,
        x=kept_x,
        y=kept_y,
        statuses=kept_s,
        breaks=breaks,
        sorted=ordered,
        x_min=x_min,
        x_max=x_max,
        y_min=y_min,
        y_max=y_max,
        failing=failing,
        status_counts=counts,
        positions=positions,
        missing=missing,
        missing_x=x[missing],
        missing_y=y[missing],
        missing_statuses=None if statuses is None else statuses[missing],
    )


def _finite(x: NDArray[Any], y: NDArray[np.float64], whole_x: bool) -> NDArray[np.bool_] | None:
    """Mask of the finite points; None if all are."""
    parts: list[NDArray[np.bool_]] = []
    clean = True
    for part in blocks(len(y)):
        ok = np.isfinite(y[part])
        if not whole_x:
            ok &= np.isfinite(x[part])
        clean = clean and bool(ok.all())
        parts.append(ok)
    return None if clean else np.concatenate(parts)


def _missing(ok: NDArray[np.bool_], x: NDArray[Any], whole_x: bool) -> NDArray[np.int64]:
    """Positions of the points that have an x and no finite y, by ascending x."""
    positions = np.flatnonzero(~ok)
    if not whole_x:
        positions = positions[np.isfinite(x[positions])]
    at = x[positions]
    if len(at) and bool((at[1:] < at[:-1]).any()):
        positions = positions[np.argsort(at, kind="stable")]
    return positions


def _extremes(x: NDArray[Any], y: NDArray[np.float64]) -> tuple[bool, float, float, float, float]:
    """(x ascends, lowest and highest x, lowest and highest y); NaN without points."""
    if not len(y):
        return True, np.nan, np.nan, np.nan, np.nan
    ordered = True
    bottoms: list[float] = []
    tops: list[float] = []
    for part in blocks(len(y)):
        if ordered:
            xs = x[part.start : part.stop + 1]
            ordered = bool((xs[1:] >= xs[:-1]).all())
        bottoms.append(float(y[part].min()))
        tops.append(float(y[part].max()))
    if ordered:
        x_min, x_max = x[0], x[-1]
    else:
        x_min = min(x[part].min() for part in blocks(len(x)))
        x_max = max(x[part].max() for part in blocks(len(x)))
    # Integers stay exact: a float cannot hold ns since 1970.
    keep = int if x.dtype.kind in "iu" else float
    return ordered, keep(x_min), keep(x_max), min(bottoms), max(tops)


def _status_counts(statuses: NDArray[np.int32]) -> dict[MetricStatus, int]:
    counts: dict[MetricStatus, int] = {}
    for part in blocks(len(statuses)):
        values = statuses[part]
        low, high = int(values.min()), int(values.max())
        if low == high:
            pairs = [(low, len(values))]
        elif low >= 0 and high < 64:
            pairs = [(k, int(c)) for k, c in enumerate(np.bincount(values)) if c]
        else:
            distinct, each = np.unique(values, return_counts=True)
            pairs = list(zip(distinct.tolist(), each.tolist(), strict=True))
        for value, many in pairs:
            status = MetricStatus(value)
            counts[status] = counts.get(status, 0) + many
    return counts


def _where(statuses: NDArray[np.int32], value: int) -> NDArray[np.int64]:
    parts = [np.flatnonzero(statuses[part] == value) + part.start for part in blocks(len(statuses))]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
