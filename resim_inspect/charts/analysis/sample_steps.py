"""Positions of the samples of a panel: the nearest, the next, the next that fails."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.decimate import axis_units, stored_units
from resim_inspect.charts.model.drawing import Axis, Bars, Panel, Plot
from resim_inspect.document.enums import FAILING, MetricStatus

_SEVERE = MetricStatus.FAIL_WARN.rank


def snap(panel: Panel | None, x: float) -> float:
    """The position of the sample nearest to x (axis units); x itself where there is none."""
    return min(_around(panel, x), key=lambda at: abs(at - x), default=x)


def step(panel: Panel | None, x: float, distance: float) -> float:
    """The sample nearest to x + distance, at least the next one in that direction.

    Where nothing has a position of its own, such as a state, x + distance itself.
    """
    if isinstance(panel, Bars):
        distance = math.copysign(max(1.0, abs(round(distance))), distance)
    forward = distance > 0
    target = snap(panel, x + distance)
    if target > x if forward else target < x:
        return target
    if not any(len(positions) for positions, _ in _positions(panel)):
        return x + distance
    following = [at for at in _beside(_positions(panel), panel, x, forward) if at != x]
    return min(following, key=lambda at: abs(at - x), default=x)


def next_failing(panel: Panel | None, x: float, direction: int) -> float | None:
    """The next sample that fails or has no value, after x (axis units) or before it.

    Wraps around after the last one; None if no such sample exists.
    """
    forward = direction > 0
    failing = list(_failing(panel))
    beyond = list(_beside(iter(failing), panel, x, forward))
    if not beyond:
        beyond = list(_beside(iter(failing), panel, -math.inf if forward else math.inf, forward))
    return (min if forward else max)(beyond, default=None)


Positions = tuple[NDArray[Any], bool]
"""Positions as they are stored (int64 ns or axis units), and True if they ascend."""


def _positions(panel: Panel | None) -> Iterator[Positions]:
    if isinstance(panel, Bars):
        yield np.arange(len(panel.categories), dtype=np.float64), True
    if not isinstance(panel, Plot):
        return
    for curve in panel.curves:
        if not curve.excluded_from_readout:
            stats = curve_stats(curve)
            yield stats.x, stats.sorted
            yield stats.missing_x, True
    if panel.boxes and not panel.curves:
        yield np.array([(box.x0 + box.x1) / 2 for box in panel.boxes]), False


def _failing(panel: Panel | None) -> Iterator[Positions]:
    if isinstance(panel, Bars):
        for series in panel.series:
            fails = ~np.isfinite(series.values)
            if series.has_value is not None:
                fails &= series.has_value[: len(fails)]
            if series.statuses is not None:
                fails |= np.isin(series.statuses[: len(fails)], [int(s) for s in FAILING])
            yield np.flatnonzero(fails).astype(np.float64), True
    if not isinstance(panel, Plot):
        return
    for curve in panel.curves:
        if not curve.excluded_from_readout:
            stats = curve_stats(curve)
            yield stats.missing_x, True
            for positions in stats.failing.values():
                yield stats.x[positions], stats.sorted
    for band in panel.bands:
        fails = (band.severities >= _SEVERE) | np.isin(band.codes, sorted(band.failing))
        yield band.starts[fails], True
    failing = [box for box in panel.boxes if box.status is not None and box.status.fails]
    yield np.array([(box.x0 + box.x1) / 2 for box in failing]), False


def _around(panel: Panel | None, x: float) -> Iterator[float]:
    """The sample before x and the one after it, of each array; one at x counts as before."""
    for forward in (False, True):
        for positions, ascending in _positions(panel):
            yield from _next(positions, ascending, panel, x, forward, here=True)


def _beside(
    arrays: Iterator[Positions], panel: Panel | None, x: float, forward: bool
) -> Iterator[float]:
    """The next position of each array on one side of x, x itself excluded."""
    for positions, ascending in arrays:
        yield from _next(positions, ascending, panel, x, forward, here=False)


def _next(
    positions: NDArray[Any],
    ascending: bool,
    panel: Panel | None,
    x: float,
    forward: bool,
    *,
    here: bool,
) -> Iterator[float]:
    if not len(positions):
        return
    axis = panel.x if isinstance(panel, Plot) else Axis("category")
    at = stored_units(x, positions, axis)
    if not here and positions.dtype.kind in "iu" and math.isfinite(x):
        # A position in seconds may be the next ns: the sample under the cursor is left behind.
        at = at + (1 if forward else -1)
    if ascending:
        k = int(np.searchsorted(positions, at, "left" if here is forward else "right"))
        k -= 0 if forward else 1
    else:
        beyond = positions >= at if here and forward else positions > at
        if not forward:
            beyond = positions <= at if here else positions < at
        candidates = np.flatnonzero(beyond)
        if not len(candidates):
            return
        chosen = positions[candidates]
        k = int(candidates[chosen.argmin() if forward else chosen.argmax()])
    if 0 <= k < len(positions):
        yield float(axis_units(positions[k : k + 1], axis)[0])
