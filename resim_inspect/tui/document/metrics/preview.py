"""Preview of a metric's value in a list row: a number, a statistic, or a small curve."""

from __future__ import annotations

from resim_inspect.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import (
    BarChartValues,
    BatchwiseBarChartValues,
    DoubleOverTimeValues,
    DoubleSummaryValues,
    HistogramValues,
    LinePlotValues,
    Metric,
    PlotlyValues,
    ScalarValues,
)
from resim_inspect.document.summary import headline
from resim_inspect.errors import DocumentError
from resim_inspect.text import count, quantity

SPARK_LIMIT = 1_000_000
"""Longer series are not decoded for a preview."""
FIGURE_LIMIT = 2_000_000
"""Figures of more bytes are not drawn for a preview."""
SPARK_CELLS = 10


def metric_preview(document: Document, metric: Metric) -> str:
    """Text for a metric's row. May decode a series: call it in a worker thread."""
    try:
        preview = _preview(document, metric)
    except DocumentError:
        preview = ""
    return preview or headline(document, metric)


def metric_range(document: Document, metric: Metric) -> str:
    """A metric's value, or the smallest and the largest one: `0 … 89.4 m/s`.

    May decode a series: call it in a worker thread.
    """
    if isinstance(metric.values, ScalarValues | DoubleSummaryValues) or not _drawable(
        document, metric
    ):
        return headline(document, metric)
    from resim_inspect.charts import draw
    from resim_inspect.charts.analysis.value_range import value_range

    try:
        extremes = value_range(draw(document, metric).main)
    except DocumentError:
        extremes = None
    return metric_preview(document, metric) if extremes is None else extremes.span_text


def _drawable(document: Document, metric: Metric) -> bool:
    """Return True if drawing a metric for the sake of its values takes little time."""
    if isinstance(metric.values, PlotlyValues):
        message = document.message.job_level_metrics.metrics[metric.position]
        return message.metric_values.plotly_metric_values.ByteSize() <= FIGURE_LIMIT
    try:
        lengths = [
            document.length(data)
            for data in document.data_of(metric)
            if not data.is_per_category and data.external_path is None
        ]
    except DocumentError:
        return False
    return sum(lengths) <= SPARK_LIMIT


def _preview(document: Document, metric: Metric) -> str:
    values = metric.values
    if isinstance(values, DoubleOverTimeValues):
        return _spark(document, values.doubles_data)
    if isinstance(values, LinePlotValues):
        return _spark(document, values.y_data)
    if isinstance(values, HistogramValues):
        return _median(document, values)
    if isinstance(values, PlotlyValues):
        return _largest(document, metric) if _drawable(document, metric) else ""
    if isinstance(values, BarChartValues | BatchwiseBarChartValues):
        return _largest(document, metric)
    return ""


def _spark(document: Document, ids: tuple[str, ...]) -> str:
    """A small curve of the first series."""
    data = document.data_by_id(ids[0]) if ids else None
    if data is None or data.is_per_category or not 2 < document.length(data) <= SPARK_LIMIT:
        return ""
    series = document.series(data)
    if series.kind is not SeriesKind.DOUBLES:
        return ""
    from resim_inspect.charts.braille import sparkline

    return sparkline(series.doubles, SPARK_CELLS)


def _median(document: Document, values: HistogramValues) -> str:
    """`4.1 m median`."""
    data = document.data_by_id(values.values_data)
    if data is None or data.is_per_category or not 0 < document.length(data) <= SPARK_LIMIT:
        return ""
    series = document.series(data)
    if series.kind is not SeriesKind.DOUBLES:
        return ""
    import numpy as np

    finite = series.doubles[np.isfinite(series.doubles)]
    return f"{quantity(float(np.median(finite)), data.unit)} median" if len(finite) else ""


def _largest(document: Document, metric: Metric) -> str:
    """`89.4 m/s max` of all traces or bars; of buckets a small curve of their counts.

    Of what has no values that can be compared, the number of its states or points.
    """
    import numpy as np

    from resim_inspect.charts import draw
    from resim_inspect.charts.analysis.captions import caption
    from resim_inspect.charts.analysis.value_range import value_range
    from resim_inspect.charts.braille import sparkline
    from resim_inspect.charts.model.drawing import Plot

    drawing = draw(document, metric)
    main = drawing.main
    extremes = value_range(main)
    if extremes is not None:
        several = extremes.smallest is not extremes.largest
        return f"{extremes.largest_text} max" if several else extremes.largest_text
    if isinstance(main, Plot) and main.boxes and not main.curves and main.y.kind == "number":
        boxes = sorted(main.boxes, key=lambda box: box.x0)
        return sparkline(np.array([box.y1 - box.y0 for box in boxes]), SPARK_CELLS)
    if isinstance(main, Plot) and main.curves and main.y.kind == "category":
        return count(len(main.y.categories), "category", "categories")
    return caption(drawing)
