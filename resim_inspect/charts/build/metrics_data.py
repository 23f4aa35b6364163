"""One metrics data on its own: its values against its index, or a table of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.build.states import band_plot, make_band
from resim_inspect.charts.build.time_axes import time_axis
from resim_inspect.charts.model.drawing import (
    Axis,
    Bars,
    BarSeries,
    Cell,
    Curve,
    Drawing,
    DrawOptions,
    Message,
    Panel,
    Plot,
    Table,
)
from resim_inspect.charts.model.picture import status_word
from resim_inspect.charts.source import Source, data_name
from resim_inspect.document import Document, DocumentError
from resim_inspect.document.enums import FAILING, DataType, MetricStatus, SeriesKind
from resim_inspect.document.images import image_path, open_image
from resim_inspect.document.model import MetricsData, Series
from resim_inspect.errors import MissingError
from resim_inspect.text import clean, instant, seconds

_MAX_ROWS = 1000
_MAX_BARS = 60
_MAX_STATES = 24


def draw_series(
    document: Document,
    data: MetricsData,
    category: str | None = None,
    options: DrawOptions | None = None,
) -> Drawing:
    """A metrics data (one of its categories) as plain data; never raises for its content."""
    source = Source(document, options or DrawOptions(category=category))
    panel: Panel
    try:
        with np.errstate(all="ignore"):
            panel = _panel(source, data, category)
    except (MissingError, DocumentError) as error:
        panel = Message(str(error))
    return Drawing(
        title=data_name(data),
        type_label=data.type.label,
        panels=(panel,),
        notes=tuple(source.notes),
        categories=data.category_names,
        category=category,
    )


def _panel(source: Source, data: MetricsData, category: str | None) -> Panel:
    from resim_inspect.charts.model.drawing import Image

    if data.type is DataType.EXTERNAL_FILE or data.external_path:
        path = image_path(source.document, data)
        return Image(*open_image(path, clean(data.external_path or "", 120)), str(path))
    if data.is_per_category and category is None:
        if not data.category_names:
            raise MissingError(f'"{data_name(data)}" has no categories.')
        category = data.category_names[0]
        source.note(f'Category "{clean(category, 60)}" is drawn.')
    series = source.document.series(data, category)
    if not len(series):
        return Message(f'"{data_name(data)}" has no values.')
    index = source.any_index(data, category)
    if series.kind is SeriesKind.DOUBLES:
        return _doubles(source, data, series, index)
    if index is not None and index.kind is SeriesKind.TIMESTAMPS:
        if series.kind is SeriesKind.STRINGS and len(series.uniques) <= _MAX_STATES:
            return _bands(source, data, index, series.codes, series.uniques, None)
        if series.kind is SeriesKind.STATUSES:
            numbers = np.unique(series.statuses)
            names = tuple(MetricStatus(int(k)).name for k in numbers)
            codes = np.searchsorted(numbers, series.statuses).astype(np.int32)
            return _bands(source, data, index, codes, names, series.statuses)
    if series.kind is SeriesKind.TIMESTAMPS and len(series) > 2:
        return _times(data, series)
    return _table(series, index)


def _doubles(source: Source, data: MetricsData, series: Series, index: Series | None) -> Panel:
    n = len(series)
    unit = clean(data.unit, 24)
    if index is not None and index.kind is SeriesKind.STRINGS and n <= _MAX_BARS:
        names = tuple(clean(str(index.value(k)), 60) for k in range(min(n, len(index))))
        bars = BarSeries("", series.doubles[: len(names)], unit=unit)
        return Bars(names, (bars,), y_title=f"[{unit}]" if unit else "")
    x: NDArray[Any] = np.arange(n, dtype=np.float64)
    axis = Axis(title="row", integer_ticks=True)
    if index is not None and index.kind is SeriesKind.TIMESTAMPS:
        x = index.times
        axis = time_axis(int(x.min()) if len(x) else None, source.options.time)
    elif index is not None and index.kind is SeriesKind.DOUBLES:
        x = index.doubles
        axis = Axis(title="index")
    n = min(n, len(x))
    x, y = x[:n], series.doubles[:n]
    drawn = source.drawable(x, data_name(data)) if axis.kind == "time" else None
    if drawn is not None:
        x, y = x[drawn], y[drawn]
        axis = time_axis(int(x.min()) if len(x) else None, source.options.time)
    curve = Curve(data_name(data), x, y, unit=unit, legend=False)
    return Plot(axis, Axis(title="" if unit else "value", unit=unit), curves=(curve,))


def _bands(
    source: Source,
    data: MetricsData,
    index: Series,
    codes: NDArray[np.int32],
    names: tuple[str, ...],
    statuses: NDArray[np.int32] | None,
) -> Plot:
    n = min(len(codes), len(index))
    failing = {status.name for status in FAILING} & set(names)
    if statuses is None:
        failing = set()
    band = make_band(source, data_name(data), index.times[:n], codes[:n], names, statuses, failing)
    return band_plot(source, [band], list(band.states), failing)


def _times(data: MetricsData, series: Series) -> Plot:
    """Times against their row: a straight line for an even clock."""
    base = int(series.times[0])
    y = (series.times - base).astype(np.float64) / 1e9
    x = np.arange(len(y), dtype=np.float64)
    first = instant(base) if base > 10**17 else seconds(base)
    curve = Curve(data_name(data), x, y, unit="s", legend=False)
    return Plot(
        Axis(title="row", integer_ticks=True),
        Axis(title=f"since {first}", unit="s"),
        curves=(curve,),
    )


def _table(series: Series, index: Series | None) -> Table:
    rows = []
    for k in range(min(len(series), _MAX_ROWS)):
        cells = [Cell(f"{k:,}", "dim")]
        if index is not None:
            cells.append(_cell(index, k) if k < len(index) else Cell("–", "dim"))
        rows.append((*cells, _cell(series, k)))
    header = ("row", "index", "value") if index is not None else ("row", "value")
    return Table(header, tuple(rows), frozenset({0}), total=len(series))


def _cell(series: Series, k: int) -> Cell:
    value = series.value(k)
    if isinstance(value, MetricStatus):
        return Cell(status_word(value), value)
    if series.kind is SeriesKind.TIMESTAMPS and isinstance(value, int):
        return Cell(instant(value) if value > 10**17 else seconds(value, 9))
    return Cell(clean(str(value), 200))
