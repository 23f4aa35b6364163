"""Comparison of events: by name and time."""

from __future__ import annotations

from collections.abc import Sequence

from resim_inspect.comparison.attributes import importance_difference, tag_difference
from resim_inspect.comparison.changes import EVENT, Change, Measured, Reading
from resim_inspect.comparison.directions import Direction, status_direction, strongest
from resim_inspect.comparison.matching import Matches, time_origin, times_of
from resim_inspect.comparison.metrics import difference
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.document.model import Event
from resim_inspect.text import seconds


def compare_events(
    before: Sequence[Event], after: Sequence[Event], matches: Matches, tolerance: Tolerance
) -> list[Change]:
    """Compare the events of two documents.

    Times since 1970 count from the first event of each file: two runs are rarely made at one
    moment.
    """
    origins = time_origin(before), time_origin(after)
    changes = [
        _compare(before[old_position], after[other], origins, tolerance)
        for old_position, other in matches.pairs
    ]
    changes += [
        Change(
            before[position].name, EVENT, Direction.GONE, _reading(before[position], origins[0]),
            None,
        )
        for position in matches.gone
    ]  # fmt: skip
    changes += [
        Change(
            after[position].name, EVENT, Direction.ADDED, None,
            _reading(after[position], origins[1]),
        )
        for position in matches.added
    ]  # fmt: skip
    return changes


def _reading(event: Event, origin: int) -> Reading:
    time = times_of(event, origin)
    return Reading(event.status, Measured(f"at {seconds(time)}", time / 1e9, "s"))


def _compare(before: Event, after: Event, origins: tuple[int, int], tolerance: Tolerance) -> Change:
    status = status_direction(before.status, after.status)
    old, new = _reading(before, origins[0]), _reading(after, origins[1])
    why = []
    if status is not Direction.SAME:
        why.append(f"{before.status.name} → {after.status.name}")
    if before.is_dated != after.is_dated:
        why.append("another kind of time")
    elif not tolerance.close(old.value, new.value):
        moved = times_of(after, origins[1]) - times_of(before, origins[0])
        why.append(f"{seconds(abs(moved))} {'later' if moved > 0 else 'earlier'}")
    why += importance_difference(before.importance, after.importance)
    if before.description != after.description:
        why.append("description")
    tags = tag_difference(before.tags, after.tags)
    if tags:
        why.append(f"tags {tags}")
    direction = strongest(status, Direction.CHANGED if why else Direction.SAME)
    delta = difference(old.measured, new.measured)
    return Change(after.name, EVENT, direction, old, new, tuple(why), delta=delta)
