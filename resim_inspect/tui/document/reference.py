"""The reference document: the values that charts and lists of other documents differ from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from textual.app import App
from textual.signal import Signal

from resim_inspect.errors import InspectError, UnreadableError
from resim_inspect.text import clean

if TYPE_CHECKING:
    from resim_inspect.comparison.context import Pair
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric
    from resim_inspect.tui.widgets.chart.painter import Base

R = TypeVar("R")


class Reference(NamedTuple):
    """A document as it was when it was set as the reference."""

    document: Document
    label: str


class SharedReference(Generic[R]):
    """A reference of all that is open in an app, and the signal of its changes."""

    def __init__(self, app: App[Any], name: str) -> None:
        self.reference: R | None = None
        self.changed: Signal[R | None] = Signal(app, name)

    def set(self, reference: R | None) -> None:
        """Set or drop the reference; all that follow the signal change with it."""
        self.reference = reference
        self.changed.publish(reference)


class ReferenceState(SharedReference[Reference]):
    """The reference of all open documents."""

    def __init__(
        self, app: App[Any], choose: Callable[[Path, Callable[[Path], None]], None]
    ) -> None:
        super().__init__(app, "document-reference")
        self.choose = choose
        """Asks for a path beside that of a document, and hands it on."""


def reference_state(app: object) -> ReferenceState | None:
    """State of the app's reference; None in an app without one."""
    state: object = getattr(getattr(app, "documents", None), "reference", None)
    return state if isinstance(state, ReferenceState) else None


def open_reference(path: Path) -> Reference:
    """Open a file, or the only one in a folder. Raises InspectError for several or none."""
    from resim_inspect.compared_sides import side_of
    from resim_inspect.document import open_document

    side = side_of(path)
    if side.is_batch:
        raise UnreadableError("has several jobs: choose one of them as the reference", path)
    return Reference(open_document(side.jobs[0].path), clean(str(path), 200))


class MatchedReference:
    """A reference, and its metrics by those of one document; deltas are kept by metric."""

    def __init__(self, reference: Reference, pair: Pair, positions: Mapping[int, int]) -> None:
        self.reference = reference
        self._pair = pair
        self._positions = positions
        self._deltas: dict[int, str] = {}

    def base(self, position: int) -> Base | None:
        """The metric of the reference that belongs to the one at a position; None without one."""
        from resim_inspect.tui.widgets.chart.painter import Base

        other = self._positions.get(position)
        return None if other is None else Base(self.reference.document, other, is_reference=True)

    def delta(self, metric: Metric) -> str:
        """Difference of a metric from the reference in a word: `+3.2 m`, `≠`, `new`, or empty.

        May decode series: call it in a worker thread.
        """
        known = self._deltas.get(metric.position)
        if known is None:
            known = self._deltas[metric.position] = self._difference(metric)
        return known

    def _difference(self, metric: Metric) -> str:
        from resim_inspect.comparison.cells import delta_text
        from resim_inspect.comparison.directions import Direction
        from resim_inspect.comparison.metrics import compare_metrics
        from resim_inspect.comparison.tolerance import Tolerance

        position = self._positions.get(metric.position)
        if position is None:
            return "new"
        other = self.reference.document.metrics[position]
        try:
            change = compare_metrics(self._pair, other, metric, Tolerance())
        except InspectError:
            return ""
        if change.direction is Direction.SAME:
            return ""
        text = delta_text(change)
        # A difference of 0 beside others, such as a limit, says nothing.
        return text if text and change.delta else change.direction.symbol


def match_reference(reference: Reference, document: Document) -> MatchedReference:
    """Match the metrics of a reference and of a document by name and event."""
    from resim_inspect.comparison.context import Pair
    from resim_inspect.comparison.documents import matched_metrics

    matches = matched_metrics(reference.document, document)
    positions = {other: position for position, other in matches.pairs}
    return MatchedReference(reference, Pair(reference.document, document), positions)
