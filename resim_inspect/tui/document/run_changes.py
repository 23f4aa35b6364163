"""Changes of a document's metrics since the version before it: marks for the list and the card."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

from resim_inspect.document.enums import MetricStatus
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean
from resim_inspect.tui.theme import ThemeStyles

if TYPE_CHECKING:
    from resim_inspect.comparison import Direction
    from resim_inspect.document import Document

MAX_FILE_SIZE = 64 << 20
"""Bytes of a file whose metrics are compared; a larger one has no marks."""


class MetricChange(NamedTuple):
    """A metric that is not as it was."""

    direction: Direction
    text: str
    """The change in words."""

    def style(self, styles: ThemeStyles) -> Style:
        """Style of the mark, which is not the only sign of the direction."""
        statuses = {"worse": MetricStatus.FAIL_BLOCK, "better": MetricStatus.PASSED}
        status = statuses.get(self.direction.value)
        return styles.accent if status is None else styles.of(status)


Changes = Mapping[int, MetricChange]
"""Changes by the positions of the metrics in the newer document."""


def changes_between(old: Document, new: Document) -> Changes:
    """Compare two versions of a document; metrics that are the same are left out.

    Empty if a version is too large or cannot be read to its end.
    """
    from resim_inspect.comparison import CompareOptions, Direction, compare_documents

    if max(old.size, new.size) > MAX_FILE_SIZE:
        return {}
    try:
        changes = compare_documents(old, new, CompareOptions(findings=False)).changes
    except DocumentError:
        return {}
    positions: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for metric in new.metrics:
        events = new.events_of(metric) if metric.event_metric else ()
        positions[metric.name, events[0].name if events else ""].append(metric.position)
    marked: dict[int, MetricChange] = {}
    for change in changes:
        # Metrics of one name and event come in the order of the file.
        places = positions.get((change.name, change.event))
        if change.after is None or change.type in {"EVENT", "FINDING"} or not places:
            continue
        position = places.popleft()
        if change.direction is not Direction.SAME:
            marked[position] = MetricChange(change.direction, clean(change.words, 200))
    return marked
