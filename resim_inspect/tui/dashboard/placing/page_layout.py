"""Cells of the cards of one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from resim_inspect.tui.dashboard.placing.card_rows import CardRows

CARD_SIZES = ((25, 6), (37, 9), (58, 12), (10_000, 10_000))
"""Smallest width and height in cells of the cards of each size; of the last one fills a page."""
DEFAULT_SIZE = 1


class PageGrid(NamedTuple):
    """Cards of a page: their number across and down."""

    columns: int
    rows: int

    @property
    def slots(self) -> int:
        """Most cards on a page."""
        return self.columns * self.rows

    def pages(self, rows: int) -> int:
        """Number of pages of so many rows, at least 1."""
        return max(1, -(-rows // self.rows))


class Cells(NamedTuple):
    """Cells of a widget, from its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    def joined(self, other: Cells) -> Cells:
        """Join these cells with those of a neighbour on the right."""
        return self._replace(width=other.x + other.width - self.x)

    def holds(self, x: int, y: int) -> bool:
        """Return True for a cell inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def most_columns(width: int, size: int) -> int:
    """Number of cards of a size side by side in so many cells."""
    return max(1, width // CARD_SIZES[size][0])


def page_grid(
    room: tuple[int, int],
    size: int,
    count: int,
    spans: Mapping[int, int] | None = None,
    *,
    headings: bool,
) -> PageGrid:
    """The grid of a page of `room` = width and height in cells for cards of a size.

    `count`: number of all cards; where all of them fit on one page, they share its room.
    `spans`: columns of wide cards by index. `headings`: each row of cards may need a line of its
    own above it.
    """
    width, height = room
    columns = most_columns(width, size)
    rows = max(1, height // (CARD_SIZES[size][1] + headings))
    if 0 < count <= columns * rows:
        wide = {} if spans is None else spans
        fewer = min(columns, count + sum(min(span, columns) - 1 for span in wide.values()))
        needed = len(CardRows(count, fewer, wide))
        if needed <= rows:
            return PageGrid(fewer, needed)
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
