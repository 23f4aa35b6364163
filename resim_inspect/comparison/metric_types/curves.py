"""Comparison of doubles over time and of line plots: curves on a common index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.alignment import (
    Aligned,
    Deviation,
    align,
    ascending,
    deviation,
    distance_text,
    reach_text,
)
from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair, load
from resim_inspect.comparison.limits import Extreme, bounds, extreme
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
from resim_inspect.comparison.value_comparison import ValueComparison, measured_mean, unit_change
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import DoubleOverTimeValues, FailureDefinition, LinePlotValues
from resim_inspect.text import count, number, quantity, seconds

_NO_STATUSES = np.zeros(0, np.int32)


class Curve(NamedTuple):
    """A decoded series: x and y have n elements, statuses as many as the file has."""

    x: NDArray[Any]
    y: NDArray[np.float64]
    statuses: NDArray[np.int32] | None
    problem: str = ""
    timed: bool = False
    """True if x has times in ns."""


def compare_over_time(
    pair: Pair, before: DoubleOverTimeValues, after: DoubleOverTimeValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare series over time, each with its own limits."""
    old = _over_time(pair.before, before, before.statuses_data)
    new = _over_time(pair.after, after, after.statuses_data)
    return _compare(pair, old, new, tolerance)


def compare_line_plots(
    pair: Pair, before: LinePlotValues, after: LinePlotValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare lines, by x where it ascends, else point by point."""
    old = _lines(pair.before, before, before.statuses_data)
    new = _lines(pair.after, after, after.statuses_data)
    return _compare(pair, old, new, tolerance)


def measured_over_time(document: Document, values: DoubleOverTimeValues) -> Measured:
    """Describe series over time as their comparison does, and read no statuses."""
    return _measured_alone(_over_time(document, values, ()))


def measured_line_plot(document: Document, values: LinePlotValues) -> Measured:
    """Describe lines as their comparison does, and read no statuses."""
    return _measured_alone(_lines(document, values, ()))


def _over_time(
    document: Document, values: DoubleOverTimeValues, statuses: Sequence[str]
) -> list[SeriesRef]:
    return series_refs(
        document,
        values.doubles_data,
        statuses,
        names=values.legend_series_names,
        limits=values.failure_definitions,
    )


def _lines(document: Document, values: LinePlotValues, statuses: Sequence[str]) -> list[SeriesRef]:
    return series_refs(
        document,
        values.y_data,
        statuses,
        names=values.legend_series_names,
        indexes=values.x_data,
    )


def _measured_alone(refs: Sequence[SeriesRef]) -> Measured:
    if len(refs) != 1:
        return number_of_series(refs)
    return _measured(read_curve(refs[0], states=_NO_STATUSES), refs[0].unit, refs[0].limits)


def _compare(
    pair: Pair, before: Sequence[SeriesRef], after: Sequence[SeriesRef], tolerance: Tolerance
) -> ValueComparison:
    matched = partners(before, after)
    assessment = SeriesAssessment(tolerance)
    alone = len(before) == len(after) == 1
    sides = (number_of_series(before), number_of_series(after))
    for old, new in matched.pairs:
        sides = _compare_pair(pair, old, new, assessment, alone) or sides
    for reason in matched.unpaired():
        assessment.note(reason)
    return assessment.result(sides[0], sides[1])


def _compare_pair(
    pair: Pair, old: SeriesRef, new: SeriesRef, assessment: SeriesAssessment, alone: bool
) -> tuple[Measured, Measured] | None:
    """Compare two series; return what both sides are described by if each is `alone`."""
    lead = "" if alone else f"“{new.name}” "
    assessment.note(renamed(old, new))
    if old.unit != new.unit:
        assessment.note(lead + unit_change(old.unit, new.unit))
    same = same_bytes(pair, old, new)
    if same and not alone:
        return None
    first = read_curve(old)
    second = first if same else _read_beside(pair, old, new, first)
    if old.unit == new.unit and first is not second:
        _compare_curves(first, second, (old, new), assessment, lead)
    if not alone:
        return None
    limits = old.limits if old.limits == new.limits else None
    measured = _measured(first, old.unit, limits)
    if first is second and old.unit == new.unit:
        return measured, measured
    return measured, _measured(second, new.unit, limits)


def _read_beside(pair: Pair, old: SeriesRef, new: SeriesRef, first: Curve) -> Curve:
    """Decode the other side's series; an index and statuses that are equal are decoded once."""
    categories = old.category, new.category
    return read_curve(
        new,
        like=first if pair.equal(old.index, new.index, *categories) else None,
        states=first.statuses if pair.equal(old.statuses, new.statuses, *categories) else None,
    )


def read_curve(
    ref: SeriesRef, like: Curve | None = None, states: NDArray[np.int32] | None = None
) -> Curve:
    """Decode a series with its index; without one, x is the number of the sample.

    `like` is a curve with the same index, `states` are statuses that are known already.
    """
    nothing = np.zeros(0)
    values = load(ref.document, ref.values, SeriesKind.DOUBLES, ref.category)
    if states is None:
        statuses = load(ref.document, ref.statuses, SeriesKind.STATUSES, ref.category).series
        states = None if statuses is None else statuses.statuses
    if values.series is None:
        return Curve(nothing, nothing, states, values.problem)
    y = values.series.doubles
    if like is not None and len(like.y) == len(y) and not like.problem:
        return Curve(like.x, y[: len(like.x)], states, timed=like.timed)
    index = load(ref.document, ref.index, None, ref.category).series
    if index is None or index.kind not in (SeriesKind.DOUBLES, SeriesKind.TIMESTAMPS):
        return Curve(np.arange(len(y), dtype=np.float64), y, states)
    n = min(len(index), len(y))
    return Curve(index.values[:n], y[:n], states, timed=index.kind is SeriesKind.TIMESTAMPS)


def _compare_curves(
    old: Curve,
    new: Curve,
    refs: tuple[SeriesRef, SeriesRef],
    assessment: SeriesAssessment,
    lead: str,
) -> None:
    assessment.statuses(old.statuses, new.statuses)
    unit = refs[1].unit
    if old.problem or new.problem:
        if old.problem != new.problem:
            side = "now" if new.problem else "before"
            assessment.note(f"{lead}no values {side}: {new.problem or old.problem}")
        return
    if not len(old.y) or not len(new.y):
        if len(old.y) != len(new.y):
            assessment.note(f"{lead}no values {'now' if not len(new.y) else 'before'}")
        return
    if old.timed != new.timed:
        assessment.note(f"{lead}another kind of index; the values are not compared")
        return
    aligned = _aligned(old, new, assessment.tolerance)
    if aligned is None:
        assessment.note(f"{lead}{len(old.y):,} points, now {len(new.y):,}; x does not ascend")
        return
    if aligned.shift:
        assessment.note(f"{lead}starts {distance_text(aligned.shift, old.timed)} later or earlier")
    if aligned.longer:
        reach = reach_text(old.x, new.x, old.timed)
        assessment.note(f"{lead}{reach}; compared where they overlap")
    measured = deviation(aligned.before, aligned.after, assessment.tolerance)
    if _by_sample(old, new):
        measured = _with_x(measured, old, new, assessment.tolerance)
    if measured.share > 0:
        assessment.note(lead + deviation_text(measured, aligned, unit, old.timed))
    if measured.share > 0 or aligned.interpolated:
        # Limits are about whole curves: a sample beyond the overlap may break them too.
        limits = refs[0].limits if refs[0].limits == refs[1].limits else None
        before, after = (_extreme(limits, curve.y) for curve in (old, new))
        if measured.share > 0 or aligned.longer or _is_beyond(before) != _is_beyond(after):
            assessment.extremes(before, after)


def _is_beyond(end: Extreme | None) -> bool:
    return end is not None and end.excess > 0


def _by_sample(old: Curve, new: Curve) -> bool:
    """Return True for lines that x does not order: points are compared one after the other."""
    return not old.timed and not (ascending(old.x) and ascending(new.x))


def _aligned(old: Curve, new: Curve, tolerance: Tolerance) -> Aligned | None:
    if not _by_sample(old, new):
        return align(old.x, old.y, new.x, new.y, tolerance, shiftable=old.timed)
    if len(old.y) != len(new.y):
        return None
    return Aligned(np.arange(len(old.y)), old.y, new.y, False)


def _with_x(measured: Deviation, old: Curve, new: Curve, tolerance: Tolerance) -> Deviation:
    """The larger one of the deviations of y and of x, for lines that x does not order."""
    sideways = deviation(old.x.astype(np.float64), new.x.astype(np.float64), tolerance)
    return max(measured, sideways, key=lambda candidate: (candidate.different, candidate.largest))


def deviation_text(measured: Deviation, aligned: Aligned, unit: str, timed: bool) -> str:
    """`differs by up to 4.2 m/s at 12.4 s, RMS 0.31 m/s, 12% of 1,201 samples`."""
    where = ""
    if measured.at is not None and len(aligned.x):
        x = aligned.x[measured.at]
        origin = aligned.x[0] if timed and aligned.x.dtype.kind == "i" else 0
        where = f" at {seconds(int(x) - int(origin))}" if timed else f" at {number(float(x))}"
    points = "points" if aligned.interpolated else "samples"
    share = f"{number(100 * measured.share, 3)}% of {measured.n:,} {points}"
    if not measured.largest:
        words = "infinite differences" if measured.infinite else "gaps on one side"
        return f"{words}{where}, {share}"
    text = f"differs by up to {quantity(measured.largest, unit)}{where}"
    text += f", RMS {quantity(measured.rms, unit, 3)}, {share}"
    if measured.infinite:
        text += f", {count(measured.infinite, 'infinite difference')}"
    return text + (f", {count(measured.gaps, 'gap')} on one side" if measured.gaps else "")


def _extreme(limits: FailureDefinition | None, values: NDArray[np.float64]) -> Extreme | None:
    if bounds(limits) == (None, None):
        return None
    return extreme(limits, float(np.fmin.reduce(values)), float(np.fmax.reduce(values)))


def _measured(curve: Curve, unit: str, limits: FailureDefinition | None) -> Measured:
    """The value of a single curve: the extreme that its limits are about, else its mean."""
    end = _extreme(limits, curve.y) if len(curve.y) else None
    if end is None:
        return measured_mean(curve.y, unit)
    above, below = bounds(limits)
    word = "worst" if above is not None and below is not None else "min" if above is None else "max"
    return Measured(f"{word} {quantity(end.value, unit, 4)}", end.value, unit, word)
