"""Metrics data as columns of a table: index, values and statuses side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.document import Document
from resim_inspect.document.enums import FAILING, MetricStatus, SeriesKind
from resim_inspect.document.model import MetricsData, Series
from resim_inspect.document.references import value_series
from resim_inspect.document.summary import Statistics, statistics
from resim_inspect.errors import DocumentError
from resim_inspect.text import (
    align_point,
    clean,
    count,
    decimals,
    digits_apart,
    full_number,
    instant,
    number,
    seconds,
)
from resim_inspect.tui.document.details import failure_definitions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_CATEGORIES = 200
"""Number of categories that are shown side by side."""
SINCE_1970 = 100_000_000 * 1_000_000_000
"""Times from here on (1973) are taken as dates, before as times since the start; ns."""


class Column(NamedTuple):
    """One column: what it is called and its values."""

    title: str
    role: str
    """`index`, `value` or `status`."""
    series: Series
    dates: bool = False
    """True if the times are dates."""
    decimals: int = 0
    """Cells of the longest decimals, with their point, of some of the numbers."""
    limits: tuple[float, ...] = ()
    """Failure thresholds of the values, from which their digits tell them apart."""
    places: int = 3
    """Decimals of times in seconds."""

    def cell(self, row: int) -> str:
        """The text of a row with its decimals padded, so that the points are aligned."""
        text = self.text(row)
        return align_point(text, self.decimals) if self.decimals else text

    def text(self, row: int) -> str:
        """The cell of a row; empty past the end."""
        if row >= len(self.series):
            return ""
        value = self.series.value(row)
        kind = self.series.kind
        if kind is SeriesKind.DOUBLES:
            return self._number(row)
        if kind is SeriesKind.TIMESTAMPS:
            return instant(int(value)) if self.dates else seconds(int(value), self.places)
        if isinstance(value, MetricStatus):
            return f"{value.symbol} {value.name}"
        return clean(str(value), 200)

    def _number(self, row: int) -> str:
        """A number with the digits that tell it from its neighbours and limits."""
        values = self.series.doubles
        near = values[max(0, row - 1) : row + 2].tolist()
        value = float(values[row])
        return number(value, digits_apart(value, [*near, *self.limits]))

    def full_text(self, row: int) -> str:
        """The cell of a row in all its digits."""
        if row < len(self.series) and self.series.kind is SeriesKind.DOUBLES:
            return full_number(float(self.series.value(row)))
        return self.text(row)

    @property
    def right(self) -> bool:
        """Return True if the cells are right-aligned."""
        return self.series.kind in (SeriesKind.DOUBLES, SeriesKind.TIMESTAMPS)

    def width(self) -> int:
        """Cells that the title and the longest of some of its texts need."""
        n = len(self.series)
        some = {0, n // 3, n // 2, n - 1} if n else set()
        longest = max([len(self.title), *(len(self.cell(row)) for row in some)])
        if self.series.kind is SeriesKind.DOUBLES:
            longest = max(longest, 10)
        elif self.series.kind is SeriesKind.STATUSES:
            longest = max(longest, len("✗ FAIL_BLOCK"))
        return min(longest, 40)


class Columns(NamedTuple):
    """A table of one metrics data."""

    data: MetricsData
    rows: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    """Sentences about what could not be read."""
    trouble: NDArray[np.int64]
    """Rows that fail or are not a number, ascending."""
    stats: tuple[tuple[str, Statistics, str], ...]
    """Category, numbers and histogram of each series of values."""


def columns_of(document: Document, data: MetricsData) -> Columns:
    """Decode metrics data with their index and statuses: call it in a worker thread."""
    import numpy as np

    columns: list[Column] = []
    notes: list[str] = []
    trouble: list[NDArray[Any]] = []
    stats: list[tuple[str, Statistics, str]] = []
    categories: list[str | None] = [None]
    if data.is_per_category:
        categories = list(data.category_names[:MAX_CATEGORIES])
        if len(data.category_names) > MAX_CATEGORIES:
            notes.append(f"the first {MAX_CATEGORIES} of {len(data.category_names):,} categories")
    index, status = document.index_of(data), status_of(document, data)
    limits = _limits_of(document, data)
    if data.is_indexed and index is None:
        notes.append("its index is not in the file")
    for category in categories:
        label = "" if category is None else f"{clean(category, 24)} "
        try:
            series = document.series(data, category)
        except DocumentError as error:
            notes.append(f"{label.rstrip()}: {error}" if label else str(error))
            continue
        if index is not None and (category is None or index.is_per_category or not columns):
            _add(document, index, category, "index", label, columns, notes)
        unit = f" [{clean(data.unit, 16)}]" if data.unit else ""
        columns.append(_column(f"{label}value{unit}", "value", series, limits))
        stats.append((label.strip(), statistics(series), histogram(series)))
        if series.kind is SeriesKind.DOUBLES:
            trouble.append(np.flatnonzero(np.isnan(series.doubles)))
        if series.kind is SeriesKind.STATUSES:
            trouble.append(_failing(series))
        if status is not None:
            _add(document, status, category, "status", label, columns, notes)
            if columns[-1].role == "status":
                trouble.append(_failing(columns[-1].series))
    rows = max((len(column.series) for column in columns), default=0)
    troubled_rows = _together(trouble, rows)
    return Columns(data, rows, tuple(columns), tuple(notes), troubled_rows, tuple(stats))


def _add(
    document: Document,
    data: MetricsData,
    category: str | None,
    role: str,
    label: str,
    columns: list[Column],
    notes: list[str],
) -> None:
    try:
        series = document.series(data, category if data.is_per_category else None)
    except DocumentError as error:
        notes.append(f"{label}{role}: {error}")
        return
    title = role if role == "status" else clean(data.name, 24) or "index"
    columns.append(_column(f"{label}{title}", role, series))


def _failing(series: Series) -> NDArray[Any]:
    import numpy as np

    return np.flatnonzero(np.isin(series.statuses, FAILING))


_SAMPLE = 256
"""Rows that tell how many decimals a column has."""


def _column(title: str, role: str, series: Series, limits: tuple[float, ...] = ()) -> Column:
    column = Column(title, role, series, _dates(series), limits=limits)
    if series.kind is SeriesKind.TIMESTAMPS:
        return column._replace(places=_places(series.times))
    if series.kind is not SeriesKind.DOUBLES:
        return column
    n = len(series)
    rows = range(n) if n <= _SAMPLE else [k * (n - 1) // (_SAMPLE - 1) for k in range(_SAMPLE)]
    return column._replace(decimals=max((decimals(column.text(row)) for row in rows), default=0))


def _places(times: NDArray[np.int64]) -> int:
    """Decimals of seconds that tell neighbours apart: 3, 6 or 9."""
    import numpy as np

    steps = np.abs(np.diff(times))
    smallest = int(steps[steps > 0].min(initial=1_000_000))
    return 3 if smallest >= 1_000_000 else 6 if smallest >= 1_000 else 9


def _limits_of(document: Document, data: MetricsData) -> tuple[float, ...]:
    """The failure thresholds that metrics set for these values."""
    limits: dict[float, None] = {}
    for metric in document.users_of(data):
        for _, definition, _ in failure_definitions(metric, None):
            for limit in (definition.fails_above, definition.fails_below):
                if limit is not None:
                    limits[limit] = None
    return tuple(limits)


def _dates(series: Series) -> bool:
    if series.kind is not SeriesKind.TIMESTAMPS or not len(series):
        return False
    return int(series.times[0]) >= SINCE_1970


def status_of(document: Document, data: MetricsData) -> MetricsData | None:
    """The statuses that a metric sets beside these values, if one does."""
    for metric in document.users_of(data):
        for ids in value_series(metric.values):
            if ids.statuses and data.id in (ids.values, ids.along):
                return document.data_by_id(ids.statuses)
    return None


def histogram(series: Series, bars: int = 24) -> str:
    """The distribution of doubles as a row of bars; empty for anything else."""
    import numpy as np

    if series.kind is not SeriesKind.DOUBLES:
        return ""
    values = series.doubles[np.isfinite(series.doubles)]
    if len(values) < 2 or values.min() == values.max():
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(values.max() - values.min()):
            return ""
        counts, _ = np.histogram(values, bars)
    return "".join("▁▂▃▄▅▆▇█"[int(7 * c / counts.max())] if c else " " for c in counts.tolist())


def describe(columns: Columns) -> Iterator[str]:
    """The numbers of each series of values, a line each."""
    for category, stats, bars in columns.stats:
        parts = [category] if category else []
        if stats.minimum is not None and stats.maximum is not None and stats.mean is not None:
            parts.append(
                f"min {number(stats.minimum)}  mean {number(stats.mean)}"
                f"  max {number(stats.maximum)}"
            )
        if stats.finite or stats.nan:
            parts.append(f"NaN {stats.nan:,}" + (f"  ±∞ {stats.infinite:,}" * bool(stats.infinite)))
        if stats.earliest is not None and stats.latest is not None:
            write = instant if stats.earliest >= SINCE_1970 else seconds
            parts.append(f"from {write(stats.earliest)} to {write(stats.latest)}")
        for status, n in stats.statuses[:5]:
            parts.append(f"{status.symbol} {status.name} {n:,}")
        for text, n in stats.strings[:5]:
            parts.append(f"{clean(text, 24)} {n:,}")
        if len(stats.strings) > 5:
            parts.append(count(len(stats.strings) - 5, "more value"))
        yield "  ".join(parts) + (f"   {bars}" if bars else "")


class SearchError(ValueError):
    """A search that does not apply to these values; the message says why."""


_COMPARE = re.compile(r"\s*(>=|<=|!=|>|<|=|)\s*(\S+)\s*")


def search(columns: Columns, wanted: str) -> NDArray[np.int64]:
    """Rows whose values match: `>40`, `nan`, a status, a part of a text. Ascending."""
    hits = [_matches(column.series, wanted) for column in columns.columns if column.role == "value"]
    if not hits:
        raise SearchError("there are no values to search")
    return _together(hits, columns.rows)


def _together(row_arrays: Sequence[NDArray[Any]], rows: int) -> NDArray[np.int64]:
    """The rows that are in any of these, ascending. (np.unique takes seconds for millions.)"""
    import numpy as np

    marks = np.zeros(rows, bool)
    for some in row_arrays:
        marks[some] = True
    return np.flatnonzero(marks).astype(np.int64)


def _matches(series: Series, wanted: str) -> NDArray[Any]:
    import numpy as np

    text = wanted.strip().casefold()
    if series.kind in (SeriesKind.DOUBLES, SeriesKind.TIMESTAMPS):
        numeric = series.kind is SeriesKind.DOUBLES
        values = series.doubles if numeric else series.times
        if text == "nan" and numeric:
            return np.flatnonzero(np.isnan(values))
        match = _COMPARE.fullmatch(text)
        try:
            sign, limit = (match.group(1), float(match.group(2))) if match else ("", None)
        except ValueError:
            limit = None
        if limit is None:
            raise SearchError("write a comparison such as >40, <=0.5, =3" + ", nan" * numeric)
        if not numeric:
            limit *= 1e9  # times are asked for in seconds
        with np.errstate(invalid="ignore"):
            tests: dict[str, np.ufunc] = {
                ">": np.greater,
                ">=": np.greater_equal,
                "<": np.less,
                "<=": np.less_equal,
                "!=": np.not_equal,
            }
            return np.flatnonzero(tests.get(sign, np.equal)(values, limit))
    if series.kind is SeriesKind.STATUSES:
        numbers = [int(s) for s in MetricStatus if text and text in s.name.casefold()]
        return np.flatnonzero(np.isin(series.statuses, numbers))
    if series.kind is SeriesKind.STRINGS:
        codes = [code for code, value in enumerate(series.uniques) if text in value.casefold()]
        return np.flatnonzero(np.isin(series.codes, codes))
    return np.flatnonzero(np.char.find(series.values, text.encode()) >= 0)
