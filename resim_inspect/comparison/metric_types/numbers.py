"""Comparison of single numbers: scalars, and the one value of a double summary."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair, load
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.limits import NO_LIMITS, NOT_ASSESSED, Assessment, assess, extreme
from resim_inspect.comparison.series_assessment import SeriesAssessment
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison, unit_change
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import (
    DoubleSummaryValues,
    FailureDefinition,
    MetricsData,
    ScalarValues,
)
from resim_inspect.document.summary import summary_positions
from resim_inspect.text import DIGITS, count, digits_apart, quantity, signed


def compare_scalars(
    pair: Pair,  # noqa: ARG001 - a scalar has all it needs
    before: ScalarValues,
    after: ScalarValues,
    tolerance: Tolerance,
) -> ValueComparison:
    """Compare two numbers by their common limits."""
    units = before.unit or "", after.unit or ""
    texts = number_texts(before.value, after.value, *units)
    old = Measured(texts[0], before.value, units[0])
    new = Measured(texts[1], after.value, units[1])
    if units[0] != units[1]:
        return ValueComparison(Direction.CHANGED, old, new, (unit_change(*units),))
    if before.value == after.value:
        return ValueComparison(Direction.SAME, old, new)
    limits = before.failure_definition, after.failure_definition
    assessed = assess_numbers(before.value, after.value, limits, tolerance)
    if assessed is None:
        return ValueComparison(Direction.SAME, old, new)
    why = (assessed.why,) if assessed.why else ()
    return ValueComparison(assessed.direction, old, new, why, closer=assessed.closer)


def assess_numbers(
    before: float | None,
    after: float | None,
    limits: tuple[FailureDefinition | None, FailureDefinition | None],
    tolerance: Tolerance,
) -> Assessment | None:
    """Assess two numbers by their limits, if both have the same; None if they do not differ."""
    if tolerance.close(before, after):
        return None
    if before is None or after is None:
        return Assessment(
            Direction.CHANGED, why=f"no value {'before' if before is None else 'now'}"
        )
    if (limits[0] or NO_LIMITS) != (limits[1] or NO_LIMITS):
        # Reported with the other fields; a value beyond one limit may be within the other.
        return NOT_ASSESSED._replace(why=relative_text(before, after))
    ends = [extreme(limits[0], value, value) for value in (before, after)]
    assessed = assess(ends[:1], ends[1:], tolerance)
    return assessed if assessed.why else assessed._replace(why=relative_text(before, after))


def relative_text(before: float, after: float) -> str:
    """The difference in relation to the value before: `+12.5%`."""
    if math.isnan(before) or math.isnan(after):
        return "NaN now" if math.isnan(after) else "NaN before"
    change = after / before - 1 if before else math.inf
    if not math.isfinite(change):
        return "infinite now" if math.isinf(after) else "was 0" if not before else "was infinite"
    return signed(100 * math.copysign(change, after - before), "%", 3)


def number_texts(
    before: float | None, after: float | None, unit: str, other_unit: str
) -> tuple[str, str]:
    """Two numbers with their units, in as many digits as tell them apart."""
    text, other = _text(before, unit), _text(after, other_unit)
    if text == other and before is not None and after is not None and before != after:
        digits = max(digits_apart(before, (after,)), digits_apart(after, (before,)))
        return _text(before, unit, digits), _text(after, other_unit, digits)
    return text, other


def _text(value: float | None, unit: str, digits: int = DIGITS) -> str:
    return "no value" if value is None else quantity(value, unit, digits)


def compare_summaries(
    pair: Pair, before: DoubleSummaryValues, after: DoubleSummaryValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare the values at the indexes of two summaries; of data per category, each one."""
    data = pair.before.data_by_id(before.value_data), pair.after.data_by_id(after.value_data)
    units = [entry.unit if entry is not None else "" for entry in data]
    categories = list(dict.fromkeys(name for entry in data for name in _categories(entry)))
    limits = before.failure_definition, after.failure_definition
    assessment = SeriesAssessment(tolerance)
    sides = [Measured(count(len(categories), "category", "categories"), unit=u) for u in units]
    if units[0] != units[1]:
        assessment.note(unit_change(*units))
    places = _positions(pair.before, before, data[0]), _positions(pair.after, after, data[1])
    for category in categories:
        old = _value_at(pair.before, before, data[0], category, places[0].get(category))
        new = _value_at(pair.after, after, data[1], category, places[1].get(category))
        texts = number_texts(old.value, new.value, *units)
        if len(categories) == 1:
            numbers = zip(texts, (old.value, new.value), units, strict=True)
            sides = [Measured(*number) for number in numbers]
        if units[0] != units[1]:
            continue
        assessment.statuses(old.statuses, new.statuses)
        if tolerance.close(old.value, new.value):
            continue
        reason = f"{category}: {texts[0]} → {texts[1]}" if len(categories) > 1 else ""
        if not reason and old.value is not None and new.value is not None:
            reason = relative_text(old.value, new.value)
        if old.value is None or new.value is None:
            assessment.note(reason or ("no value before" if old.value is None else "no value now"))
        elif limits[0] != limits[1]:
            assessment.values(reason, None, None)
        else:
            ends = [extreme(limits[0], value, value) for value in (old.value, new.value)]
            assessment.values(reason, ends[0], ends[1])
    return assessment.result(sides[0], sides[1])


def _categories(data: MetricsData | None) -> tuple[str | None, ...]:
    if data is None or not data.is_per_category:
        return (None,)
    return data.category_names


class _Value(NamedTuple):
    """Value at an index and its status as an array of one; None where the file has none."""

    value: float | None = None
    statuses: NDArray[np.int32] | None = None


def _positions(
    document: Document, values: DoubleSummaryValues, data: MetricsData | None
) -> dict[str | None, int | None]:
    """Position of the value of each category."""
    if data is None:
        return {}
    return summary_positions(document, data, values, _categories(data))


def _value_at(
    document: Document,
    values: DoubleSummaryValues,
    data: MetricsData | None,
    category: str | None,
    position: int | None,
) -> _Value:
    if data is None or position is None or position < 0:
        return _Value()
    doubles = load(document, data, SeriesKind.DOUBLES, category).series
    status_data = document.data_by_id(values.status_data)
    statuses = load(document, status_data, SeriesKind.STATUSES, category).series
    return _Value(
        float(doubles.doubles[position])
        if doubles is not None and position < len(doubles)
        else None,
        statuses.statuses[position : position + 1]
        if statuses is not None and position < len(statuses)
        else None,
    )
