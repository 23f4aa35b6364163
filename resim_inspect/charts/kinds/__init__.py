"""A metric, or a metrics data, becomes a drawing."""

from __future__ import annotations

from resim_inspect.charts.drawing import Drawing, DrawOptions
from resim_inspect.charts.kinds.over_time import double_over_time, empty, line_plot
from resim_inspect.charts.kinds.scalar import scalar
from resim_inspect.charts.kinds.source import MissingError, Source
from resim_inspect.document import Document, DocumentError
from resim_inspect.document.model import (
    DoubleOverTimeValues,
    LinePlotValues,
    Metric,
    ScalarValues,
)

DEFAULTS = DrawOptions()


def draw(document: Document, metric: Metric, options: DrawOptions = DEFAULTS) -> Drawing:
    """A metric as plain data. Decodes its series: call it off the UI loop.

    Never raises for what a file holds: what is missing or broken becomes a sentence.
    """
    source = Source(document, options)
    try:
        return _draw(source, metric)
    except (MissingError, DocumentError) as error:
        return empty(metric, source, [str(error)])


def _draw(source: Source, metric: Metric) -> Drawing:
    values = metric.values
    if isinstance(values, ScalarValues):
        return scalar(source, metric, values)
    if isinstance(values, DoubleOverTimeValues):
        return double_over_time(source, metric, values)
    if isinstance(values, LinePlotValues):
        return line_plot(source, metric, values)
    return empty(metric, source, ["The metric holds no values."])
