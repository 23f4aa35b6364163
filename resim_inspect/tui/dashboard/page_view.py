"""The page in view: cells of its cards, and the headings above them."""

from __future__ import annotations

from typing import NamedTuple

from resim_inspect.filtering.catalog import Heading
from resim_inspect.tui.dashboard.arrangement import Deck
from resim_inspect.tui.dashboard.page_layout import Cells, PageGrid, card_cells, page_grid


class PageView(NamedTuple):
    """The page in view."""

    grid: PageGrid
    first: int
    """Index of its first card."""
    cells: list[Cells]
    """Cells of its cards."""
    heading_lines: list[int | None]
    """For each row of cards the line of the headings above it."""
    headings: list[dict[int, str]]
    """For each row of cards the headings above it, by column of the screen."""


def page_view(deck: Deck, card_size: int, room: tuple[int, int], cursor: int) -> PageView:
    """The page that a card is on, in `room` = width and height in cells.

    `card_size`: index in `CARD_SIZES`; `cursor`: index of the card.
    """
    width, height = room
    has_headings, count = bool(deck.headings), len(deck.items)
    grid = page_grid(width, height, card_size, count, headings=has_headings)
    first = max(0, cursor) // grid.slots * grid.slots
    shown = min(grid.slots, count - first)
    headings: list[dict[int, str]] = [{} for _ in range(grid.rows)]
    for slot in range(shown if has_headings else 0):
        index = first + slot
        group = deck.group(index)
        if group is not None and (slot == 0 or index == deck.starts[group]):
            text = heading_text(deck.headings[group], is_first=index == deck.starts[group])
            headings[slot // grid.columns][slot % grid.columns] = text
    cells, lines = card_cells(grid, width, height, [bool(row) for row in headings])
    across = [cells[column].x for column in range(grid.columns)]
    placed = [{across[column]: text for column, text in row.items()} for row in headings]
    return PageView(grid, first, cells[: max(0, shown)], lines, placed)


def heading_text(heading: Heading, *, is_first: bool) -> str:
    """Heading of a group above its first card: `▾ ✗ FAIL_BLOCK 3`.

    `is_first`: the group begins here, not on a page before.
    """
    sign = f"{heading.status.symbol} " if heading.status is not None else ""
    words = f"▾ {sign}{heading.label} {heading.size:,}"
    return words if is_first else f"{words}, continued"
