"""Comparison of histograms: by bucket, and by the distance of the distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.alignment import deviation
from resim_inspect.comparison.context import Pair, load
from resim_inspect.comparison.series_assessment import SeriesAssessment
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison, measured_mean, unit_change
from resim_inspect.document.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Bucket, HistogramValues, Series
from resim_inspect.text import count, number, quantity


def compare_histograms(
    pair: Pair, before: HistogramValues, after: HistogramValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare the values as distributions: their order in the series does not matter."""
    data = pair.before.data_by_id(before.values_data), pair.after.data_by_id(after.values_data)
    units = [entry.unit if entry is not None else "" for entry in data]
    assessment = SeriesAssessment(tolerance)
    old, new = _values(pair.before, before), _values(pair.after, after)
    assessment.statuses(
        _statuses(pair.before, before.statuses_data), _statuses(pair.after, after.statuses_data)
    )
    sides = [measured_mean(values, unit) for values, unit in zip((old, new), units, strict=True)]
    if units[0] != units[1]:
        assessment.note(unit_change(*units))
    elif not len(old) or not len(new):
        if len(old) != len(new):
            assessment.note("no values now" if not len(new) else "no values before")
    elif not _alike(old, new, tolerance):
        if len(old) != len(new):
            assessment.note(f"{count(len(old), 'value')}, now {len(new):,}")
        assessment.note(_distance_text(old, new, units[1]))
        if before.buckets == after.buckets:
            assessment.note(_bucket_text(old, new, before.buckets))
    return assessment.result(*sides)


def _values(document: Document, values: HistogramValues) -> NDArray[np.float64]:
    """All values, sorted; NaN last."""
    parts = [part.doubles for part in _series(document, values.values_data, SeriesKind.DOUBLES)]
    return np.sort(np.concatenate(parts)) if parts else np.zeros(0)


def _statuses(document: Document, data_id: str) -> NDArray[np.int32] | None:
    parts = [part.statuses for part in _series(document, data_id, SeriesKind.STATUSES)]
    return np.concatenate(parts) if parts else None


def _series(document: Document, data_id: str, kind: SeriesKind) -> list[Series]:
    """The readable series of some data: its only one, or those of its categories."""
    data = document.data_by_id(data_id)
    names = data.category_names if data is not None and data.is_per_category else (None,)
    series = [load(document, data, kind, name).series for name in names]
    return [part for part in series if part is not None]


def _alike(before: NDArray[np.float64], after: NDArray[np.float64], tolerance: Tolerance) -> bool:
    """Return True if the sorted values agree, or the distributions within a relative tolerance."""
    if len(before) == len(after) and not deviation(before, after, tolerance).different:
        return True
    if len(before) != len(after) or tolerance.absolute is not None:
        return False
    return distance(before, after) <= tolerance.relative


def distance(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """Largest difference of the cumulative shares (Kolmogorov–Smirnov), from 0 to 1; sorted."""
    points = np.unique(np.concatenate((before, after)))
    shares = [np.searchsorted(side, points, side="right") / len(side) for side in (before, after)]
    return float(np.abs(shares[0] - shares[1]).max(initial=0.0))


def _distance_text(before: NDArray[np.float64], after: NDArray[np.float64], unit: str) -> str:
    share = f"cumulative shares differ by up to {number(100 * distance(before, after), 3)}%"
    quantiles = np.linspace(0, 1, 101)
    with np.errstate(all="ignore"):
        finite = [side[np.isfinite(side)] for side in (before, after)]
        if not all(map(len, finite)):
            return share
        ends = [np.quantile(side, quantiles) for side in finite]
        moved = float(np.abs(ends[0] - ends[1]).mean())
    return f"{share}, quantiles by {quantity(moved, unit, 3)} on average"


def _bucket_text(
    before: NDArray[np.float64], after: NDArray[np.float64], buckets: tuple[Bucket, ...]
) -> str:
    """The bucket whose count changed most; empty if no count changed."""
    largest, text = 0, ""
    for bucket in buckets:
        low, high = bucket.lower or 0.0, bucket.upper or 0.0
        old, new = (
            int(np.searchsorted(side, high, "left") - np.searchsorted(side, low, "left"))
            for side in (before, after)
        )
        if abs(new - old) > largest:
            largest = abs(new - old)
            text = f"bucket {number(low)} to {number(high)}: {old:,}, now {new:,}"
    return text
