"""A metric's value in the width of a list: a number, a few words, or a small curve."""

from __future__ import annotations

from itertools import pairwise

from resim_inspect.document import Document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import DoubleOverTimeValues, LinePlotValues, Metric
from resim_inspect.document.summary import headline
from resim_inspect.errors import DocumentError

SPARK_LIMIT = 1_000_000
"""Longer series are not decoded for a small curve."""
SPARK_CELLS = 10

_LEFT = (0x40, 0x04, 0x02, 0x01)
_RIGHT = (0x80, 0x20, 0x10, 0x08)


def metric_preview(document: Document, metric: Metric) -> str:
    """The text for a metric's row. May decode a series: not for the thread that draws."""
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
    return spark([float(v) for v in _extremes(series.doubles, SPARK_CELLS)])


def _extremes(values: object, cells: int) -> list[float]:
    """Two values a cell, the extremes of each of 2·cells parts in turn."""
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    array = array[np.isfinite(array)]
    if len(array) <= 2 * cells:
        return list(array)
    edges = np.linspace(0, len(array), 2 * cells + 1).astype(np.int64)
    middle = float(np.median(array[:: max(1, len(array) // 1000)]))
    found = []
    for start, stop in pairwise(edges):
        part = array[start:stop]
        low, high = float(part.min()), float(part.max())
        found.append(high if high - middle >= middle - low else low)
    return found


def spark(values: list[float]) -> str:
    """A curve of braille dots, two values a cell, four levels high."""
    if len(values) < 3:
        return ""
    # By halves: the whole range of what a number can be is no number.
    low, high = min(values) / 2, max(values) / 2
    span = (high - low) or 1.0
    levels = [min(3, int(4 * ((value / 2 - low) / span))) for value in values]
    cells = []
    for index in range(0, len(levels), 2):
        dots = _LEFT[levels[index]]
        if index + 1 < len(levels):
            dots |= _RIGHT[levels[index + 1]]
        cells.append(chr(0x2800 + dots))
    return "".join(cells)
