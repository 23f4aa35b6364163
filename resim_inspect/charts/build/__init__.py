"""The builder of each metric type: a metric becomes a drawing. One module a family of types.

A new metric type is one builder and one line in `BUILDERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from resim_inspect.charts.build.bars import bar_chart, batchwise_bar_chart
from resim_inspect.charts.build.histogram import histogram
from resim_inspect.charts.build.image import image_list, single_image
from resim_inspect.charts.build.log_axis import with_log_y
from resim_inspect.charts.build.metrics_data import draw_series as draw_series
from resim_inspect.charts.build.over_time import double_over_time, line_plot
from resim_inspect.charts.build.scalar import scalar
from resim_inspect.charts.build.states import states_over_time
from resim_inspect.charts.build.summary import double_summary
from resim_inspect.charts.build.text import text
from resim_inspect.charts.model.drawing import Drawing, DrawOptions
from resim_inspect.charts.source import Source
from resim_inspect.document import Document, DocumentError
from resim_inspect.document.model import (
    BarChartValues,
    BatchwiseBarChartValues,
    DoubleOverTimeValues,
    DoubleSummaryValues,
    HistogramValues,
    ImageListValues,
    ImageValues,
    LinePlotValues,
    Metric,
    MetricValues,
    PlotlyValues,
    ScalarValues,
    StatesOverTimeValues,
    TextValues,
)
from resim_inspect.errors import MissingError
from resim_inspect.text import clean

DEFAULTS = DrawOptions()

MALFORMED_FIGURE_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
"""Errors of code that reads a plotly figure, which may be any JSON at all."""


def _plotly(source: Source, metric: Metric, values: PlotlyValues) -> Drawing:
    from resim_inspect.charts.plotly import plotly_drawing

    try:
        return plotly_drawing(source, metric, values)
    except MALFORMED_FIGURE_ERRORS as error:
        reason = clean(f"{type(error).__name__}: {error}", 120)
        return source.message(metric, f"This figure cannot be drawn here ({reason}).")


BUILDERS: dict[type[MetricValues], Callable[[Source, Metric, Any], Drawing]] = {
    DoubleSummaryValues: double_summary,
    DoubleOverTimeValues: double_over_time,
    LinePlotValues: line_plot,
    BarChartValues: bar_chart,
    BatchwiseBarChartValues: batchwise_bar_chart,
    StatesOverTimeValues: states_over_time,
    HistogramValues: histogram,
    ScalarValues: scalar,
    PlotlyValues: _plotly,
    ImageValues: single_image,
    ImageListValues: image_list,
    TextValues: text,
}


def draw(document: Document, metric: Metric, options: DrawOptions = DEFAULTS) -> Drawing:
    """A metric as plain data. Decodes its series: call it off the UI loop.

    Never raises for the content of a file: a message stands for what is missing or broken.
    """
    source = Source(document, options)
    if metric.values is None:
        return source.message(metric, "The metric holds no values.")
    try:
        # Overflows are expected of hostile numbers; a warning would spoil a screen.
        with np.errstate(all="ignore"):
            drawing = BUILDERS[type(metric.values)](source, metric, metric.values)
            return with_log_y(drawing) if options.log_y else drawing
    except (MissingError, DocumentError) as error:
        return source.message(metric, str(error))
