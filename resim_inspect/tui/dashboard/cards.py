"""Subjects of cards: the metrics of a document, or one metric in the jobs of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple, Protocol

from resim_inspect.document.enums import FAILING, MetricStatus
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.filtering.query import checked_query
from resim_inspect.text import clean
from resim_inspect.tui.dashboard.arrangement import CardKeys, Deck, deck_of, replayed
from resim_inspect.tui.dashboard.bounded_drawing import DrawnCard, draw_within
from resim_inspect.tui.dashboard.state import DashboardState, Move

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric
    from resim_inspect.filtering.query import Test
    from resim_inspect.tui.document.session import Session

NAME_LIMIT = 200


class CardTitle(NamedTuple):
    """Title of a card: status and name, safe to show."""

    symbol: str
    word: str
    name: str
    status: MetricStatus | None
    """None for a card without a metric."""


class CardSource(Protocol):
    """One subject; two cards show the same if their sources are the same object."""

    @property
    def file_name(self) -> str:
        """Name of the files of an export, without their suffix."""

    def draw(self, max_samples: int | None) -> DrawnCard:
        """Draw in a thread; a message stands for series that have more samples in all.

        None bounds nothing.
        """

    def opened(self) -> AbstractContextManager[tuple[Document, Metric]]:
        """Open the document for an export, in a thread.

        Raises DocumentError, and ExportError if the metric is gone.
        """


class Cards(Protocol):
    """All subjects of a dashboard, as items from 0; an item keeps its key when they are renewed."""

    across_jobs: bool
    """True if the cards are of one metric in several jobs."""

    def deck(self, state: DashboardState) -> tuple[Deck, str]:
        """All cards in their order, and the problem of the filter; empty for none."""

    def key(self, item: int) -> str:
        """Key of an item, by which pins and moves name it."""

    def item(self, key: str) -> int | None:
        """The item that a key names; None if it does not exist."""

    def title(self, item: int) -> CardTitle:
        """Title of a card."""

    def fails(self, item: int) -> bool:
        """Return True for a failing metric or job."""

    def source(self, item: int) -> CardSource:
        """Subject of a card; the same object until its data change."""

    def next_grouping(self, grouping: Grouping) -> Grouping:
        """The grouping that follows."""


def status_title(status: MetricStatus, name: str) -> CardTitle:
    """Title of a card with a metric of a status."""
    return CardTitle(status.symbol, status.word, clean(name, NAME_LIMIT) or "(no name)", status)


class MetricSource:
    """A metric of a document."""

    def __init__(self, session: Session, position: int) -> None:
        self.document = session.document
        self.position = position

    @property
    def file_name(self) -> str:
        return self.document.metrics[self.position].name

    def draw(self, max_samples: int | None) -> DrawnCard:
        return draw_within(self.document, self.document.metrics[self.position], max_samples)

    def opened(self) -> AbstractContextManager[tuple[Document, Metric]]:
        return nullcontext((self.document, self.document.metrics[self.position]))


class MetricCards:
    """The metrics of a document by their positions."""

    across_jobs = False

    def __init__(self, session: Session) -> None:
        self.session = session
        self._sources: dict[int, MetricSource] = {}
        self._keys = CardKeys(session.catalog.names, session.document.metric_positions)
        self._order: tuple[tuple[Move, ...], Sequence[int]] = ((), session.catalog.order)

    def deck(self, state: DashboardState) -> tuple[Deck, str]:
        catalog = self.session.catalog
        test: Test[int] | None = None
        if state.query:
            from resim_inspect.filtering.metrics import MetricFields

            fields = MetricFields(catalog, self.session.marks)
            test, problem = checked_query(state.query, fields)
            if problem:
                return Deck([], [], []), problem
        view = catalog.view(checked_grouping(state.grouping), test, self._ordered(state.moves))
        pinned = (self.item(key) for key in state.pins)
        return deck_of(view, [item for item in pinned if item is not None]), ""

    def _ordered(self, moves: tuple[Move, ...]) -> Sequence[int] | None:
        """The order of all metrics with moves; None for that of display."""
        if not moves:
            return None
        if self._order[0] != moves:
            self._order = moves, replayed(self.session.catalog.order, moves, self.item)
        return self._order[1]

    def key(self, item: int) -> str:
        return self._keys.key(item)

    def item(self, key: str) -> int | None:
        return self._keys.item(key)

    def title(self, item: int) -> CardTitle:
        catalog = self.session.catalog
        return status_title(MetricStatus(catalog.statuses[item]), catalog.names[item])

    def fails(self, item: int) -> bool:
        return self.session.catalog.statuses[item] in FAILING

    def source(self, item: int) -> CardSource:
        return self._sources.setdefault(item, MetricSource(self.session, item))

    def next_grouping(self, grouping: Grouping) -> Grouping:
        return self.session.catalog.next_grouping(grouping)


def checked_grouping(value: str) -> Grouping:
    """A grouping by its value; by status for one that does not exist."""
    return Grouping(value) if value in set(Grouping) else Grouping.STATUS
