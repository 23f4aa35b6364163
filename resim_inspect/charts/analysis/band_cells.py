"""Bands of states quantised to the columns of a drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.decimate import ns_of
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.layers import Axis, Bands
from resim_inspect.document.enums import MetricStatus


@dataclass(frozen=True)
class BandCells:
    """Code to show (-1 for nothing) and worst severity of each column of a band."""

    codes: NDArray[np.int64]
    severities: NDArray[np.int64]


_MAX_NS = 2**62 - 1
"""Two times of at most this size have a difference that int64 can hold."""


def band_cells(band: Bands, x: Scale, axis: Axis) -> BandCells:
    """Quantise the runs of a band to columns: the state at a column's middle, failures first."""
    n = x.cells
    codes = np.full(n, -1, np.int64)
    severities = np.zeros(n, np.int64)
    if not len(band.starts):
        return BandCells(codes, severities)
    low_ns, high_ns = (
        max(-_MAX_NS, min(_MAX_NS, axis.base + ns_of(edge))) for edge in (x.low, x.high)
    )
    first = max(0, int(np.searchsorted(band.ends, np.int64(low_ns), "left")))
    last = int(np.searchsorted(band.starts, np.int64(high_ns), "right"))
    if last <= first:
        return BandCells(codes, severities)
    edges = np.array([low_ns + (high_ns - low_ns) * k // n for k in range(n + 1)], np.int64)
    starts, ends = band.starts[first:last], band.ends[first:last]
    run_codes = band.codes[first:last].astype(np.int64)
    worst = band.severities[first:last].astype(np.int64)
    span = max(1, high_ns - low_ns)
    a = np.clip((starts.clip(low_ns, high_ns) - low_ns) * (n / span), 0, n - 1).astype(np.int64)
    past = (ends.clip(low_ns, high_ns) - low_ns) * (n / span)
    b = np.clip(np.ceil(past), 1, n).astype(np.int64)
    b = np.maximum(b, a + 1)
    # The run that holds each column's middle.
    middles = edges[:-1] + np.diff(edges) // 2
    holder = np.searchsorted(starts, middles, "right") - 1
    inside = (holder >= 0) & (middles <= ends[np.maximum(holder, 0)])
    codes[inside] = run_codes[holder[inside]]
    severities[inside] = worst[holder[inside]]
    # Runs shorter than a column show where nothing else does; failing ones always.
    failing = np.isin(run_codes, np.array(sorted(band.failing), np.int64))
    failing |= worst >= MetricStatus.FAIL_WARN.rank
    for k in np.flatnonzero(~failing & (b - a <= 1)).tolist() if len(starts) <= 4 * n else []:
        if codes[a[k]] < 0:
            codes[a[k]] = run_codes[k]
            severities[a[k]] = worst[k]
    order = np.flatnonzero(failing)
    if len(order) > 8 * n:
        # One failing run a column is enough: the first that starts in it, and the longest ones.
        _, once = np.unique(a[order], return_index=True)
        order = np.union1d(order[once], order[(b - a)[order] > 1])
    for k in order.tolist():
        codes[a[k] : b[k]] = run_codes[k]
        severities[a[k] : b[k]] = np.maximum(severities[a[k] : b[k]], worst[k])
    # The last sample's state has no length. It takes its column, unless a failure begins there,
    # which may have no other.
    k = len(starts) - 1
    if last == len(band.starts) and starts[k] == ends[k] and not failing[:k][a[:k] == a[k]].any():
        codes[a[k]], severities[a[k]] = run_codes[k], worst[k]
    return BandCells(codes, severities)


def cell_runs(cells: BandCells) -> Iterator[tuple[int, int, int]]:
    """(first column, column behind the last, code) of equal neighbours that show something."""
    changes = (np.diff(cells.codes) != 0) | (np.diff(cells.severities) != 0)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(cells.codes)]
    for column, end in pairwise(edges):
        if end > column and cells.codes[column] >= 0:
            yield column, end, int(cells.codes[column])
