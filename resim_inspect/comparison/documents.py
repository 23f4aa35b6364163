"""Comparison of two open documents: metrics, events and findings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from resim_inspect.comparison.changes import Change
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.events import compare_events
from resim_inspect.comparison.findings import compare_findings
from resim_inspect.comparison.matching import (
    Matches,
    MetricKeys,
    match_by_key,
    match_events,
    metric_keys,
)
from resim_inspect.comparison.metrics import (
    compare_metrics,
    same_metric,
    same_record,
    single_metric,
)
from resim_inspect.comparison.renames import suggested_renames, with_renames
from resim_inspect.comparison.tolerance import Tolerances
from resim_inspect.document.document import Document
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.metrics import MetricFields
from resim_inspect.filtering.query import QueryError, Test, compile_query
from resim_inspect.garbage import without_collections


@dataclass(frozen=True)
class CompareOptions:
    """Options of a comparison."""

    tolerances: Tolerances = field(default_factory=Tolerances)
    query: str = ""
    """Filter for metrics: others, events and findings are left out."""
    findings: bool = True
    """True to compare the validator's findings."""
    same_values: bool = True
    """False to leave out the values of metrics that are the same: to read them takes longest."""


class DocumentChanges(NamedTuple):
    """Changes of two documents in the order of the files."""

    changes: list[Change]
    query_error: QueryError | None = None
    """Fault of the filter for both documents, such as a value that neither has."""


# Once for all metrics: for each of many it would take as long as its values.
@np.errstate(over="ignore", invalid="ignore")
@without_collections()
def compare_documents(
    before: Document, after: Document, options: CompareOptions | None = None
) -> DocumentChanges:
    """Compare two documents. Raises a DocumentError where one cannot be read to its end."""
    options = options or CompareOptions()
    pair = Pair(before, after)
    events = match_events(before.events, after.events)
    keys = _metric_keys(before, after, events)
    matches = match_by_key(keys[0].keys, keys[1].keys)
    selection = _Selection(pair, options.query)
    changes = []
    alone = Pair(before, before)
    for old_position, other in matches.pairs:
        if not selection.has(old_position, other):
            continue
        event = keys[1].events[other]
        if not options.same_values and pair.same_record(old_position, other):
            changes.append(same_record(before, old_position, event))
            continue
        metric = before.metrics[old_position]
        tolerance = options.tolerances.of(metric.name)
        if pair.unchanged(metric, other):
            changes.append(same_metric(alone, metric, tolerance, event=event, position=other))
        else:
            partner = after.metrics[other]
            changes.append(compare_metrics(pair, metric, partner, tolerance, event=event))
    gone = [before.metrics[p] for p in matches.gone if selection.has(p, None)]
    added = [after.metrics[p] for p in matches.added if selection.has(None, p)]
    lost, new = with_renames(
        [
            single_metric(before, metric, Direction.GONE, keys[0].events[metric.position])
            for metric in gone
        ],
        [
            single_metric(after, metric, Direction.ADDED, keys[1].events[metric.position])
            for metric in added
        ],
        suggested_renames(pair, gone, added) if gone and added else {},
    )
    changes += [*lost, *new]
    if not options.query:
        tolerance = options.tolerances.default
        changes += compare_events(before.events, after.events, events, tolerance)
        if options.findings:
            changes += compare_findings(pair)
    return DocumentChanges(changes, selection.error)


def matched_metrics(before: Document, after: Document) -> Matches:
    """Match the metrics of two documents by name and event, by position."""
    keys = _metric_keys(before, after, match_events(before.events, after.events))
    return match_by_key(keys[0].keys, keys[1].keys)


def _metric_keys(
    before: Document, after: Document, events: Matches
) -> tuple[MetricKeys, MetricKeys]:
    labels: list[dict[int, Hashable]] = [{}, {}]
    for number, (old_position, other) in enumerate(events.pairs):
        labels[0][old_position] = labels[1][other] = number
    for position in events.gone:
        labels[0][position] = "gone", position
    for position in events.added:
        labels[1][position] = "added", position
    return metric_keys(before, labels[0]), metric_keys(after, labels[1])


class _Selection:
    """The metrics that a filter matches, on either side."""

    def __init__(self, pair: Pair, query: str) -> None:
        self.error: QueryError | None = None
        self._tests: list[Test[int] | None] = [None, None]
        self._all = not query
        faults = []
        for side, document in enumerate((pair.before, pair.after)):
            try:
                if query:
                    test = compile_query(query, MetricFields(Catalog(document)))
                    self._tests[side] = test
                    # A filter without a word matches everything.
                    self._all |= test is None
            except QueryError as error:
                # A value that only one side has can be asked for.
                faults.append(error)
        if len(faults) == 2:
            self.error = faults[1]

    def has(self, before: int | None, after: int | None) -> bool:
        """Return True if the filter matches the metric at one of these positions."""
        if self._all:
            return True
        return any(
            test is not None and position is not None and test(position)
            for test, position in zip(self._tests, (before, after), strict=True)
        )
