"""The cards in use: keys and mouse that choose, read, zoom, pin, move and resize them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from resim_inspect.tui.dashboard.card_reading import ReadCards
from resim_inspect.tui.dashboard.cards import Cards, checked_grouping
from resim_inspect.tui.dashboard.painted_cards import PaintedCard
from resim_inspect.tui.dashboard.placing.card_rows import Direction
from resim_inspect.tui.dashboard.placing.page_layout import CARD_SIZES, most_columns
from resim_inspect.tui.dashboard.state import DashboardState, Move
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.dashboard import CARDS
from resim_inspect.tui.theme import theme_styles


class CardGrid(ReadCards):
    """Pages of cards that are chosen, read together, pinned and moved."""

    BINDINGS: ClassVar[list[BindingType]] = [*CARDS]

    class Opened(Message):
        """A card was opened with Enter or a second click."""

        def __init__(self, item: int, card: PaintedCard | None) -> None:
            super().__init__()
            self.item = item
            self.card = card

    def __init__(self, cards: Cards, state: DashboardState, *, id: str | None = None) -> None:
        super().__init__(cards, state, id=id)
        self._wanted_page: int | None = state.page
        """Page that comes into view once its size is known, unless a card is chosen before."""

    def on_mount(self) -> None:
        self._arrange(None)

    def on_resize(self) -> None:
        if self._wanted_page and self.size.width:
            page, self._wanted_page = self._wanted_page, None
            self.relayout()
            rows, first = self.page.rows, page * self.page.grid.rows
            self.cursor = rows.starts[min(first, len(rows) - 1)] if len(rows) else -1
        self.relayout()

    # State.

    def keep(self) -> DashboardState:
        """The state with the page in view."""
        self.state = replace(self.state, page=self.page_number)
        return self.state

    def _arrange(self, key: str | None, *, item: int | None = None) -> None:
        """Work out the order of the cards; the card of a key or an item stays chosen."""
        deck, self.query_error = self.cards.deck(self.state)
        if not self.query_error:
            self.deck = deck
            wanted = self.cards.item(key) if key is not None else item
            index = None if wanted is None else deck.index_of(wanted)
            self.cursor = min(max(0, self.cursor), len(deck.items) - 1) if index is None else index
        self.relayout()

    def show_cards(self, cards: Cards) -> None:
        """Show renewed subjects; the chosen card stays chosen while it exists."""
        key = None if self.item is None else self.cards.key(self.item)
        self.cards = cards
        self._arrange(key)

    def go_to(self, item: int) -> None:
        """Choose the card of an item, unless the filter hides it."""
        index = self.deck.index_of(item)
        if index is not None:
            self._wanted_page = None
            self.choose(index)

    def set_query(self, text: str) -> None:
        """Filter; a filter that cannot be parsed leaves the cards as they are."""
        self.query_text = text
        self.state = replace(self.state, query=text)
        self._arrange(None, item=self.item)

    def key_hints(self) -> tuple[Hint, ...]:
        """Bindings that do something now."""
        if self.item is None:
            return ()
        hints = [Hint("cards.open")]
        if self.page.pages > 1:
            hints.append(Hint("cards.page_down"))
        drawn = self.drawn(self.cursor)
        if drawn is not None and self._view(drawn[0]) is not None:
            hints += [Hint("cards.read_left"), Hint("cards.read_right"), Hint("cards.zoom_in")]
            if self.linking.is_zoomed:
                hints.append(Hint("cards.reset"))
        is_pinned = self.cursor < self.deck.pinned
        hints.append(Hint("cards.pin", "unpin" if is_pinned else "pin"))
        hints += [Hint("cards.larger"), Hint("cards.smaller")]
        hints += [Hint("cards.narrower"), Hint("cards.wider")]
        return (*hints, *((Hint("cards.link"),) if self.can_zoom else ()))

    # Keys that choose.

    def action_move(self, direction: Direction) -> None:
        page = self.page
        self.choose(page.rows.next_card(self.cursor, page.grid.rows, direction))

    def action_choose(self) -> None:
        if self.item is not None:
            drawn = self.drawn(self.cursor)
            self.post_message(self.Opened(self.item, drawn[0] if drawn else None))

    def action_failing(self, by: int) -> None:
        items, fails = self.deck.items, self.cards.fails
        for step in range(1, len(items) + 1):
            index = (self.cursor + by * step) % len(items)
            if fails(items[index]):
                self.choose(index)
                return
        self.app.notify("No card fails here.", timeout=3)

    def group(self) -> None:
        """Take the next grouping."""
        grouping = self.cards.next_grouping(checked_grouping(self.state.grouping))
        self.state = replace(self.state, grouping=grouping.value)
        self._arrange(None, item=self.item)

    # Keys that pin, move and resize.

    def action_pin(self) -> None:
        if self.item is None:
            return
        key, pins = self.cards.key(self.item), self.state.pins
        if key in pins:
            pins = tuple(pin for pin in pins if pin != key)
        else:
            pins = (*pins, key)
        self.state = replace(self.state, pins=pins)
        self._arrange(None, item=self.item)

    def action_shift(self, by: int) -> None:
        if self.item is None:
            return
        item, anchor = self.item, self.cursor + by
        other = self.deck.items[anchor] if 0 <= anchor < len(self.deck.items) else -1
        index = self.deck.swapped(self.cursor, by)
        if index is None:
            self.app.notify("A card moves within its group only.", timeout=3)
            return
        key, anchor_key = self.cards.key(item), self.cards.key(other)
        if index < self.deck.pinned:
            pins = [pin for pin in self.state.pins if pin != key]
            pins.insert(pins.index(anchor_key) + (by > 0), key)
            self.state = replace(self.state, pins=tuple(pins))
        else:
            moves = self.state.moved(Move(key, anchor_key, after=by > 0))
            self.state = replace(self.state, moves=moves)
        self.cursor = index
        self.relayout()

    def action_resize(self, by: int) -> None:
        size = self.state.size + by
        if 0 <= size < len(CARD_SIZES):
            self.state = replace(self.state, size=size)
            self.relayout()
        else:
            self.app.notify(
                f"These are the {'largest' if by > 0 else 'smallest'} cards.", timeout=3
            )

    def action_widen(self, by: int) -> None:
        if self.item is None:
            return
        key, most = self.cards.key(self.item), most_columns(self.size.width, self.state.size)
        span = min(self.state.span(key), most) + by
        if span < 1:
            self.app.notify("This card is as narrow as the others.", timeout=3)
        elif span > most or len(self.deck.items) == 1:
            self.app.notify("This card is as wide as the page.", timeout=3)
        else:
            self.state = self.state.with_span(key, span)
            self.relayout()

    # Keys that copy.

    def action_copy(self) -> None:
        from resim_inspect.tui.clipboard import copy
        from resim_inspect.tui.dashboard.card_frame import reading_of

        if self.item is None:
            return
        card, title = self.card_at(self.cursor), self.cards.title(self.item)
        cursor, is_read = self._cursor_of(self.cursor), self.linking.cursor is not None
        reading = reading_of(card, cursor, 10_000, theme_styles(self.app), is_read=is_read)
        words = "".join(text for text, _ in reading).strip()
        copy(self.app, f"{title.name}\t{title.word}\t{words}".strip())

    # Mouse.

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for slot, cells in enumerate(self.page.cells):
            if not cells.holds(offset.x, offset.y):
                continue
            event.stop()
            index = self.page.first + slot
            if event.chain >= 2 and index == self.cursor:
                self.action_choose()
                return
            self.choose(index)
            drawn = self.drawn(index)
            column, row = offset.x - cells.x - 1, offset.y - cells.y - 1
            at = None if drawn is None else drawn[0].picture.position_at(column, row)
            if drawn is not None and at is not None:
                from resim_inspect.charts.analysis.sample_steps import snap

                self._put_cursor(*drawn, snap(drawn[0].drawing.main, at))
            return

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move("page_up")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move("page_down")
