"""Comparison of values, one module a family of metric types.

A comparer takes the pair of documents, the values of both metrics and the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.metric_types.bars import compare_bars, compare_batchwise_bars
from resim_inspect.comparison.metric_types.curves import (
    compare_line_plots,
    compare_over_time,
    measured_line_plot,
    measured_over_time,
)
from resim_inspect.comparison.metric_types.figures import compare_figures
from resim_inspect.comparison.metric_types.histogram import compare_histograms
from resim_inspect.comparison.metric_types.numbers import compare_scalars, compare_summaries
from resim_inspect.comparison.metric_types.pictures import compare_image_lists, compare_images
from resim_inspect.comparison.metric_types.states import compare_states
from resim_inspect.comparison.metric_types.texts import compare_texts
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison
from resim_inspect.document import model
from resim_inspect.document.document import Document


class Comparer(Protocol):
    """Comparison of the values of two metrics of one type; `before` and `after` have its class."""

    def __call__(
        self, pair: Pair, before: Any, after: Any, tolerance: Tolerance
    ) -> ValueComparison: ...


COMPARERS: dict[type, Comparer] = {
    model.ScalarValues: compare_scalars,
    model.DoubleSummaryValues: compare_summaries,
    model.DoubleOverTimeValues: compare_over_time,
    model.LinePlotValues: compare_line_plots,
    model.StatesOverTimeValues: compare_states,
    model.HistogramValues: compare_histograms,
    model.BarChartValues: compare_bars,
    model.BatchwiseBarChartValues: compare_batchwise_bars,
    model.PlotlyValues: compare_figures,
    model.TextValues: compare_texts,
    model.ImageValues: compare_images,
    model.ImageListValues: compare_image_lists,
}
"""The comparer of each type, by the class of its values."""


MEASURES: dict[type, Callable[[Document, Any], Measured]] = {
    model.DoubleOverTimeValues: measured_over_time,
    model.LinePlotValues: measured_line_plot,
}
"""Types whose values are described faster alone than by comparing them with themselves."""


def measured_values(
    pair: Pair, values: model.MetricValues | None, tolerance: Tolerance
) -> Measured:
    """Describe values as `compare_values` does; both sides of the pair are their document."""
    measure = MEASURES.get(type(values))
    if measure is not None:
        return measure(pair.before, values)
    return compare_values(pair, values, values, tolerance).before


def compare_values(
    pair: Pair,
    before: model.MetricValues | None,
    after: model.MetricValues | None,
    tolerance: Tolerance,
) -> ValueComparison:
    """Compare the values of two metrics of one type, each of which may be missing."""
    if before is None or after is None:
        words = ["no value" if values is None else "a value" for values in (before, after)]
        sides = Measured(words[0]), Measured(words[1])
        if before is after:
            return ValueComparison(Direction.SAME, *sides)
        return ValueComparison(Direction.CHANGED, *sides, (f"{words[0]}, now {words[1]}",))
    if type(before) is not type(after):
        why = "values of another type; they are not compared"
        return ValueComparison(Direction.CHANGED, Measured(), Measured(), (why,))
    return COMPARERS[type(before)](pair, before, after, tolerance)
