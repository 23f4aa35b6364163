"""One series as facts: its number of values, extremes with their times, and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from resim_inspect.commands.plain_output.words import (
    counted_statuses,
    joined,
    limit_sentences,
    shown_name,
    status_word,
)
from resim_inspect.commands.show_output.figures import Part, label_of_values, parts, value_text
from resim_inspect.document.enums import FAILING, MetricStatus, SeriesKind
from resim_inspect.document.model import (
    DATED_FROM_NS,
    DoubleOverTimeValues,
    DoubleSummaryValues,
    FailureDefinition,
    Metric,
    MetricsData,
    Series,
    StatesOverTimeValues,
)
from resim_inspect.document.summary import statistics
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, count, quantity, seconds

if TYPE_CHECKING:
    from resim_inspect.document import Document

MAX_SERIES = 40
"""Series of a metric that are described; the rest are counted."""
MAX_VALUES = 12
"""Number of values up to which each is said, and of texts that are counted."""


class SeriesFacts:
    """The facts of one series: its values, the labels of their positions, their statuses."""

    def __init__(self, document: Document, metric: Metric, part: Part, data: MetricsData) -> None:
        self.data = data
        self.metric = metric
        name = data.name if part.category is None else f"{data.name}, {part.category}"
        self.name = shown_name(name)
        self.series = document.series(data, part.category)
        label = label_of_values(document, metric, data)
        self._labels = _or_none(document, label, part.category)
        self._label_unit = "" if label is None else label.unit
        statuses = _or_none(document, document.data_by_id(part.statuses), part.category)
        usable = statuses is not None and statuses.kind is SeriesKind.STATUSES
        self._statuses = statuses if usable else None
        self._limits = _limits(metric, part)

    def lines(self) -> Iterator[str]:
        """Yield the facts."""
        n, unit = len(self.series), clean(self.data.unit, 24).strip()
        in_unit = f" in {unit}" if unit else ""
        yield f"Its series {self.name} has {count(n, 'value')}{in_unit}."
        if not n:
            return
        if self.series.kind is SeriesKind.DOUBLES:
            yield from self._numbers()
        elif self.series.kind in (SeriesKind.STRINGS, SeriesKind.UUIDS):
            yield from self._texts()
        yield from self._status_facts()
        if n <= MAX_VALUES:
            yield from (self._each(position) for position in range(n))

    def at(self, position: int) -> str:
        """Return the words for a position: ` at 41.300 s`; empty without a label."""
        labels = self._labels
        if labels is None or position >= len(labels):
            return ""
        if labels.kind is SeriesKind.TIMESTAMPS:
            time, first = int(labels.times[position]), int(labels.times[0])
            if first >= DATED_FROM_NS:
                return f" at {seconds(time - first)} after its start"
            return f" at {seconds(time)}"
        if labels.kind is SeriesKind.DOUBLES:
            return f" at {quantity(float(labels.doubles[position]), self._label_unit)}"
        return f" at {value_text(labels, position)}"

    def value(self, position: int) -> str:
        """Return a value with its unit."""
        if self.series.kind is SeriesKind.DOUBLES:
            return quantity(float(self.series.doubles[position]), self.data.unit)
        return value_text(self.series, position)

    def _numbers(self) -> Iterator[str]:
        import numpy as np

        values, stats = self.series.doubles, statistics(self.series)
        for n, word in ((stats.nan, "NaN"), (stats.infinite, "infinite")):
            if n:
                yield f"{n:,} of its values {'is' if n == 1 else 'are'} {word}."
        if stats.minimum is None or stats.maximum is None or stats.mean is None:
            return
        if stats.minimum == stats.maximum:
            yield f"All its finite values are {quantity(stats.minimum, self.data.unit)}."
        else:
            low = int(np.flatnonzero(values == stats.minimum)[0])
            high = int(np.flatnonzero(values == stats.maximum)[0])
            yield f"Its smallest value is {self.value(low)}{self.at(low)}."
            yield f"Its largest value is {self.value(high)}{self.at(high)}."
            yield f"Its mean is {quantity(stats.mean, self.data.unit)}."
            last = len(values) - 1
            yield f"It begins with {self.value(0)} and ends with {self.value(last)}{self.at(last)}."
        yield from limit_sentences(self._limits, stats.minimum, stats.maximum, self.data.unit)

    def _texts(self) -> Iterator[str]:
        string_counts = statistics(self.series).strings
        shown = [f"{shown_name(text)} {count(n, 'time')}" for text, n in string_counts[:MAX_VALUES]]
        more = len(string_counts) - len(shown)
        yield f"It has {joined(shown + ([f'{more:,} other texts'] if more else []))}."
        if self.series.kind is not SeriesKind.STRINGS:
            return
        import numpy as np

        codes = self.series.codes
        changes = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        last = len(codes) - 1
        yield f"It begins with {self.value(0)} and ends with {self.value(last)}{self.at(last)}."
        if 0 < len(changes) <= MAX_VALUES and len(codes) > MAX_VALUES:
            for position in changes.tolist():
                yield f"It changes to {self.value(position)}{self.at(position)}."
        elif len(changes) > MAX_VALUES:
            yield f"It changes {len(changes):,} times."
        if isinstance(self.metric.values, StatesOverTimeValues):
            yield from self._failure_states(self.metric.values.failure_states)

    def _failure_states(self, states: tuple[str, ...]) -> Iterator[str]:
        import numpy as np

        numbers = [at for at, text in enumerate(self.series.uniques) if text in states]
        failing = np.flatnonzero(np.isin(self.series.codes, numbers))
        if not len(failing):
            if states:
                yield "It is never in a failure state."
            return
        first = int(failing[0])
        yield (
            f"It is in a failure state in {count(len(failing), 'value')}, first in "
            f"{self.value(first)}{self.at(first)}."
        )

    def _status_facts(self) -> Iterator[str]:
        if self._statuses is None:
            return
        import numpy as np

        counts = statistics(self._statuses).statuses
        yield f"Of its statuses, {counted_statuses(counts)}."
        failing = np.flatnonzero(np.isin(self._statuses.statuses, FAILING))
        if len(failing) and int(failing[0]) < len(self.series):
            first = int(failing[0])
            status = MetricStatus(int(self._statuses.statuses[first]))
            yield (
                f"The first value that fails is {self.value(first)}{self.at(first)}, with "
                f"{status_word(status)}."
            )

    def _each(self, position: int) -> str:
        status = ""
        if self._statuses is not None and position < len(self._statuses):
            word = status_word(MetricStatus(int(self._statuses.statuses[position])))
            status = f", {word}"
        return f"Value {position + 1} is {self.value(position)}{self.at(position)}{status}."


def series_facts(document: Document, metric: Metric) -> Iterator[str]:
    """Yield the facts of every series of a metric; a fault stays inside its series."""
    for number, part in enumerate(parts(document, metric)):
        if number >= MAX_SERIES:
            rest = sum(1 for _ in parts(document, metric)) - MAX_SERIES
            yield f"It has {count(rest, 'more series', 'more series')}."
            return
        data = document.data_by_id(part.data)
        if data is None:
            yield f"Its data {clean(part.data, 40)} are not in the file."
            continue
        try:
            yield from SeriesFacts(document, metric, part, data).lines()
        except DocumentError as error:
            yield f"Its series {shown_name(data.name)} cannot be read: {clean(str(error))}."


def _or_none(document: Document, data: MetricsData | None, category: str | None) -> Series | None:
    """Return the values of what only complements a series; None where there are none."""
    if data is None:
        return None
    try:
        return document.series(data, category if data.is_per_category else None)
    except DocumentError:
        return None


def _limits(metric: Metric, part: Part) -> FailureDefinition | None:
    values = metric.values
    if isinstance(values, DoubleSummaryValues):
        return values.failure_definition
    if isinstance(values, DoubleOverTimeValues) and part.data in values.doubles_data:
        position = values.doubles_data.index(part.data)
        if position < len(values.failure_definitions):
            return values.failure_definitions[position]
    return None
