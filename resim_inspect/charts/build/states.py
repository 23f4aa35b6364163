"""States over time: one band for each series, with its runs of equal states."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import blocks
from resim_inspect.charts.build.over_time import with_events
from resim_inspect.charts.build.time_axes import time_axis
from resim_inspect.charts.model.drawing import Axis, Bands, Drawing, Fill, Plot
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.source import Source, data_name, legend_name
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.model import Metric, Series, StatesOverTimeValues
from resim_inspect.errors import MissingError
from resim_inspect.text import clean

_STATE = 60
_RANKS = np.array([MetricStatus(k).rank for k in range(6)], np.int32)


def runs(
    times: NDArray[np.int64], codes: NDArray[np.int32], statuses: NDArray[np.int32] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """(starts, ends, codes, severities) of the runs of equal states; times ascending."""
    n = len(codes)
    if n == 0:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0, np.int32), np.zeros(0, np.int32)
    changes = [np.zeros(1, np.int64)]
    for part in blocks(n - 1):
        before, after = codes[part], codes[part.start + 1 : part.stop + 1]
        changes.append(np.flatnonzero(before != after) + part.start + 1)
    first = np.concatenate(changes)
    starts = times[first]
    ends = np.append(starts[1:], times[-1])
    worst = np.zeros(len(first), np.int32)
    if statuses is not None:
        known = np.where((statuses >= 0) & (statuses < 6), statuses, 0)
        worst = np.maximum.reduceat(_RANKS[known], first)
    return starts, ends, codes[first], worst


def states_over_time(source: Source, metric: Metric, values: StatesOverTimeValues) -> Drawing:
    """Each series as a band; failure states and failing samples are marked in it."""
    failed: list[str] = []
    bands: list[Bands] = []
    failing = set(values.failure_states)
    for k, data_id in enumerate(values.states_data):
        try:
            data = source.data(data_id, "states")
            for category in source.categories_of(data):
                states = source.series(data, SeriesKind.STRINGS, "states", category)
                times = source.index(data, category, SeriesKind.TIMESTAMPS, "times")
                if times is None:
                    raise MissingError(f'"{data_name(data)}" has no times to draw its states over.')
                status_id = values.statuses_data[k] if k < len(values.statuses_data) else None
                statuses = source.statuses(status_id, len(states), category)
                name = legend_name(values.legend_series_names, k, data, category)
                bands.append(_band(source, name, states, times.times, statuses, failing))
        except MissingError as error:
            failed.append(str(error))
    if not bands:
        return source.message(metric, *(failed or ["The metric names no series."]))
    for text in failed:
        source.note(text)
    names = tuple(band.name for band in bands)
    shown = [band for band in bands if band.name not in source.options.hidden]
    if not any(len(band.starts) for band in bands):
        return source.message(metric, "There are no states to draw: the series are empty.")
    present = {state for band in bands for state in band.states}
    listed = [_state_name(state) for state in values.states_set]
    extra = sorted(present - set(listed))
    if extra:
        source.note(f"Not in the metric's set of states: {', '.join(extra[:5])}.")
    plot = band_plot(source, shown, [*listed, *extra], {_state_name(state) for state in failing})
    plot = with_events(source, plot)
    return source.drawing(metric, plot, series=names)


def _state_name(state: str) -> str:
    """A state as it is written in a band and in the legend."""
    return clean(state, _STATE) or "(empty)"


def band_plot(source: Source, bands: list[Bands], states: list[str], failing: set[str]) -> Plot:
    """Bands one below the other, the first on top; a colour for each state that occurs."""
    present = {state for band in bands for state in band.states}
    fills: list[Fill] = []
    color = 0
    for state in dict.fromkeys(states):
        if state in failing:
            color_role: ColorRole = MetricStatus.FAIL_BLOCK
        else:
            color_role, color = color, color + 1
        if state in present:
            fills.append(Fill(state, color_role))
    first = [int(band.starts[0]) for band in bands if len(band.starts)]
    axis = time_axis(min(first) if first else None, source.options.time)
    y = Axis("category", categories=tuple(band.name for band in bands), reverse=True)
    return Plot(axis, y, bands=tuple(bands), fills=tuple(fills))


def _band(
    source: Source,
    name: str,
    states: Series,
    times: NDArray[np.int64],
    statuses: NDArray[np.int32] | None,
    failing: set[str],
) -> Bands:
    n = min(len(states), len(times))
    if len(states) != len(times):
        source.note(f'"{name}": {len(times):,} times for {len(states):,} states.')
    return make_band(source, name, times[:n], states.codes[:n], states.uniques, statuses, failing)


def make_band(
    source: Source,
    name: str,
    times: NDArray[Any],
    codes: NDArray[np.int32],
    uniques: tuple[str, ...],
    statuses: NDArray[np.int32] | None,
    failing: set[str],
) -> Bands:
    """A band of runs; times that run backwards are sorted, with a note."""
    n = len(codes)
    if statuses is not None:
        statuses = statuses[:n]
    drawn = source.drawable(times, name)
    if drawn is not None:
        times, codes, n = times[drawn], codes[drawn], int(drawn.sum())
        statuses = None if statuses is None else statuses[drawn]
    if any(
        bool(
            (
                times[p.start + 1 : p.stop + 1] < times[p][: len(times[p.start + 1 : p.stop + 1])]
            ).any()
        )
        for p in blocks(n)
    ):
        source.note(f'The times of "{name}" run backwards; they are drawn in order.')
        order = np.argsort(times, kind="stable")
        times, codes = times[order], codes[order]
        statuses = None if statuses is None else statuses[order]
    starts, ends, run_codes, worst = runs(times, codes, statuses)
    shown = tuple(map(_state_name, uniques))
    return Bands(
        name=name,
        starts=starts,
        ends=ends,
        codes=run_codes,
        states=shown,
        failing=frozenset(k for k, text in enumerate(uniques) if text in failing),
        severities=worst,
        samples=n,
    )
