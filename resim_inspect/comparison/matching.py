"""Matching of events and metrics of two documents, and of jobs of two batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

from resim_inspect.document.document import Document
from resim_inspect.document.model import Event

T = TypeVar("T")
MAX_CELLS = 1_000_000
"""Largest table in which events of one name are matched by their times; else by their order."""


class Matches(NamedTuple):
    """Positions of what both sides have, in pairs, and of what only one side has."""

    pairs: list[tuple[int, int]]
    gone: list[int]
    added: list[int]


def match_by_key(before: Sequence[Hashable], after: Sequence[Hashable]) -> Matches:
    """Match equal keys, those that occur repeatedly in their order."""
    waiting: dict[Hashable, deque[int]] = {}
    for position, key in enumerate(after):
        waiting.setdefault(key, deque()).append(position)
    pairs: list[tuple[int, int]] = []
    gone: list[int] = []
    for position, key in enumerate(before):
        partners = waiting.get(key)
        if partners:
            pairs.append((position, partners.popleft()))
        else:
            gone.append(position)
    added = sorted(position for rest in waiting.values() for position in rest)
    return Matches(pairs, gone, added)


def match_jobs(
    before: Sequence[T], after: Sequence[T], keys: Sequence[Callable[[T], Hashable]]
) -> Matches:
    """Match by the first key, then what is left by the next one."""
    left, other_left = list(range(len(before))), list(range(len(after)))
    pairs: list[tuple[int, int]] = []
    for key in keys:
        matches = match_by_key(
            [key(before[position]) for position in left],
            [key(after[position]) for position in other_left],
        )
        pairs += [(left[old_position], other_left[other]) for old_position, other in matches.pairs]
        left = [left[position] for position in matches.gone]
        other_left = [other_left[position] for position in matches.added]
    return Matches(sorted(pairs), left, other_left)


def match_events(before: Sequence[Event], after: Sequence[Event]) -> Matches:
    """Match events by name, and those of one name by their times, in order."""
    names: dict[str, tuple[list[int], list[int]]] = {}
    for side, events in enumerate((before, after)):
        for event in events:
            names.setdefault(event.name, ([], []))[side].append(event.position)
    origins = time_origin(before), time_origin(after)
    pairs: list[tuple[int, int]] = []
    for old, new in names.values():
        times = [
            [(times_of(events[position], origin), position) for position in positions]
            for events, positions, origin in zip((before, after), (old, new), origins, strict=True)
        ]
        pairs += _in_order(*(sorted(side) for side in times))
    taken, other_taken = ({pair[side] for pair in pairs} for side in (0, 1))
    return Matches(
        sorted(pairs),
        [event.position for event in before if event.position not in taken],
        [event.position for event in after if event.position not in other_taken],
    )


def time_origin(events: Sequence[Event]) -> int:
    """Time in ns of the first dated event: two runs are rarely made at one moment; 0 without."""
    return min((event.timestamp for event in events if event.is_dated), default=0)


def times_of(event: Event, origin: int) -> int:
    """Time of an event in ns from the start of its run, as far as that is known."""
    return event.timestamp - origin if event.is_dated else event.timestamp


def _in_order(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pair (time, position) entries in order, so that the times differ least in sum."""
    few, many = (before, after) if len(before) <= len(after) else (after, before)
    skipped = len(many) - len(few)
    if not few:
        return []
    if not skipped or len(few) * (skipped + 1) > MAX_CELLS:
        chosen = list(range(len(few)))
    else:
        chosen = _cheapest([time for time, _ in few], [time for time, _ in many])
    pairs = [(few[position][1], many[partner][1]) for position, partner in enumerate(chosen)]
    return pairs if few is before else [(other, old_position) for old_position, other in pairs]


def _cheapest(few: list[int], many: list[int]) -> list[int]:
    """Ascending places in `many` for each of `few` with the least sum of distances."""
    skipped = len(many) - len(few)
    # costs[k]: least sum for the entries so far if the last one is paired with place + k or before.
    costs = [0] * (skipped + 1)
    steps: list[list[bool]] = []
    for position, time in enumerate(few):
        row: list[bool] = []
        for k in range(skipped + 1):
            cost = costs[k] + abs(many[position + k] - time)
            later = k > 0 and costs[k - 1] <= cost
            # The table is filled in place: costs[k - 1] is of this entry already.
            costs[k] = costs[k - 1] if later else cost
            row.append(later)
        steps.append(row)
    chosen: list[int] = []
    k = skipped
    for position in range(len(few) - 1, -1, -1):
        while steps[position][k]:
            k -= 1
        chosen.append(position + k)
    return chosen[::-1]


class MetricKeys(NamedTuple):
    """Keys of the metrics of a document, and the names of their events, by position."""

    keys: list[tuple[str, Hashable]]
    events: list[str]


def metric_keys(document: Document, labels: dict[int, Hashable]) -> MetricKeys:
    """Name and event of each metric; `labels` are the keys of the events, by position."""
    events_of: dict[str, int] = {}
    for position, event in enumerate(document.message.events):
        for metric_id in event.metrics:
            events_of.setdefault(metric_id.id.data, position)
    keys: list[tuple[str, Hashable]] = []
    names: list[str] = []
    for metric in document.message.job_level_metrics.metrics:
        event_position = events_of.get(metric.metric_id.id.data) if events_of else None
        if event_position is None:
            keys.append((metric.name, None))
            names.append("")
        else:
            keys.append((metric.name, labels.get(event_position)))
            names.append(document.message.events[event_position].name)
    return MetricKeys(keys, names)
