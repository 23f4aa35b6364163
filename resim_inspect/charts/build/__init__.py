"""A metric becomes a drawing: one module for each family of the twelve types."""

from __future__ import annotations

import numpy as np

from resim_inspect.charts.model.drawing import Drawing, DrawOptions
from resim_inspect.charts.build.bars import bar_chart, batchwise_bar_chart
from resim_inspect.charts.build.metrics_data import draw_series as draw_series
from resim_inspect.charts.build.histogram import histogram
from resim_inspect.charts.build.over_time import double_over_time, line_plot
from resim_inspect.charts.build.image import images
from resim_inspect.charts.build.scalar import scalar
from resim_inspect.charts.source import MissingError, Source
from resim_inspect.charts.build.states import states_over_time
from resim_inspect.charts.build.summary import double_summary
from resim_inspect.charts.build.text import text
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
    PlotlyValues,
    ScalarValues,
    StatesOverTimeValues,
    TextValues,
)
from resim_inspect.text import clean

DEFAULTS = DrawOptions()
MALFORMED_FIGURE_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


def draw(document: Document, metric: Metric, options: DrawOptions = DEFAULTS) -> Drawing:
    """A metric as plain data. Decodes its series: call it off the UI loop.

    Never raises for what a file holds: what is missing or broken becomes a sentence.
    """
    source = Source(document, options)
    try:
        # Overflows of hostile numbers are looked after; a warning would spoil a screen.
        with np.errstate(all="ignore"):
            return _draw(source, metric)
    except (MissingError, DocumentError) as error:
        return source.message(metric, str(error))


def _draw(source: Source, metric: Metric) -> Drawing:
    values = metric.values
    match values:
        case ScalarValues():
            return scalar(source, metric, values)
        case DoubleSummaryValues():
            return double_summary(source, metric, values)
        case DoubleOverTimeValues():
            return double_over_time(source, metric, values)
        case LinePlotValues():
            return line_plot(source, metric, values)
        case BarChartValues():
            return bar_chart(source, metric, values)
        case BatchwiseBarChartValues():
            return batchwise_bar_chart(source, metric, values)
        case StatesOverTimeValues():
            return states_over_time(source, metric, values)
        case HistogramValues():
            return histogram(source, metric, values)
        case ImageValues():
            return images(source, metric, (values.image_data,) if values.image_data else ())
        case ImageListValues():
            return images(source, metric, values.image_data)
        case TextValues():
            return text(source, metric, values)
        case PlotlyValues():
            from resim_inspect.charts.plotly import plotly_drawing

            try:
                return plotly_drawing(source, metric, values)
            except MALFORMED_FIGURE_ERRORS as error:
                # A figure is any JSON at all: what nobody thought of is said, not raised.
                reason = clean(f"{type(error).__name__}: {error}", 120)
                return source.message(metric, f"This figure cannot be drawn here ({reason}).")
    return source.message(metric, "The metric holds no values.")
