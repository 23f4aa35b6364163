"""Numbers of a metric: statistics of its series, and their values side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resim_inspect.commands.show_output.layout import DIM, SgrPainter
from resim_inspect.document.enums import FAILING, MetricStatus, SeriesKind
from resim_inspect.document.model import (
    LinePlotValues,
    Metric,
    MetricsData,
    Series,
)
from resim_inspect.document.references import value_series
from resim_inspect.document.summary import Statistics, statistics
from resim_inspect.errors import DocumentError
from resim_inspect.text import (
    align_decimals,
    cell_width,
    clean,
    cut,
    full_number,
    instant,
    number,
    pad,
    seconds,
    table,
)

if TYPE_CHECKING:
    from resim_inspect.document.document import Document

ROWS = 10
"""Number of values that are shown from the start of a series, and of those that fail."""
NAME_CELLS = 26
_CALENDAR = 10**17
"""Three years in ns; a larger time counts from 1970, a smaller one from the start of a run."""


Column = tuple[str, Series, Series | None]
"""A heading, values, and their statuses."""


@dataclass(frozen=True, slots=True)
class Part:
    """Values and their statuses; those of one category, if there are categories."""

    data: str
    statuses: str
    category: str | None = None


def series_table(
    document: Document, metric: Metric, painter: SgrPainter, width: int
) -> Iterator[str]:
    """Yield n, min, mean, max, NaN and status counts of each series of a metric."""
    rows: list[tuple[str, ...]] = []
    marks: list[tuple[tuple[MetricStatus, int], ...]] = []
    strings: list[str] = []
    for part in parts(document, metric):
        data = document.data_by_id(part.data)
        if data is None:
            strings.append(f"data {clean(part.data, 40)} is not in the file")
            continue
        try:
            stats = statistics(document.series(data, part.category))
        except DocumentError as error:
            strings.append(f"{clean(data.name, NAME_CELLS)}: {clean(str(error))}")
            continue
        rows.append(_row(data, part, stats))
        marks.append(_status_counts(document, part))
        if stats.strings:
            strings.append(_most_frequent(data, part, stats))
    if rows:
        # A column that says nothing about any series is not drawn.
        names = ("series", "n", "min", "mean", "max", "NaN", "±∞")
        shown_columns = [at for at in range(len(names)) if at < 2 or any(row[at] for row in rows)]
        columns = [
            align_decimals(column) if 2 <= at <= 4 else column
            for at, column in enumerate(zip(*rows, strict=True))
        ]
        rows = list(zip(*columns, strict=True))
        lines = table(
            [
                [names[at] for at in shown_columns],
                *[[row[at] for at in shown_columns] for row in rows],
            ],
            right=range(1, len(shown_columns)),
        )
        widest = max(map(len, lines))
        yield painter.paint(pad(lines[0], widest) + ("  statuses" if any(marks) else ""), DIM)
        for line, counts in zip(lines[1:], marks, strict=True):
            shown = "  ".join(
                painter.status(status, f"{status.symbol} {n:,}") for status, n in counts
            )
            yield f"{pad(line, widest)}  {shown}".rstrip()
    for text in strings:
        yield painter.paint(cut(text, width), DIM)


def parts(document: Document, metric: Metric) -> Iterator[Part]:
    """Return the values of a metric, each with its statuses; of categories one by one."""
    for ids in value_series(metric.values):
        data = document.data_by_id(ids.values)
        if data is not None and data.is_per_category:
            for category in data.category_names:
                yield Part(ids.values, ids.statuses, category)
        else:
            yield Part(ids.values, ids.statuses)


def _row(data: MetricsData, part: Part, stats: Statistics) -> tuple[str, ...]:
    figures = [
        "" if value is None else number(value)
        for value in (stats.minimum, stats.mean, stats.maximum)
    ]
    nan = f"{stats.nan:,}" if stats.nan else ""
    return (
        _heading(data, part.category),
        f"{stats.n:,}",
        *figures,
        nan,
        f"{stats.infinite:,}" if stats.infinite else "",
    )


def _status_counts(document: Document, part: Part) -> tuple[tuple[MetricStatus, int], ...]:
    data = document.data_by_id(part.statuses)
    if data is None:
        return ()
    try:
        return statistics(document.series(data, part.category)).statuses
    except DocumentError:
        # `validate` reports broken statuses; here they only complement the values.
        return ()


def _most_frequent(data: MetricsData, part: Part, stats: Statistics) -> str:
    shown = ", ".join(f"{clean(text, 24) or '(empty)'} {n:,}" for text, n in stats.strings[:8])
    more = len(stats.strings) - 8
    name = clean(part.category if part.category is not None else data.name, NAME_CELLS)
    return f"{name}: {shown}" + (f", {more:,} more" if more > 0 else "")


def value_tables(document: Document, metric: Metric, width: int) -> list[list[str]]:
    """Yield the values of a metric's series as tables, one for each index they share, as lines.

    Series that do not fit beside each other in `width` columns go into the next table.
    Of each the first values, and the first that fail, with the symbol of their status.
    """
    groups: dict[tuple[int | None, str | None], list[Part]] = {}
    for part in parts(document, metric):
        data = document.data_by_id(part.data)
        if data is None:
            continue
        index = label_of_values(document, metric, data)
        key = (None if index is None else index.position, part.category)
        groups.setdefault(key, []).append(part)
    tables = []
    for (position, category), members in groups.items():
        index = None if position is None else document.data[position]
        tables += _tables(document, index, category, members, width)
    return tables


def label_of_values(document: Document, metric: Metric, data: MetricsData) -> MetricsData | None:
    """Return the label of a value: its x in a line plot, else its index."""
    values = metric.values
    if isinstance(values, LinePlotValues):
        at = values.y_data.index(data.id)
        return document.data_by_id(values.x_data[at]) if at < len(values.x_data) else None
    return document.index_of(data)


def _tables(
    document: Document,
    index: MetricsData | None,
    category: str | None,
    members: list[Part],
    width: int,
) -> list[list[str]]:
    columns: list[Column] = []
    lead = 0
    if index is not None:
        within = category if index.is_per_category else None
        series = _series_or_none(document, index, within)
        if series is not None:
            columns.append((_heading(index, within), series, None))
            lead = 1
    for part in members:
        data = document.data_by_id(part.data)
        series = None if data is None else _series_or_none(document, data, part.category)
        if data is None or series is None:
            continue
        statuses = document.data_by_id(part.statuses)
        marks = None if statuses is None else _series_or_none(document, statuses, part.category)
        columns.append((_heading(data, part.category), series, marks))
    if len(columns) == lead:
        return []
    return [_lines(columns[:lead] + some) for some in _fitting(columns, lead, width)]


def _fitting(columns: list[Column], lead: int, width: int) -> Iterator[list[Column]]:
    """Yield groups of the columns after the first `lead` ones, as many as fit beside those."""
    taken: list[Column] = []
    for column in columns[lead:]:
        if taken and max(map(cell_width, _lines([*columns[:lead], *taken, column]))) > width:
            yield taken
            taken = []
        taken.append(column)
    yield taken


def _lines(columns: list[Column]) -> list[str]:
    rows = [["", *(heading for heading, _, _ in columns)]]
    chosen = _chosen_rows(columns)
    cells = [_cells(series, marks, chosen) for _, series, marks in columns]
    before = -1
    for position, at in enumerate(chosen):
        if at != before + 1:
            rows.append(["…", *[""] * len(columns)])
        rows.append([f"{at:,}", *(column[position] for column in cells)])
        before = at
    left_over = max(len(series) for _, series, _ in columns) - before - 1
    if left_over > 0:
        rows.append(["…", f"{left_over:,} more", *[""] * (len(columns) - 1)])
    texts = {
        at
        for at, (_, series, _) in enumerate(columns, 1)
        if series.kind in (SeriesKind.STRINGS, SeriesKind.UUIDS)
    }
    return table(rows, right=set(range(len(rows[0]))) - texts)


def _series_or_none(document: Document, data: MetricsData, category: str | None) -> Series | None:
    try:
        return document.series(data, category)
    except DocumentError:
        # Said above the table already, where the statistics of this series would stand.
        return None


def _heading(data: MetricsData, category: str | None) -> str:
    name = data.name if category is None else f"{data.name} · {category}"
    unit = clean(data.unit, 12).strip()
    return cut(clean(name), NAME_CELLS) + (f" [{unit}]" if unit else "")


def _chosen_rows(columns: list[Column]) -> list[int]:
    """Return the first rows, and the first rows in which a status fails."""
    import numpy as np

    longest = max(len(series) for _, series, _ in columns)
    rows = set(range(min(longest, ROWS)))
    for _, series, marks in columns:
        if marks is not None and marks.kind is SeriesKind.STATUSES:
            failing = np.isin(marks.statuses, FAILING)
            failing_rows = np.flatnonzero(failing)[:ROWS].tolist()
            rows.update(at for at in failing_rows if at < len(series))
    return sorted(rows)[: 2 * ROWS]


def _cells(series: Series, marks: Series | None, rows: Sequence[int]) -> list[str]:
    """Values of some rows with the symbols of their statuses, decimals aligned."""
    texts = [value_text(series, at) for at in rows]
    if series.kind is SeriesKind.DOUBLES:
        texts = align_decimals(texts)
    if marks is None or marks.kind is not SeriesKind.STATUSES:
        return texts
    return [
        f"{text} {MetricStatus(int(marks.statuses[at])).symbol if at < len(marks) else ' '}"
        if at < len(series)
        else ""
        for at, text in zip(rows, texts, strict=True)
    ]


def value_text(series: Series, at: int) -> str:
    """One value in full; empty beyond the end."""
    if at >= len(series):
        return ""
    value = series.value(at)
    if isinstance(value, MetricStatus):
        return value.symbol
    if series.kind is SeriesKind.TIMESTAMPS:
        return instant(int(value)) if int(value) > _CALENDAR else seconds(int(value))
    if isinstance(value, float):
        return full_number(value)
    return cut(clean(str(value)) or "(empty)", 36)
