"""Places in the tree of a file: those of a metric, data or event, of a path and of an offset."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from resim_inspect.document.raw_tree.nodes import PACKED_STEP, Level, NodeKind, RawNode, Step
from resim_inspect.document.raw_tree.reader import Cancelled, RawReader, never
from resim_inspect.document.raw_tree.records import BYTES, Record, records

COLLECTION, METRICS_DATA, EVENTS = 2, 3, 5
"""Numbers of fields of JobMetrics."""
METRICS = 1
"""Number of the metrics in their collection."""


class Place(NamedTuple):
    """A node of the tree with what must be open to see it."""

    chain: list[RawNode]
    """The nodes from the top to the node itself, with the pages between; empty for the file."""
    levels: list[list[RawNode]]
    """The nodes of the file, then those below each node of the chain but the last."""


def item_steps(
    reader: RawReader, kind: str, position: int, is_cancelled: Cancelled = never
) -> tuple[Step, ...]:
    """Steps to a `metric`, `data` or `event` by its position in the document; empty for others."""
    if kind == "data":
        return ((METRICS_DATA, position),)
    if kind == "event":
        return ((EVENTS, position),)
    if kind != "metric":
        return ()
    # The metrics of several collections follow one another in the document.
    index, left = 0, position
    for record in records(reader.source, reader.root.start, reader.root.stop):
        if is_cancelled():
            break
        if record.number != COLLECTION:
            continue
        number = _metrics_in(reader, record, left + 1)
        if left < number:
            return ((COLLECTION, index), (METRICS, left))
        index, left = index + 1, left - number
    return ()


def _metrics_in(reader: RawReader, collection: Record, enough: int) -> int:
    """Number of metrics in a collection, counted up to `enough`."""
    if collection.wire_type != BYTES:
        return 0
    inner = records(reader.source, collection.body, collection.end)
    metrics = (each for each in inner if each.number == METRICS and each.wire_type == BYTES)
    return sum(1 for _ in islice(metrics, enough))


def place_of_steps(
    reader: RawReader, steps: tuple[Step, ...], is_cancelled: Cancelled = never
) -> Place:
    """Place of the node that steps lead to, or of the last node on the way that there is."""
    place = Place([], [reader.nodes(reader.root, is_cancelled)])
    for wanted in steps:

        def is_wanted(node: RawNode, wanted: Step = wanted) -> bool:
            if node.is_paging:
                return _may_hold(node, wanted)
            return node.kind is not NodeKind.DAMAGE and node.steps[-1] == wanted

        before = len(place.chain)
        if not _descend(reader, place, is_wanted, is_cancelled):
            del place.chain[before:]
            del place.levels[before + 1 :]
            break
    return place


def _may_hold(page: RawNode, step: Step) -> bool:
    """Return True if a step may lead to a node below a page."""
    number, index = step
    below = page.below
    assert below is not None
    if below.packed is not None:
        first = below.first
        return number == PACKED_STEP and _holds(page, first, index)
    if page.number not in (0, number):
        return False
    first = (below.seen or {}).get(number, 0)
    return _holds(page, first, index) if page.number else index >= first


def _holds(page: RawNode, first: int, index: int) -> bool:
    return index >= first and (page.kind is NodeKind.REST or index < first + page.held)


def _descend(
    reader: RawReader,
    place: Place,
    is_wanted: Callable[[RawNode], bool],
    is_cancelled: Cancelled,
) -> bool:
    """Go to the wanted node one level down, through pages; return False if there is none."""
    if len(place.levels) == len(place.chain):
        below = place.chain[-1].below
        if below is None:
            return False
        place.levels.append(reader.nodes(below, is_cancelled))
    for node in place.levels[-1]:
        if not is_wanted(node):
            continue
        place.chain.append(node)
        if not node.is_paging:
            return True
        if _descend(reader, place, is_wanted, is_cancelled):
            return True
        # A page of several numbers may hold it and does not.
        del place.levels[len(place.chain) :]
        place.chain.pop()
    return False


def place_of_offset(reader: RawReader, offset: int, is_cancelled: Cancelled = never) -> Place:
    """Place of the lowest node that has the byte at an offset; of the file for one beyond it."""
    place = Place([], [reader.nodes(reader.root, is_cancelled)])
    level: Level | None = reader.root
    while level is not None:
        holding = [node for node in place.levels[-1] if node.start <= offset < node.end]
        if not holding:
            break
        place.chain.append(holding[0])
        level = holding[0].below
        if level is None or not level.start <= offset < level.stop:
            break
        place.levels.append(reader.nodes(level, is_cancelled))
    return _trimmed(place)


def _trimmed(place: Place) -> Place:
    """The place without a level below its last node."""
    del place.levels[max(1, len(place.chain)) :]
    return place
