"""Preview of a metric's value in a list row: a number, a few words, or a small curve."""

from __future__ import annotations

from resim_inspect.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import DoubleOverTimeValues, LinePlotValues, Metric
from resim_inspect.document.summary import headline
from resim_inspect.errors import DocumentError

SPARK_LIMIT = 1_000_000
"""Longer series are not decoded for a small curve."""
SPARK_CELLS = 10


def metric_preview(document: Document, metric: Metric) -> str:
    """Text for a metric's row. May decode a series: call it in a worker thread."""
    try:
        curve = _spark(document, metric)
    except DocumentError:
        curve = ""
    return curve or headline(document, metric)


def _spark(document: Document, metric: Metric) -> str:
    values = metric.values
    if isinstance(values, DoubleOverTimeValues):
        ids = values.doubles_data
    elif isinstance(values, LinePlotValues):
        ids = values.y_data
    else:
        return ""
    data = document.data_by_id(ids[0]) if ids else None
    if data is None or data.is_per_category or not 2 < document.length(data) <= SPARK_LIMIT:
        return ""
    series = document.series(data)
    if series.kind is not SeriesKind.DOUBLES:
        return ""
    from resim_inspect.charts.braille import sparkline

    return sparkline(series.doubles, SPARK_CELLS)
