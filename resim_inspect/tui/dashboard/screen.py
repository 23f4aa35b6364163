"""Base of the screens of a dashboard: a heading, the filter, the cards and their state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.text import clean
from resim_inspect.tui.dashboard.card_canvas import CardCanvas
from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.dashboard.cards import Cards
from resim_inspect.tui.dashboard.linking import SINCE_START, SharedCursor
from resim_inspect.tui.dashboard.state import DashboardState
from resim_inspect.tui.dashboard.status_line import GridStatus, status_text
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.dashboard import DASHBOARD
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.filter_host import FilterHost
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.workers import Background

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice

StateKeeper = Callable[[DashboardState], None]
"""Takes the state of a dashboard whenever it changes."""


class DashboardScreen(MainScreen[int | None], Background, FilterHost, ExportHost):
    """Cards in pages; returns the item of the card chosen last."""

    BINDINGS: ClassVar[list[BindingType]] = [*DASHBOARD, *EXPORT]
    DEFAULT_CSS = """
    DashboardScreen > #cards { height: 1fr; }
    DashboardScreen > #cards-state { height: 1; padding: 0 1; color: $quiet; }
    DashboardScreen > #location { height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, cards: Cards, state: DashboardState, keep: StateKeeper) -> None:
        super().__init__()
        self._keep = keep
        self.grid = CardGrid(cards, state)

    def heading(self) -> Widget:
        """The widget of the first line."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.heading()
        with VerticalBox(id="cards"):
            yield self.grid
        yield Static(id="cards-state", markup=False)
        yield BottomBar()

    def on_mount(self) -> None:
        self.grid.focus()
        self.call_after_refresh(self.show_filter)
        self.update_lines()

    # The lines around.

    def grouping_words(self) -> str:
        """Words for the order of the cards."""
        grouping = self.grid.state.grouping
        return "in order" if grouping == "order" else f"by {grouping}"

    def more_words(self) -> Sequence[str]:
        """Words for what else holds for all cards."""
        return ()

    def update_lines(self) -> None:
        """Show the state of the cards and the keys that apply."""
        grid = self.grid
        page, cursor = grid.page, grid.linking.cursor
        words = "" if cursor is None else self.cursor_text() or "cursor"
        status = GridStatus(
            page.first,
            len(page.cells),
            len(grid.deck.items),
            grid.deck.pinned,
            grid.page_number,
            page.pages,
            self.grouping_words(),
            grid.can_zoom,
            grid.linking.linked_zoom,
            grid.linking.is_zoomed,
            words,
            grid.linked_cards if words else 0,
            self.more_words(),
        )
        line = self.query_one("#cards-state", Static)
        line.update(status_text(status, max(10, self.size.width - 2)))
        self.update_hints()

    def cursor_text(self) -> str:
        """The position of the cursor in words."""
        cursor = self.grid.linking.cursor
        text = clean(self.grid.cursor_text, 60)
        since = " since the start"
        return text + since * (isinstance(cursor, SharedCursor) and cursor.clock == SINCE_START)

    def key_hints(self) -> Iterable[Hint]:
        if self.is_filtering():
            return (Hint("filter.done"), Hint("dashboard.back", "clear filter"))
        card = self.grid.chosen_card
        export = (Hint("export.export"),) if card is not None and card.content else ()
        hints = [*self.grid.key_hints(), *self.more_hints(), *export, Hint("dashboard.back")]
        paged = any(hint.id == "cards.page_down" for hint in hints)
        hints[1 + paged : 1 + paged] = [Hint("dashboard.filter"), Hint("dashboard.group")]
        return hints

    def more_hints(self) -> tuple[Hint, ...]:
        """Hints besides those of every dashboard."""
        return ()

    def on_card_canvas_changed(self, message: CardCanvas.Changed) -> None:
        message.stop()
        self._keep(self.grid.keep())
        self.update_lines()

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self.grid.ask()
        self.grid.refresh()
        self.update_lines()

    # The filter.

    def filter_parent(self) -> Widget:
        return self.query_one("#cards")

    def filtered_list(self) -> CardGrid:
        return self.grid

    def filter_applied(self) -> None:
        self.update_lines()

    def focus_main(self) -> None:
        self.grid.focus()

    def go_to(self, item: int) -> None:
        """Choose the card of an item, without the filter if that hides it."""
        if self.grid.deck.index_of(item) is None and self.grid.query_text:
            self.set_filter("")
        self.grid.go_to(item)

    # Keys.

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.dashboard.card_export import card_choices

        card = self.grid.chosen_card
        return [] if card is None else card_choices(card)

    def action_group(self) -> None:
        self.grid.group()

    def action_back(self) -> None:
        if not self.clear_filter() and not self.grid.dismiss_layer():
            self.dismiss(self.grid.item)
