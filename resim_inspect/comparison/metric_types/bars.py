"""Comparison of bar charts: by category and series, or by category and batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
from resim_inspect.comparison.value_comparison import ValueComparison, unit_change
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import BarChartValues, BatchwiseBarChartValues, Series
from resim_inspect.text import count, instant, quantity

_LISTED = 3
"""Bars that are named one by one; more are counted."""
_NAME = 60

Bar = tuple[str, int]
"""Label of a bar, and which one of those with this label it is, from 1."""


class Bars(NamedTuple):
    """The bars of one series."""

    values: Mapping[Bar, float]
    statuses: NDArray[np.int32] | None
    problem: str = ""


def compare_bars(
    pair: Pair, before: BarChartValues, after: BarChartValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare the bars of each category and series."""
    old, new = (
        series_refs(
            document, values.values_data, values.statuses_data, names=values.legend_series_names
        )
        for document, values in ((pair.before, before), (pair.after, after))
    )
    return _compare(pair, old, new, tolerance)


def compare_batchwise_bars(
    pair: Pair,
    before: BatchwiseBarChartValues,
    after: BatchwiseBarChartValues,
    tolerance: Tolerance,
) -> ValueComparison:
    """Compare the bars of each category and batch; a batch is known by its time."""
    old, new = (
        series_refs(
            document,
            values.values_data,
            values.statuses_data,
            names=values.categories,
            indexes=values.times_data,
            categories=values.categories,
        )
        for document, values in ((pair.before, before), (pair.after, after))
    )
    return _compare(pair, old, new, tolerance)


def _compare(
    pair: Pair, before: Sequence[SeriesRef], after: Sequence[SeriesRef], tolerance: Tolerance
) -> ValueComparison:
    assessment = SeriesAssessment(tolerance)
    matched = partners(before, after)
    single = len(before) == len(after) == 1
    for old, new in matched.pairs:
        assessment.note(renamed(old, new))
        if same_bytes(pair, old, new) and old.unit == new.unit:
            continue
        first, second = read_bars(old), read_bars(new)
        assessment.statuses(first.statuses, second.statuses)
        lead = "" if single else f"“{new.name}” "
        if old.unit != new.unit:
            assessment.note(lead + unit_change(old.unit, new.unit))
            continue
        if first.problem != second.problem:
            side = "now" if second.problem else "before"
            assessment.note(f"{lead}no values {side}: {second.problem or first.problem}")
            continue
        for reason in bar_differences(first, second, new.unit, tolerance):
            assessment.note(lead + reason)
    for reason in matched.unpaired():
        assessment.note(reason)
    return assessment.result(number_of_series(before), number_of_series(after))


def bar_differences(before: Bars, after: Bars, unit: str, tolerance: Tolerance) -> list[str]:
    """Reasons why two series of bars differ: the largest differences, bars gone and added."""
    changed = [
        (abs(after.values[bar] - value), bar)
        for bar, value in before.values.items()
        if bar in after.values and not tolerance.close(value, after.values[bar])
    ]
    changed.sort(key=lambda pair: (-pair[0] if pair[0] == pair[0] else -np.inf, pair[1]))
    reasons = []
    for _, bar in changed[:_LISTED]:
        old, new = before.values[bar], after.values[bar]
        reasons.append(f"{_named(bar)} {quantity(old, unit)} → {quantity(new, unit)}")
    if len(changed) > _LISTED:
        reasons.append(f"{count(len(changed) - _LISTED, 'more bar')} of {len(before.values):,}")
    for word, bars in (
        ("gone", [bar for bar in before.values if bar not in after.values]),
        ("added", [bar for bar in after.values if bar not in before.values]),
    ):
        if bars:
            named = ", ".join(map(_named, bars[:_LISTED]))
            more = f" and {len(bars) - _LISTED:,} more" if len(bars) > _LISTED else ""
            reasons.append(f"{named}{more} {word}")
    return reasons


def _named(bar: Bar) -> str:
    label, number_of = bar
    return f"“{label[:_NAME]}”" if number_of == 1 else f"“{label[:_NAME]} #{number_of}”"


def read_bars(ref: SeriesRef) -> Bars:
    """Decode a series of bars by the texts or times that it is indexed by, else by position."""
    statuses = load(ref.document, ref.statuses, SeriesKind.STATUSES, ref.category).series
    own = None if statuses is None else statuses.statuses
    values = load(ref.document, ref.values, SeriesKind.DOUBLES, ref.category)
    if values.series is None:
        return Bars({}, own, values.problem)
    index = load(ref.document, ref.index, None, ref.category).series
    doubles = values.series.doubles.tolist()
    bars: dict[Bar, float] = {}
    repeats: dict[str, int] = {}
    labels = [] if index is None else _labels(index)
    # Values behind the end of the index have no label.
    labels += [str(position + 1) for position in range(len(labels), len(doubles))]
    for label, value in zip(labels, doubles, strict=False):
        number_of = repeats[label] = repeats.get(label, 0) + 1
        bars[label, number_of] = value
    return Bars(bars, own)


def _labels(index: Series) -> list[str]:
    if index.kind is SeriesKind.TIMESTAMPS:
        return [instant(value) for value in index.times.tolist()]
    return [str(index.value(position)) for position in range(len(index))]
