"""Comparison of states over time: the share of time that differs, and the first divergence."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.alignment import (
    ascending,
    distance_text,
    hold,
    reach_text,
    reaches_beyond,
)
from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair, load
from resim_inspect.comparison.series_assessment import SeriesAssessment
from resim_inspect.comparison.series_refs import (
    SeriesRef,
    number_of_series,
    partners,
    renamed,
    same_bytes,
    series_refs,
)
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import StatesOverTimeValues
from resim_inspect.text import count, number, seconds

_NAME = 60


class States(NamedTuple):
    """States that hold from their time on: codes into `names`; times ascend."""

    times: NDArray[Any]
    codes: NDArray[np.int64]
    names: tuple[str, ...]
    statuses: NDArray[np.int32] | None
    problem: str = ""
    timed: bool = True


class Divergence(NamedTuple):
    """Difference of two series of states on the union of their times."""

    share: float
    """Share of the common time that differs."""
    first: int | None
    """Time in ns from the first common one to the first difference; None without any."""
    names: tuple[str, str] = ("", "")
    """States at the first difference."""
    failing: tuple[float, float] = (0.0, 0.0)
    """Shares of the common time in failure states, before and after."""
    longer: bool = False
    """True if one side goes on for more than a step, or in another state."""


def compare_states(
    pair: Pair, before: StatesOverTimeValues, after: StatesOverTimeValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare states over time; more time in failure states is worse."""
    old_states, other = (
        series_refs(
            document, values.states_data, values.statuses_data, names=values.legend_series_names
        )
        for document, values in ((pair.before, before), (pair.after, after))
    )
    assessment = SeriesAssessment(tolerance)
    matched = partners(old_states, other)
    failure_states = frozenset(before.failure_states) & frozenset(after.failure_states)
    alone = len(old_states) == len(other) == 1
    for old, new in matched.pairs:
        assessment.note(renamed(old, new))
        _compare_pair(pair, old, new, failure_states, assessment, "" if alone else f"“{new.name}” ")
    for reason in matched.unpaired():
        assessment.note(reason)
    return assessment.result(
        _measured(old_states, failure_states), _measured(other, failure_states)
    )


def _compare_pair(
    pair: Pair,
    old: SeriesRef,
    new: SeriesRef,
    failure_states: frozenset[str],
    assessment: SeriesAssessment,
    lead: str,
) -> None:
    if same_bytes(pair, old, new):
        return
    first, second = read_states(old), read_states(new)
    assessment.statuses(first.statuses, second.statuses)
    problems = first.problem, second.problem
    if any(problems) or not len(first.codes) or not len(second.codes):
        if problems != ("", "") or len(first.codes) != len(second.codes):
            side = "now" if problems[1] or not len(second.codes) else "before"
            reason = problems[1] or problems[0]
            if problems[0] != problems[1] or not reason:
                assessment.note(f"{lead}no states {side}" + (f": {reason}" if reason else ""))
        return
    difference = divergence(first, second, failure_states, assessment.tolerance.share)
    if difference is None:
        assessment.note(f"{lead}the times do not overlap; the states are not compared")
        return
    differs = difference.first is not None
    if 0 < difference.share <= assessment.tolerance.share:
        differs = False
    timed = first.timed and second.timed
    if difference.longer:
        assessment.note(lead + reach_text(first.times, second.times, timed))
    if differs:
        assessment.note(lead + _difference_text(difference, first.timed))
    if difference.longer:
        _compare_failing_times(first, second, failure_states, assessment, lead)
    elif differs:
        assessment.failing_shares(*difference.failing)


def _compare_failing_times(
    before: States,
    after: States,
    failure_states: frozenset[str],
    assessment: SeriesAssessment,
    lead: str,
) -> None:
    """Compare the times in failure states of sides of which one is longer, each over all of it.

    As shares they are of the longer side's time: a run that ends earlier does not fail more.
    """
    sides = [failing_time(side, failure_states) for side in (before, after)]
    whole = max(total for _, total in sides)
    shares = [time / whole if whole else 0.0 for time, _ in sides]
    assessment.failing_shares(shares[0], shares[1])
    if abs(shares[0] - shares[1]) > assessment.tolerance.share:
        timed = before.timed and after.timed
        texts = [
            distance_text(time, timed) if timed else count(round(time), "sample")
            for time, _ in sides
        ]
        assessment.note(f"{lead}{texts[0]} in failure states, now {texts[1]}")


def _difference_text(difference: Divergence, timed: bool) -> str:
    first = difference.first or 0
    where = seconds(first) if timed else f"sample {first + 1:,}"
    names = " → ".join(f"“{name[:_NAME]}”" for name in difference.names)
    return f"{number(100 * difference.share, 3)}% of the time differs, first at {where}: {names}"


def read_states(ref: SeriesRef) -> States:
    """Decode a series of states and sort it by time; without times, by its samples."""
    values = load(ref.document, ref.values, SeriesKind.STRINGS, ref.category)
    statuses = load(ref.document, ref.statuses, SeriesKind.STATUSES, ref.category).series
    own = None if statuses is None else statuses.statuses
    if values.series is None:
        return States(np.zeros(0, np.int64), np.zeros(0, np.int64), (), own, values.problem)
    codes = values.series.codes.astype(np.int64)
    index = load(ref.document, ref.index, SeriesKind.TIMESTAMPS, ref.category).series
    timed = index is not None
    times = index.times if index is not None else np.arange(len(codes), dtype=np.int64)
    n = min(len(times), len(codes))
    times, codes = times[:n], codes[:n]
    if not ascending(times):
        order = np.argsort(times, kind="stable")
        times, codes = times[order], codes[order]
    return States(times, codes, values.series.uniques, own, timed=timed)


def divergence(
    before: States, after: States, failure_states: frozenset[str], tolerated: float
) -> Divergence | None:
    """Compare two series that each have a state; None if their times do not overlap.

    Series that do not overlap but have times are aligned at their starts. `tolerated`: the share of
    the time that one side may go on in another state for at most a step.
    """
    times, other = before.times, after.times
    if before.timed and (times[-1] < other[0] or other[-1] < times[0]):
        times, other = times - times[0], other - other[0]
    low, high = max(times[0], other[0]), min(times[-1], other[-1])
    if low > high:
        return None
    union = np.union1d(times, other)
    union = union[(union >= low) & (union <= high)]
    names = list(dict.fromkeys((*before.names, *after.names)))
    number_of = {name: code for code, name in enumerate(names)}
    own, others = (
        np.array([number_of[name] for name in side.names], np.int64)[side.codes]
        for side in (before, after)
    )
    whole = float(max(times[-1], other[-1])) - float(min(times[0], other[0]))
    beyond = whole - (float(high) - float(low))
    longer = reaches_beyond(times, other) or (
        beyond > tolerated * whole
        and not (
            _continues(times, own, low, high, others) and _continues(other, others, low, high, own)
        )
    )
    codes = own[hold(times, union)], others[hold(other, union)]
    differs = codes[0] != codes[1]
    fails = np.array([name in failure_states for name in names], bool)
    failing = _share(union, fails[codes[0]]), _share(union, fails[codes[1]])
    if not differs.any():
        return Divergence(0.0, None, failing=failing, longer=longer)
    first_at = int(np.argmax(differs))
    return Divergence(
        _share(union, differs),
        int(union[first_at]) - int(union[0]),
        (names[codes[0][first_at]], names[codes[1][first_at]]),
        failing,
        longer,
    )


def _continues(
    times: NDArray[Any],
    codes: NDArray[np.int64],
    low: int,
    high: int,
    others: NDArray[np.int64],
) -> bool:
    """Return True if the states outside a range are the other side's nearest one."""
    return bool(
        (codes[times < low] == others[0]).all() and (codes[times > high] == others[-1]).all()
    )


def failing_share(states: States, failure_states: frozenset[str]) -> float:
    """Share of its time, from 0 to 1, that a series which has a state is in failure states."""
    return _share(states.times, _is_failing(states, failure_states))


def failing_time(states: States, failure_states: frozenset[str]) -> tuple[float, float]:
    """Time in failure states, and the whole time of a series; in ns, without times in samples."""
    durations = _durations(states.times)
    return float(durations[_is_failing(states, failure_states)].sum()), float(durations.sum())


def _is_failing(states: States, failure_states: frozenset[str]) -> NDArray[np.bool_]:
    failing = np.array([name in failure_states for name in states.names], bool)
    chosen: NDArray[np.bool_] = failing[states.codes]
    return chosen


def _share(times: NDArray[Any], chosen: NDArray[np.bool_]) -> float:
    """Share of the time in chosen states; of states without durations, their share."""
    durations = _durations(times)
    if not durations.any():
        durations[:] = 1.0
    return float(durations[chosen].sum() / durations.sum())


def _durations(times: NDArray[Any]) -> NDArray[np.float64]:
    """Durations of states; the last one has none."""
    return np.append(np.diff(times), 0).astype(np.float64)


def _measured(refs: list[SeriesRef], failure_states: frozenset[str]) -> Measured:
    """Share of the time of a single series that it is in a failure state, else their number."""
    if len(refs) != 1 or not failure_states:
        return number_of_series(refs)
    states = read_states(refs[0])
    if not len(states.codes):
        return Measured("no states")
    share = 100 * failing_share(states, failure_states)
    return Measured(f"{number(share, 3)}% failing", share, "%", "failing")
