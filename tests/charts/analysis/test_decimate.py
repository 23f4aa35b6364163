"""Decimation that does not lie: extremes, failing samples and gaps stay."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.charts.analysis.decimate import axis_units, decimate
from resim_inspect.charts.model.drawing import Axis, Curve
from resim_inspect.document.enums import MetricStatus

WARN, BLOCK = MetricStatus.FAIL_WARN, MetricStatus.FAIL_BLOCK
AXIS = Axis("time")
SECOND = 10**9


def curve(values: np.ndarray, statuses: np.ndarray | None = None) -> Curve:
    x = np.arange(len(values), dtype=np.int64) * SECOND
    return Curve("c", x, values, statuses)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5000), st.integers(1, 60))
def test_each_column_keeps_its_extremes_and_a_sample_of_each_failing_status(
    seed: int, n: int, bins: int
) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=n) * 10.0 ** random.integers(-9, 9)
    values[random.random(n) < 0.1] = np.nan
    statuses = np.where(random.random(n) < 0.01, int(BLOCK), 1).astype(np.int32)
    statuses[random.random(n) < 0.005] = int(WARN)
    window = (0.0, float(max(1, n - 1)))
    decimated = decimate(curve(values, statuses), AXIS, window, bins)
    width = window[1] / bins
    column = np.minimum((np.arange(n) / width).astype(int), bins - 1)
    chosen = np.minimum((decimated.x / width).astype(int), bins - 1)
    good = np.isfinite(values)
    assert decimated.behind == int(good.sum())
    for k in range(bins):
        inside = good & (column == k)
        if not inside.any():
            continue
        # A sample on a column's edge may fall to either side of it.
        near = (chosen >= k - 1) & (chosen <= k + 1)
        assert decimated.y[near].max() >= values[inside].max()
        assert decimated.y[near].min() <= values[inside].min()
        assert decimated.statuses is not None
        for status in (WARN, BLOCK):
            if (statuses[inside] == int(status)).any():
                assert (decimated.statuses[near] == int(status)).any()
    assert len(decimated.x) <= 8 * bins + 8 or decimated.complete


def test_a_single_spike_and_a_single_failure_among_a_million_stay() -> None:
    values = np.sin(np.arange(1_000_000) / 1e4)
    values[123_456] = 99.0
    values[765_432] = -77.0
    statuses = np.ones(1_000_000, np.int32)
    statuses[444_444] = int(BLOCK)
    decimated = decimate(curve(values, statuses), AXIS, (0.0, 999_999.0), 200)
    assert decimated.y.max() == 99.0
    assert decimated.y.min() == -77.0
    assert decimated.statuses is not None
    assert decimated.x[decimated.statuses == int(BLOCK)].tolist() == [444_444.0]
    assert len(decimated.x) < 1000
    assert not decimated.complete


def test_a_zoom_shows_every_sample_and_one_neighbour_at_each_side() -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    decimated = decimate(curve(values), AXIS, (500.0, 520.0), 200)
    assert decimated.x.tolist() == [float(k) for k in range(499, 522)]
    assert decimated.y.tolist() == values[499:522].tolist()
    assert decimated.behind == 21


def test_gaps_stay_gaps() -> None:
    values = np.sin(np.arange(10_000) / 100)
    values[3000:3500] = np.nan
    values[7000] = np.nan
    decimated = decimate(curve(values), AXIS, (0.0, 9999.0), 50)
    after = decimated.x[decimated.breaks]
    assert [float(v) for v in after] == [3500.0, 7001.0]


def test_a_path_that_goes_back_keeps_its_extremes_in_both_directions() -> None:
    turn = np.linspace(0, 40 * np.pi, 50_000)
    x, y = np.cos(turn) * turn, np.sin(turn) * turn
    statuses = np.ones(50_000, np.int32)
    statuses[25_000] = int(WARN)
    decimated = decimate(Curve("p", x, y, statuses), Axis(), (float(x.min()), float(x.max())), 200)
    assert decimated.x.min() == x.min()
    assert decimated.x.max() == x.max()
    assert decimated.y.min() == y.min()
    assert decimated.y.max() == y.max()
    assert decimated.statuses is not None
    assert int(WARN) in decimated.statuses
    assert len(decimated.x) < 2000


def test_a_path_that_leaves_the_window_is_not_joined_across_what_is_outside() -> None:
    x = np.concatenate((np.linspace(0, 10, 5000), np.linspace(10, 0, 5000)))
    decimated = decimate(Curve("p", x, np.arange(10_000.0)), Axis(), (0.0, 1.0), 50)
    assert len(decimated.breaks) == 1


def test_facts_of_times_are_exact_beyond_what_a_float_holds() -> None:
    base = 1_760_000_000_000_000_001
    x = base + np.arange(10, dtype=np.int64)
    axis = Axis("time", base=base)
    decimated = decimate(Curve("ns", x, np.arange(10.0)), axis, (2e-9, 4e-9), 10)
    assert (decimated.x * 1e9).round().tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_times_at_both_ends_of_int64_keep_their_order() -> None:
    far = 9 * 10**18
    for base in (0, -far, far):
        for times in ([-far, 0, far], [0, far], [-far, 0], [0, -far, far]):
            units = axis_units(np.array(times, np.int64), Axis("time", base=base))
            assert units.tolist() == [(time - base) / 1e9 for time in times]
