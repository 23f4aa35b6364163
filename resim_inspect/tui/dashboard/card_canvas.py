"""The cards of one page on the screen: drawn in a thread, only those in view."""

from __future__ import annotations

from textual import work
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.worker import Worker, WorkerState, get_current_worker

from resim_inspect.tui.dashboard.arrangement import Deck
from resim_inspect.tui.dashboard.bounded_drawing import samples_allowed
from resim_inspect.tui.dashboard.card_frame import (
    HEAVY,
    LIGHT,
    foot_line,
    frame_style,
    reading_of,
    title_line,
)
from resim_inspect.tui.dashboard.cards import Cards
from resim_inspect.tui.dashboard.linking import Clock, Linking, clock_of
from resim_inspect.tui.dashboard.page_view import PageView, page_view
from resim_inspect.tui.dashboard.painted_cards import (
    CardPlace,
    CardRequest,
    PaintedCard,
    PaintedCards,
    paint_batch,
)
from resim_inspect.tui.dashboard.placing.page_layout import Cells
from resim_inspect.tui.dashboard.state import DashboardState
from resim_inspect.tui.key_hints import unmatched_text
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.palette import palette_of
from resim_inspect.tui.widgets.chart.reading_line import lit_line
from resim_inspect.tui.widgets.chart.viewport import View, Window
from resim_inspect.tui.widgets.row_list import LineWidget, strip_of, text_line
from resim_inspect.tui.workers import Background

Wanted = tuple[tuple[CardRequest, PaintedCard | None], ...]
"""Pictures to be painted, each with one whose drawing may serve."""


class CardCanvas(Background, LineWidget, can_focus=True):
    """A page of cards, their frames, and the cursor over all that share a clock."""

    DEFAULT_CSS = "CardCanvas { height: 1fr; }"

    class BatchPainted(Message):
        """A thread has painted some of the cards that were wanted."""

        def __init__(self, cards: list[PaintedCard]) -> None:
            super().__init__()
            self.cards = cards

    class Changed(Message):
        """The chosen card, the page, the cursor or what is shown has changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, CardCanvas.Changed)

    class CardsRead(Message):
        """Cards have been drawn."""

        def __init__(self, cards: list[PaintedCard]) -> None:
            super().__init__()
            self.cards = cards

    def __init__(self, cards: Cards, state: DashboardState, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cards = cards
        self.state = state
        self.deck = Deck([], [], [])
        self.cursor = -1
        """Index of the chosen card; -1 without cards."""
        self.linking = Linking(linked_zoom=state.linked_zoom)
        self.y_window: Window | None = None
        """Range of the y axis of all cards; None for one of each card's own."""
        self.painted = PaintedCards()
        self.query_text = state.query
        self.query_error = ""
        self._busy = False
        self._page: PageView | None = None

    # The page.

    @property
    def page(self) -> PageView:
        """The page in view."""
        if self._page is None:
            wide = self._wide_cards()
            self._page = page_view(self.deck, self.state.size, self.size, self.cursor, wide)
        return self._page

    @property
    def page_number(self) -> int:
        """Number of the page in view, from 0."""
        return self.page.number

    def _wide_cards(self) -> dict[int, int]:
        """Columns of the cards that are wider than the others, by index."""
        items = {self.cards.item(key): span for key, span in self.state.spans}
        return {
            at: items[item]
            for at, item in enumerate(self.deck.items if items else ())
            if item in items
        }

    def relayout(self) -> None:
        """Work the page out again, and paint what is missing on it."""
        self._page = None
        self.refresh()
        self.post_message(self.Changed())
        # The frames are on the screen before the charts are worked out.
        self.call_after_refresh(self.ask)

    def choose(self, index: int) -> None:
        """Choose a card by its index; its page comes into view."""
        page, old = self.page, self.cursor
        self.cursor = index if 0 <= index < len(self.deck.items) else -1
        if not page.holds(self.cursor):
            self.relayout()
            return
        for changed in (old, self.cursor):
            cells = self.cells_of(changed)
            if cells is not None:
                self.refresh(Region(*cells))
        self.post_message(self.Changed())

    def cells_of(self, index: int) -> Cells | None:
        """Cells of a card; None for one out of view."""
        slot = index - self.page.first
        return self.page.cells[slot] if 0 <= slot < len(self.page.cells) else None

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # The cards.

    @property
    def item(self) -> int | None:
        """The item of the chosen card."""
        return self.deck.items[self.cursor] if 0 <= self.cursor < len(self.deck.items) else None

    def _place(self, index: int, cells: Cells) -> CardPlace:
        """Key of a card and the size of its picture."""
        key = self.cards.key(self.deck.items[index])
        return key, max(1, cells.width - 2), max(1, cells.height - 2)

    def card_at(self, index: int) -> PaintedCard | None:
        """The picture of a card in view; it may be of an older state. None until there is one."""
        cells = self.cells_of(index)
        return None if cells is None else self.painted.get(*self._place(index, cells))

    def _shown_at(self, index: int) -> PaintedCard | None:
        """The picture of a card, of another size until there is one of its own."""
        return self.card_at(index) or self.painted.drawn(self.cards.key(self.deck.items[index]))

    def drawn(self, index: int) -> tuple[PaintedCard, Clock | None] | None:
        """The picture of a card in view that is up to date, and its clock."""
        card = self.card_at(index)
        if card is None or card.request.source is not self.cards.source(self.deck.items[index]):
            return None
        return card, self.clock(card)

    @property
    def chosen_card(self) -> PaintedCard | None:
        """The picture of the chosen card if it is up to date; None until there is one."""
        drawn = self.drawn(self.cursor)
        return None if drawn is None else drawn[0]

    def clock(self, card: PaintedCard) -> Clock | None:
        """Clock of a card; None without one."""
        return clock_of(card.drawing.main, across_jobs=self.cards.across_jobs)

    def _wanted(self, index: int, cells: Cells) -> tuple[CardRequest, PaintedCard | None]:
        item = self.deck.items[index]
        key, width, height = self._place(index, cells)
        source = self.cards.source(item)
        known = self.painted.get(key, width, height)
        if known is None or known.request.source is not source:
            known = self.painted.drawn(key)
        window = None
        if known is not None and known.request.source is source:
            window = self.linking.window(key, self.clock(known))
        request = CardRequest(
            source,
            key,
            width,
            height,
            View(window, self.y_window),
            palette_of(self.app),
            samples_allowed(self.page.grid.slots),
        )
        return request, known

    def ask(self) -> None:
        """Request pictures of the cards in view that have none; one thread at a time paints."""
        if self._busy or not self.size.width or not self.size.height:
            return
        wanted = []
        for slot, cells in enumerate(self.page.cells):
            request, known = self._wanted(self.page.first + slot, cells)
            if known is None or not same_request(known.request, request):
                wanted.append((request, known))
        if wanted:
            self._busy = True
            self._paint(tuple(wanted))

    @work(thread=True, group="cards", exit_on_error=False, description="drawing the cards")
    def _paint(self, wanted: Wanted) -> None:
        worker = get_current_worker()
        self.post_message(self.BatchPainted(paint_batch(wanted, lambda: worker.is_cancelled)))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state in (WorkerState.ERROR, WorkerState.CANCELLED):
            self._busy = False

    def on_card_canvas_batch_painted(self, message: BatchPainted) -> None:
        message.stop()
        self._busy = False
        page = self.page
        places = {
            self._place(page.first + slot, cells): cells for slot, cells in enumerate(page.cells)
        }
        self.painted.put(message.cards, places)
        for card in message.cards:
            request = card.request
            cells = places.get((request.key, request.width, request.height))
            if cells is not None:
                self.refresh(Region(*cells))
        self.post_message(self.CardsRead(message.cards))
        self.post_message(self.Changed())
        self.ask()

    def forget(self) -> None:
        """Show no picture of before: the cards are of something else."""
        self.painted = PaintedCards()

    @property
    def is_painting(self) -> bool:
        """True while a thread paints cards."""
        return self._busy

    @property
    def linked_cards(self) -> int:
        """Number of cards in view that the cursor is on."""
        return sum(self._has_cursor(index) for index in self.indices)

    @property
    def indices(self) -> range:
        """Indices of the cards in view."""
        return range(self.page.first, self.page.first + len(self.page.cells))

    @property
    def cursor_text(self) -> str:
        """Position of the cursor as a card in view writes it: `8.420 s`; empty if none is on it."""
        from resim_inspect.charts.analysis.readout import position_text

        for index in self.indices:
            cursor, card = self._cursor_of(index), self.card_at(index)
            if cursor is not None and card is not None and self._has_cursor(index):
                return position_text(card.drawing.main, cursor)
        return ""

    def _has_cursor(self, index: int) -> bool:
        """Return True if the cursor is on what a card shows."""
        cursor, card = self._cursor_of(index), self.card_at(index)
        return cursor is not None and card is not None and card.picture.shows(cursor)

    def _cursor_of(self, index: int) -> float | None:
        """Position of the cursor on a card, axis units; None where there is none."""
        drawn = self.drawn(index)
        if drawn is None or drawn[0].picture.plot is None:
            return None
        return self.linking.cursor_x(drawn[0].request.key, drawn[1])

    # Looks.

    def empty_text(self) -> str:
        """Text where there are no cards."""
        if not self.query_text:
            return "nothing to show"
        noun = "job" if self.cards.across_jobs else "metric"
        return unmatched_text(noun, self.query_text, "dashboard.back")

    def render_line(self, y: int) -> Strip:
        base, width, page = self.base, self.size.width, self.page
        if not page.cells:
            styles = theme_styles(self.app)
            return text_line(self.empty_text(), y, width, base, styles.quiet)
        if y in page.heading_lines:
            return self._headings(page.headings[page.heading_lines.index(y)], width)
        parts = [
            self._card_line(page.first + slot, cells, y - cells.y)
            for slot, cells in enumerate(page.cells)
            if cells.y <= y < cells.y + cells.height
        ]
        return Strip.join(parts).crop_extend(0, width, base)

    def _headings(self, headings: dict[int, str], width: int) -> Strip:
        styles = theme_styles(self.app)
        parts = []
        ends = [*list(headings)[1:], width]
        at = 0
        for (x, text), end in zip(headings.items(), ends, strict=True):
            if x > at:
                parts.append(Strip.blank(x - at, self.base))
            parts.append(strip_of([(" " + text, styles.quiet)], end - x, self.base))
            at = end
        return Strip.join(parts)

    def _card_line(self, index: int, cells: Cells, row: int) -> Strip:
        styles, base, width = theme_styles(self.app), self.base, cells.width
        chosen, item = index == self.cursor, self.deck.items[index]
        frame = frame_style(styles, chosen=chosen, focused=self.has_focus)
        if row == 0:
            pinned = index < self.deck.pinned
            title = self.cards.title(item)
            pieces = title_line(title, width, styles, frame, chosen=chosen, pinned=pinned)
            return strip_of(pieces, width, base)
        card = self._shown_at(index)
        if row == cells.height - 1:
            cursor, is_read = self._cursor_of(index), self.linking.cursor is not None
            reading = reading_of(card, cursor, width - 4, styles, is_read=is_read)
            return foot_line(reading, width, base, frame, chosen=chosen)
        side = strip_of([((HEAVY if chosen else LIGHT)[3], frame)], 1, base)
        inner = Strip.blank(width - 2, base)
        if card is not None and row - 1 < len(card.strips):
            inner = card.strips[row - 1].apply_style(base).crop_extend(0, width - 2, base)
            inner = lit_line(inner, row - 1, self._cursor_of(index), card.picture, styles)
        return Strip.join([side, inner, side])


def same_request(request: CardRequest, other: CardRequest) -> bool:
    """Return True if both ask for the same picture of the same data."""
    return request.source is other.source and request[1:] == other[1:]
