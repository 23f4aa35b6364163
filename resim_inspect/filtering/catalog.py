"""The metrics of a document as columns that can be grouped and filtered, 50,000 at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from resim_inspect.document import Document
from resim_inspect.document.enums import Importance, MetricStatus, MetricType
from resim_inspect.text import clean


class Grouping(StrEnum):
    """Metrics under one heading of the list."""

    STATUS = "status"
    IMPORTANCE = "importance"
    TYPE = "type"
    TAG = "tag"
    EVENT = "event"
    NONE = "order"

    @property
    def next(self) -> Grouping:
        """The next grouping, cyclically."""
        all_ = list(Grouping)
        return all_[(all_.index(self) + 1) % len(all_)]


class Heading(NamedTuple):
    """A heading of the list: its label and the number of metrics under it."""

    label: str
    size: int
    status: MetricStatus | None = None


class View(NamedTuple):
    """Rows of a list: a metric's position, or -1-k for the k-th heading."""

    rows: Sequence[int] = ()
    headings: Sequence[Heading] = ()
    total: int = 0
    """Number of distinct metrics in it."""
    row_of: Mapping[int, int] = MappingProxyType({})
    """The first row of each metric's position."""


def folded(view: View, labels: Collection[str]) -> tuple[View, Sequence[int]]:
    """The view without the metrics under these headings, and the rows that are left."""
    if not any(heading.label in labels for heading in view.headings):
        return view, range(len(view.rows))
    positions: list[int] = []
    shut = False
    for row, position in enumerate(view.rows):
        if position < 0:
            shut = view.headings[-1 - position].label in labels
        elif shut:
            continue
        positions.append(row)
    rows = [view.rows[row] for row in positions]
    return view._replace(rows=rows, row_of=_first_rows(rows)), positions


def _first_rows(rows: Sequence[int]) -> dict[int, int]:
    """The first row of each position."""
    # From the end, so that the first stays; as one call: it is done for every letter of a filter.
    return dict(zip(reversed(rows), range(len(rows) - 1, -1, -1), strict=True))


MAX_UNPREPARED = 4000
"""Number of metrics and data up to which lookups by id need no preparation."""


class Catalog:
    """Names, statuses and the rest of a document's metrics by position."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.names: list[str] = []
        self.statuses: list[int] = []
        self.importances: list[int] = []
        self.types: list[int] = []
        self.messages = document.message.job_level_metrics.metrics
        """The metrics as the file has them, without their deferred series."""
        for metric in self.messages:
            self.names.append(metric.name)
            self.statuses.append(metric.status)
            self.importances.append(metric.importance)
            self.types.append(metric.type)
        self.order = _summary_first(document.display_order(), self.tags_of)
        """Positions as they are listed: display order, those of the summary first."""
        self._views: dict[Grouping, View] = {}
        self.linked = len(self.names) + len(document.data_messages) <= MAX_UNPREPARED
        """True once lookups by id are prepared; see `link`."""

    def link(self) -> None:
        """Build the tables for lookups by id; with many metrics, call it on a worker thread.

        The caller sets `linked` on the main thread afterwards.
        """
        for metric in self.document.metrics[:1]:
            self.document.data_of(metric)
            self.document.events_of(metric)
        for data in self.document.data[:1]:
            self.document.users_of(data)
        self.document.metric_by_id("")
        self.document.metric_named("")

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def lowered(self) -> list[str]:
        """The names for searching."""
        return [name.casefold() for name in self.names]

    @cached_property
    def events_of(self) -> dict[int, list[int]]:
        """Positions of the events that name a metric, by the metric's position."""
        events_of: dict[int, list[int]] = {}
        if not self.document.events:
            return events_of
        by_id: dict[str, list[int]] = {}
        for position, metric in enumerate(self.messages):
            by_id.setdefault(metric.metric_id.id.data, []).append(position)
        for event in self.document.events:
            for id_ in event.metrics:
                for position in by_id.get(id_, ()):
                    events_of.setdefault(position, []).append(event.position)
        return events_of

    @cached_property
    def tags_of(self) -> dict[int, list[tuple[str, str]]]:
        """Tags as key and value, by the positions of the metrics that have any."""
        return {
            position: [(tag.key, tag.value) for tag in metric.tags]
            for position, metric in enumerate(self.messages)
            if metric.tags
        }

    def counts(self) -> dict[MetricStatus, int]:
        """Number of metrics of each status, the worst first."""
        return {
            MetricStatus(number): self.statuses.count(number)
            for number in sorted(set(self.statuses), key=_status_rank)
        }

    def view(
        self,
        grouping: Grouping,
        matches: Callable[[int], bool] | None = None,
        order: Sequence[int] | None = None,
    ) -> View:
        """The rows of the list: the metrics that match, in display order, under headings.

        `order`: positions in another order than that of display. The rows of all metrics in
        display order are made once.
        """
        if matches is not None or order is not None:
            return self._view(grouping, matches, self.order if order is None else order)
        view = self._views.get(grouping)
        if view is None:
            view = self._views[grouping] = self._view(grouping, None, self.order)
        return view

    def next_grouping(self, grouping: Grouping) -> Grouping:
        """The next grouping, cyclically, without those that no metric has anything for."""
        return self.available_grouping(grouping.next)

    def available_grouping(self, grouping: Grouping) -> Grouping:
        """The grouping, or the next one that some metric has something for."""
        if grouping is Grouping.TAG and not self.tags_of:
            grouping = grouping.next
        if grouping is Grouping.EVENT and not self.events_of:
            grouping = grouping.next
        return grouping

    def prepare(self, older: Catalog) -> None:
        """Build the views that an older catalog has built; call it on a worker thread."""
        for grouping in tuple(older._views):
            self.view(grouping)

    def _view(
        self,
        grouping: Grouping,
        matches: Callable[[int], bool] | None,
        order: Sequence[int],
    ) -> View:
        chosen = order if matches is None else [p for p in order if matches(p)]
        if grouping is Grouping.NONE:
            return View(chosen, (), len(chosen), _first_rows(chosen))
        rows: list[int] = []
        headings: list[Heading] = []
        for label, status, members in self._groups(grouping, chosen):
            rows.append(-1 - len(headings))
            headings.append(Heading(label, len(members), status))
            rows += members
        return View(rows, headings, len(chosen), _first_rows(rows))

    def _groups(
        self, grouping: Grouping, chosen: Sequence[int]
    ) -> Iterable[tuple[str, MetricStatus | None, list[int]]]:
        if grouping is Grouping.STATUS:
            for number, members in _split(chosen, self.statuses, _status_rank):
                status = MetricStatus(number)
                yield ("no status" if number == 0 else status.name), status, members
        elif grouping is Grouping.IMPORTANCE:
            for number, members in _split(chosen, self.importances, lambda key: -key):
                yield (Importance(number).name if number else "no importance"), None, members
        elif grouping is Grouping.TYPE:
            for number, members in _split(chosen, self.types, lambda key: key or 999):
                yield (MetricType(number).label if number else "no type"), None, members
        elif grouping is Grouping.TAG:
            yield from self._by_tag(chosen)
        else:
            yield from self._by_event(chosen)

    def _by_tag(
        self, chosen: Sequence[int]
    ) -> Iterable[tuple[str, MetricStatus | None, list[int]]]:
        groups: dict[tuple[str, str], list[int]] = {}
        bare: list[int] = []
        for position in chosen:
            tags = self.tags_of.get(position)
            for tag in dict.fromkeys(tags or ()):
                groups.setdefault(tag, []).append(position)
            if not tags:
                bare.append(position)
        for key, value in sorted(groups):
            yield f"{clean(key, 40)} = {clean(value, 40)}", None, groups[key, value]
        if bare:
            yield "no tag", None, bare

    def _by_event(
        self, chosen: Sequence[int]
    ) -> Iterable[tuple[str, MetricStatus | None, list[int]]]:
        groups: dict[int, list[int]] = {}
        bare: list[int] = []
        for position in chosen:
            events = self.events_of.get(position)
            for event in events or ():
                groups.setdefault(event, []).append(position)
            if not events:
                bare.append(position)
        events_ = self.document.events
        for number in sorted(groups, key=lambda e: (events_[e].timestamp, e)):
            yield clean(events_[number].name, 60) or "unnamed event", None, groups[number]
        if bare:
            yield "no event", None, bare


SUMMARY_TAG = ("RESIM_SUMMARY", "1")
"""Tag of the metrics that ReSim shows first."""


def _summary_first(
    order: Sequence[int], tags_of: Mapping[int, Sequence[tuple[str, str]]]
) -> Sequence[int]:
    """Positions in their order, those of metrics with the tag of a summary first."""
    tagged = {position for position, tags in tags_of.items() if SUMMARY_TAG in tags}
    return sorted(order, key=lambda position: position not in tagged) if tagged else order


def _status_rank(number: int) -> int:
    return -MetricStatus(number).rank


def _split(
    chosen: Sequence[int], column: Sequence[int], rank: Callable[[int], int]
) -> list[tuple[int, list[int]]]:
    """Positions by their number in a column, groups in the order of `rank`."""
    groups: dict[int, list[int]] = defaultdict(list)
    for position in chosen:
        groups[column[position]].append(position)
    return sorted(groups.items(), key=lambda item: rank(item[0]))
