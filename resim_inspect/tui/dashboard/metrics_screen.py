"""The dashboard of a document: its metrics as cards."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import AwaitMount, Widget

from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.dashboard.cards import MetricCards
from resim_inspect.tui.dashboard.linking import IN_FILE, UTC, SharedCursor
from resim_inspect.tui.dashboard.screen import DashboardScreen, StateKeeper
from resim_inspect.tui.dashboard.state import DashboardState
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.document.top_bar import TopBar
from resim_inspect.tui.keys.raw import RAW_HOST
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.widgets.filter_host import FilterFields


class MetricsDashboard(DashboardScreen):
    """The metrics of a document in pages of cards."""

    BINDINGS: ClassVar[list[BindingType]] = [*RAW_HOST]
    TAKES = (GoTo,)

    def __init__(
        self,
        session: Session,
        state: DashboardState,
        keep: StateKeeper,
        position: int | None = None,
    ) -> None:
        """`position`: the metric whose card is chosen; None for the page of the state."""
        super().__init__(MetricCards(session), state, keep)
        self.session = session
        self._first = position

    def heading(self) -> Widget:
        return TopBar()

    def on_mount(self) -> None:
        if self._first is not None:
            self.go_to(self._first)

    def update_lines(self) -> None:
        self.query_one(TopBar).show(self.session)
        super().update_lines()

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.metrics import MetricFields

        return MetricFields

    def session_changed(self, old: Session, new: Session) -> None:
        """Show the same metrics in a new session."""
        self.session = new
        if new.document is not old.document:
            self.grid.show_cards(MetricCards(new))
        elif isinstance(self.grid.cards, MetricCards):
            self.grid.cards.session = new
            if "has:" in self.grid.query_text:
                self.grid.set_query(self.grid.query_text)
        self.update_lines()

    @on(GoTo)
    def _go_to(self, message: GoTo) -> None:
        message.stop()
        if message.kind == "metric":
            self.go_to(message.position)

    @on(CardGrid.Opened)
    def _opened(self, message: CardGrid.Opened) -> None:
        message.stop()
        self.open_card(message.item)

    def open_card(self, item: int) -> AwaitMount:
        """Show a metric in full, at the cursor."""
        cursor = self.grid.linking.cursor
        is_time = isinstance(cursor, SharedCursor) and cursor.clock in (UTC, IN_FILE)
        at = cursor.time if isinstance(cursor, SharedCursor) and is_time else None

        def closed(position: int | None) -> None:
            if position is not None:
                self.go_to(position)

        # Each once: under tags, a metric may have several cards.
        positions = list(dict.fromkeys(self.grid.deck.items))
        return self.app.push_screen(CardScreen(self.session, item, positions, at), closed)
