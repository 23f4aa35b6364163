"""The page in view: cells of its cards, and the headings above them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from resim_inspect.filtering.catalog import Heading
from resim_inspect.tui.dashboard.arrangement import Deck
from resim_inspect.tui.dashboard.placing.card_rows import CardRows
from resim_inspect.tui.dashboard.placing.page_layout import Cells, PageGrid, card_cells, page_grid


class PageView(NamedTuple):
    """The page in view."""

    grid: PageGrid
    rows: CardRows
    """Rows of all cards."""
    number: int
    """Number of the page, from 0."""
    first: int
    """Index of its first card."""
    cells: list[Cells]
    """Cells of its cards."""
    heading_lines: list[int | None]
    """Line of the headings above each row of cards."""
    headings: list[dict[int, str]]
    """Headings above each row of cards, by column of the screen."""

    @property
    def pages(self) -> int:
        """Number of all pages."""
        return self.grid.pages(len(self.rows))

    def holds(self, index: int) -> bool:
        """Return True for a card on this page."""
        return self.first <= index < self.first + len(self.cells)


def page_view(
    deck: Deck,
    card_size: int,
    room: tuple[int, int],
    cursor: int,
    spans: Mapping[int, int] | None = None,
) -> PageView:
    """The page that a card is on, in `room` = width and height in cells.

    `card_size`: index in `CARD_SIZES`; `cursor`: index of the card; `spans`: columns of wide cards
    by index.
    """
    has_headings, count = bool(deck.headings), len(deck.items)
    grid = page_grid(room, card_size, count, spans, headings=has_headings)
    rows = CardRows(count, grid.columns, spans)
    number = rows.row_of(max(0, cursor)) // grid.rows
    in_view = range(number * grid.rows, min((number + 1) * grid.rows, len(rows)))
    placed = [rows.cards(row) for row in in_view]
    first = placed[0][0].at if placed else 0
    titles: list[dict[int, str]] = [{} for _ in range(grid.rows)]
    for row, cards in enumerate(placed if has_headings else ()):
        for card in cards:
            group = deck.group(card.at)
            begins = group is not None and card.at == deck.starts[group]
            if group is not None and (card.at == first or begins):
                titles[row][card.column] = heading_text(deck.headings[group], is_first=begins)
    whole, lines = card_cells(grid, *room, [bool(row) for row in titles])
    cells = [
        whole[row * grid.columns + card.column].joined(
            whole[row * grid.columns + card.column + card.span - 1]
        )
        for row, cards in enumerate(placed)
        for card in cards
    ]
    across = [whole[column].x for column in range(grid.columns)]
    headings = [{across[column]: text for column, text in row.items()} for row in titles]
    return PageView(grid, rows, number, first, cells, lines, headings)


def heading_text(heading: Heading, *, is_first: bool) -> str:
    """Heading of a group above its first card: `▾ ✗ FAIL_BLOCK 3`.

    `is_first`: the group begins here, not on a page before.
    """
    sign = f"{heading.status.symbol} " if heading.status is not None else ""
    words = f"▾ {sign}{heading.label} {heading.size:,}"
    return words if is_first else f"{words}, continued"
