"""Series of a metric by name, and the pairs of those that two metrics have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.matching import match_by_key
from resim_inspect.document.document import Document
from resim_inspect.document.model import FailureDefinition, MetricsData
from resim_inspect.text import count


@dataclass(frozen=True, slots=True)
class SeriesRef:
    """One series of a metric, not decoded: its values, what they are indexed by, statuses."""

    document: Document
    name: str
    values: MetricsData | None
    index: MetricsData | None
    statuses: MetricsData | None
    category: str | None = None
    limits: FailureDefinition | None = None

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return self.values.unit if self.values is not None else ""


@dataclass(frozen=True, slots=True)
class Partners:
    """The series of two metrics: pairs, and those that only one side has."""

    pairs: Sequence[tuple[SeriesRef, SeriesRef]]
    gone: Sequence[SeriesRef]
    added: Sequence[SeriesRef]

    def unpaired(self) -> Iterator[str]:
        """Reasons for the series that only one side has."""
        for word, refs in (("gone", self.gone), ("added", self.added)):
            for ref in refs:
                yield f"series “{ref.name}” {word}"


def series_refs(
    document: Document,
    values: Sequence[str],
    statuses: Sequence[str],
    *,
    names: Sequence[str] = (),
    indexes: Sequence[str] | None = None,
    limits: Sequence[FailureDefinition] = (),
    categories: Sequence[str] | None = None,
) -> list[SeriesRef]:
    """Series of the data with these ids; data per category are one series for each.

    `indexes` are ids of data that take the place of the index, as x does in a line plot.
    `categories` chooses one category of each data, in the order of `values`.
    """
    refs: list[SeriesRef] = []
    for position, data_id in enumerate(values):
        data = document.data_by_id(data_id)
        status_id = _at(statuses, position)
        status = document.data_by_id(status_id) if status_id else None
        if indexes is not None:
            index_id = _at(indexes, position)
            index = document.data_by_id(index_id) if index_id else None
        else:
            index = document.index_of(data) if data is not None else None
        name = _at(names, position) or (data.name if data is not None else data_id)
        limit = limits[position] if position < len(limits) else None
        for category in _categories(
            data, None if categories is None else _at(categories, position)
        ):
            full = name if category is None or category == name else f"{name} · {category}"
            refs.append(SeriesRef(document, full, data, index, status, category, limit))
    return refs


def _at(texts: Sequence[str], position: int) -> str:
    return texts[position] if position < len(texts) else ""


def _categories(data: MetricsData | None, chosen: str | None) -> Iterator[str | None]:
    if data is None or not data.is_per_category:
        yield None
    elif chosen is not None:
        yield chosen
    else:
        yield from data.category_names


def partners(before: Sequence[SeriesRef], after: Sequence[SeriesRef]) -> Partners:
    """Pair series by name, those of one name in their order, and what is left by its place.

    What is left is paired only if both sides have equally many of it: a metric with one series
    on both sides has one pair whatever the names are.
    """
    matches = match_by_key([ref.name for ref in before], [ref.name for ref in after])
    pairs = [(before[old_position], after[other]) for old_position, other in matches.pairs]
    gone = [before[position] for position in matches.gone]
    added = [after[position] for position in matches.added]
    if len(gone) == len(added):
        return Partners([*pairs, *zip(gone, added, strict=True)], (), ())
    return Partners(pairs, gone, added)


def renamed(before: SeriesRef, after: SeriesRef) -> str:
    """Reason for another name of a series; empty if both sides have the same."""
    return "" if before.name == after.name else f"series “{before.name}” is now “{after.name}”"


def number_of_series(refs: Sequence[SeriesRef]) -> Measured:
    """Description of a side by the number of its series."""
    return Measured(count(len(refs), "series", "series"))


def same_bytes(pair: Pair, before: SeriesRef, after: SeriesRef) -> bool:
    """Return True if values, index and statuses of two series have the same bytes."""
    categories = before.category, after.category
    return (
        pair.equal(before.values, after.values, *categories)
        and pair.equal(before.index, after.index, *categories)
        and pair.equal(before.statuses, after.statuses, *categories)
    )
