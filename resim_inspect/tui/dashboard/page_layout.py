"""Cells of the cards of one page, and steps from card to card and from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

CARD_SIZES = ((25, 6), (37, 9), (58, 12), (10_000, 10_000))
"""Smallest width and height in cells of the cards of each size; of the last one fills a page."""
DEFAULT_SIZE = 1

Direction = Literal["left", "right", "up", "down", "page_up", "page_down", "first", "last"]


class PageGrid(NamedTuple):
    """Cards of a page: their number across and down."""

    columns: int
    rows: int

    @property
    def slots(self) -> int:
        """Most cards on a page."""
        return self.columns * self.rows

    def pages(self, count: int) -> int:
        """Number of pages of so many cards, at least 1."""
        return max(1, -(-count // self.slots))


class Cells(NamedTuple):
    """Cells of a widget, from its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Return True for a cell inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def page_grid(width: int, height: int, size: int, count: int, *, headings: bool) -> PageGrid:
    """The grid of a page of `width` × `height` cells for cards of a size.

    `count`: number of all cards; where all of them fit on one page, they share its room.
    `headings`: each row of cards may need a line of its own above it.
    """
    least_width, least_height = CARD_SIZES[size]
    columns = max(1, width // least_width)
    rows = max(1, height // (least_height + headings))
    if 0 < count <= columns * rows:
        columns = min(columns, count)
        rows = -(-count // columns)
    return PageGrid(columns, rows)


def shares(total: int, parts: int) -> list[tuple[int, int]]:
    """Start and length of each of so many parts of about the same length."""
    edges = [total * part // parts for part in range(parts + 1)]
    return [(low, high - low) for low, high in pairwise(edges)]


def card_cells(
    grid: PageGrid, width: int, height: int, headed: Sequence[bool]
) -> tuple[list[Cells], list[int | None]]:
    """Cells of each slot of a page, and for each row of cards the line of its headings.

    `headed`: for each row of cards, True if it has a line of headings above it.
    """
    room = max(grid.rows, height - sum(headed))
    across = shares(width, grid.columns)
    slots: list[Cells] = []
    heading_lines: list[int | None] = []
    shift = 0
    for row, (top, tall) in enumerate(shares(room, grid.rows)):
        is_headed = row < len(headed) and headed[row]
        heading_lines.append(top + shift if is_headed else None)
        shift += is_headed
        slots += [Cells(x, top + shift, wide, tall) for x, wide in across]
    return slots, heading_lines


def next_card(index: int, count: int, grid: PageGrid, direction: Direction) -> int:
    """Index of the card that a key leads to from another one; -1 without cards.

    Left and right go on to the next row and page; up and down stay in their column.
    """
    if count <= 0:
        return -1
    last = count - 1
    step = {
        "left": -1,
        "right": 1,
        "up": -grid.columns,
        "down": grid.columns,
        "page_up": -grid.slots,
        "page_down": grid.slots,
        "first": -count,
        "last": count,
    }[direction]
    wanted = index + step
    if direction == "up" and wanted < 0:
        return index
    if direction == "down" and wanted > last:
        # The last row may be shorter: its last card is the nearest one below.
        return last if last // grid.columns > index // grid.columns else index
    return min(max(wanted, 0), last)
