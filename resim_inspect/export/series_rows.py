"""The rows of all series of a document: one row a value, and one series in memory at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.model import (
    MetricsData,
    MetricValues,
    Series,
)
from resim_inspect.document.references import data_ids, value_series
from resim_inspect.document.series_reader import SeriesReader
from resim_inspect.errors import ChangedError, DocumentError, SeriesError
from resim_inspect.export.blocks import (
    BLOCK_ROWS,
    MISSING_NUMBER,
    MISSING_TEXT,
    Block,
    Numbers,
    Texts,
    constant,
)
from resim_inspect.export.omissions import Omissions
from resim_inspect.text import INT64_MAX

_MAX_STATUSES = 256
"""Status numbers below this one are looked up in a table."""


def series_rows(
    document: Document,
    job: str,
    omissions: Omissions,
    selected: Collection[int] | None = None,
) -> Iterator[Block]:
    """Yield the rows of every series, in pieces of at most BLOCK_ROWS rows.

    First come the data of each metric, in the order of the file, each once a metric; then the
    data that no metric refers to. `selected` are positions of metrics: only their data, then.
    A series that cannot be read is recorded in `omissions`. Raises ChangedError if the file was
    rewritten.
    """
    referenced: set[int] = set()
    for metric in document.metrics:
        if selected is not None and metric.position not in selected:
            continue
        statuses = _statuses_of(metric.values)
        for data_id in dict.fromkeys(data_ids(metric.values)):
            data = document.data_by_id(data_id)
            if data is None:
                continue
            referenced.add(data.position)
            status_data = document.data_by_id(statuses.get(data_id, ""))
            yield from rows_of_data(document, job, metric.name, data, status_data, omissions)
    if selected is not None:
        return
    for data in document.data:
        if data.position not in referenced:
            yield from rows_of_data(document, job, None, data, None, omissions)


def _statuses_of(values: MetricValues | None) -> dict[str, str]:
    """Id of the status data of each data of a metric that has one; of several, the first."""
    pairs = [(ids.values, ids.statuses) for ids in value_series(values) if ids.statuses]
    return dict(reversed(pairs))


def rows_of_data(
    document: Document,
    job: str,
    metric: str | None,
    data: MetricsData,
    statuses: MetricsData | None,
    omissions: Omissions,
) -> Iterator[Block]:
    """Yield the rows of all series of a data as those of a metric, with its statuses if known."""
    if data.external_path is not None:
        omissions.add("external file", "these data hold no series")
        return
    approximate = is_approximate(document)
    for category in _categories(document, data):
        head = (constant(job), constant(metric), constant(data.name), constant(category))
        unit = constant(data.unit or None)
        rows = 0
        try:
            for block in _series_blocks(document, data, category, statuses, omissions):
                rows += block.rows
                mark = Numbers(np.full(block.rows, approximate))
                yield Block(block.rows, (*head, *block.values[:-1], unit, block.values[-1], mark))
        except ChangedError:
            raise
        except SeriesError:
            omissions.add("metrics data", "they have no values")
        except DocumentError as error:
            behind = f" behind value {rows:,}" if rows else ""
            omissions.error(job, f'the series of "{data.name}" cannot be read{behind}: {error}.')
        else:
            if not rows:
                omissions.add("empty series", "they have no rows")


def _series_blocks(
    document: Document,
    data: MetricsData,
    category: str | None,
    statuses: MetricsData | None,
    omissions: Omissions,
) -> Iterator[Block]:
    """Yield the columns of a series from index_ns to text, and its statuses."""
    reader = SeriesReader(document, data, category)
    index = _partner_reader(document, document.index_of(data), category)
    status = _partner_reader(document, statuses, category)
    if status is not None and status.kind is not SeriesKind.STATUSES:
        status = None
    start = short = 0
    while len(series := reader.read(BLOCK_ROWS)):
        rows = len(series)
        value, value_ns, text, own_status = _values(series)
        if not data.is_indexed:
            positions = np.arange(start, start + rows, dtype=np.float64)
            indexes = MISSING_NUMBER, Numbers(positions), MISSING_TEXT
        else:
            part = None if index is None else index.read(rows)
            short += rows - (0 if part is None else len(part))
            indexes = _index_values(part, rows)
        if status is not None:
            own_status = _padded_texts(_status_texts(status.read(rows).statuses), rows)
        time = _times(indexes[0] if indexes[0].values is not None else value_ns)
        yield Block(rows, (*indexes, time, value, value_ns, text, own_status))
        start += rows
    if short:
        omissions.add("index value", "the index is shorter than the series, or missing", short)


def _categories(document: Document, data: MetricsData) -> list[str | None]:
    """Categories of the series of a data, those that it names first; [None] without categories."""
    if not data.is_per_category and data.kind is not None:
        return [None]
    message = document.data_messages[data.position]
    if message.WhichOneof("data") != "series_per_category":
        return [None]
    existing = message.series_per_category.category_to_series
    named = [name for name in dict.fromkeys(data.category_names) if name in existing]
    return [*named, *sorted(set(existing) - set(named))]


def _partner_reader(
    document: Document, partner: MetricsData | None, category: str | None
) -> SeriesReader | None:
    """Reader of the index or the statuses of a series; None where they have no series for it."""
    if partner is None or partner.external_path is not None:
        return None
    try:
        return SeriesReader(document, partner, category if partner.is_per_category else None)
    except SeriesError:
        # Its values are missing, such as those of this category.
        return None


def _index_values(index: Series | None, rows: int) -> tuple[Numbers, Numbers, Texts]:
    """The index as times, numbers and texts, one of which has values; short ones are padded."""
    if index is None or not len(index):
        return MISSING_NUMBER, MISSING_NUMBER, MISSING_TEXT
    value, value_ns, text, status = _values(index)
    if index.kind is SeriesKind.STATUSES:
        text = status
    return _padded(value_ns, rows), _padded(value, rows), _padded_texts(text, rows)


def _values(series: Series) -> tuple[Numbers, Numbers, Texts, Texts]:
    """A part of a series as numbers, times, texts and statuses, one of which has values."""
    number, time, text, status = MISSING_NUMBER, MISSING_NUMBER, MISSING_TEXT, MISSING_TEXT
    if series.kind is SeriesKind.DOUBLES:
        number = Numbers(series.doubles)
    elif series.kind is SeriesKind.TIMESTAMPS:
        time = Numbers(series.times)
    elif series.kind is SeriesKind.STATUSES:
        status = _status_texts(series.statuses)
    elif series.kind is SeriesKind.STRINGS:
        text = _compact(series.uniques, series.codes)
    else:
        ids = tuple(bytes(raw).decode("utf-8", "replace") for raw in series.values.tolist())
        text = Texts(ids, np.arange(len(ids), dtype=np.int32))
    return number, time, text, status


def _compact(uniques: tuple[str, ...], codes: NDArray[np.int32]) -> Texts:
    """The texts of a part of a series; of very many only those that the part uses."""
    if len(uniques) <= max(64, len(codes)):
        return Texts(uniques, codes)
    used, positions = np.unique(codes, return_inverse=True)
    return Texts(tuple(uniques[code] for code in used.tolist()), positions.astype(np.int32))


def _status_texts(part: NDArray[np.int32]) -> Texts:
    if not len(part):
        return MISSING_TEXT
    low, high = int(part.min()), int(part.max())
    if low == high:
        name = MetricStatus(low).name
        return Texts((name,), np.zeros(len(part), np.int32))
    if low >= 0 and high < _MAX_STATUSES:
        return Texts(tuple(MetricStatus(number).name for number in range(high + 1)), part)
    used, positions = np.unique(part, return_inverse=True)
    names = tuple(MetricStatus(number).name for number in used.tolist())
    return Texts(names, positions.astype(np.int32))


def _padded(numbers: Numbers, rows: int) -> Numbers:
    """Numbers of `rows` rows; those behind the end are missing."""
    values = numbers.values
    if values is None or len(values) == rows:
        return numbers
    full = np.zeros(rows, values.dtype)
    full[: len(values)] = values
    return Numbers(full, np.arange(rows) < len(values))


def _padded_texts(texts: Texts, rows: int) -> Texts:
    codes = texts.codes
    if codes is None or len(codes) == rows:
        return texts
    full = np.full(rows, -1, np.int32)
    full[: len(codes)] = codes
    return Texts(texts.uniques, full)


def _times(ns: Numbers) -> Numbers:
    """Times of UTC; missing for the bounds, which stand for all times beyond 64 bits."""
    values = ns.values
    if values is None or not len(values):
        return ns
    if values.min() > -INT64_MAX and values.max() < INT64_MAX:
        return ns
    inside = (values > -INT64_MAX) & (values < INT64_MAX)
    return Numbers(values, inside if ns.present is None else inside & ns.present)
