"""Rows of cards, of which some are several columns wide, and steps from card to card."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Direction = Literal["left", "right", "up", "down", "page_up", "page_down", "first", "last"]


class RowCard(NamedTuple):
    """A card in its row."""

    at: int
    """Index of the card."""
    column: int
    """First column of the card."""
    span: int
    """Number of its columns."""


class CardRows:
    """Cards in rows of so many columns; one that does not fit into a row begins the next one."""

    def __init__(self, count: int, columns: int, spans: Mapping[int, int] | None = None) -> None:
        """`spans`: number of columns, at least 2, of the cards at these indices."""
        self.count = count
        self.columns = columns
        self.spans = {} if spans is None else spans
        self.starts: Sequence[int] = self._starts() if self.spans else range(0, count, columns)
        """Index of the first card of each row."""

    def __len__(self) -> int:
        return len(self.starts)

    def _starts(self) -> list[int]:
        starts: list[int] = []
        index, used = 0, self.columns
        for wide in (*sorted(at for at in self.spans if at < self.count), self.count):
            # The cards of one column before the wide one.
            rows = range(index + self.columns - used, wide, self.columns)
            starts += rows
            used = wide - rows[-1] if rows else used + wide - index
            if wide == self.count:
                break
            span = self.span(wide)
            if used + span > self.columns:
                starts.append(wide)
                used = 0
            used += span
            index = wide + 1
        return starts

    def span(self, index: int) -> int:
        """Number of columns of a card."""
        return min(self.spans.get(index, 1), self.columns)

    def row_of(self, index: int) -> int:
        """Number of the row that a card is in."""
        return max(0, bisect_right(self.starts, index) - 1)

    def cards(self, row: int) -> list[RowCard]:
        """The cards of a row, from the left."""
        end = self.starts[row + 1] if row + 1 < len(self.starts) else self.count
        cards: list[RowCard] = []
        column = 0
        for index in range(self.starts[row], end):
            cards.append(RowCard(index, column, self.span(index)))
            column += self.span(index)
        return cards

    def next_card(self, index: int, page_rows: int, direction: Direction) -> int:
        """Index of the card that a key leads to from another one; -1 without cards.

        Left and right go on to the next row and page; up and down stay in their column.
        """
        if self.count <= 0:
            return -1
        last = self.count - 1
        steps = {"left": index - 1, "right": index + 1, "first": 0, "last": last}
        if direction in steps:
            return min(max(steps[direction], 0), last)
        row = self.row_of(index)
        by = {"up": -1, "down": 1, "page_up": -page_rows, "page_down": page_rows}[direction]
        if 0 <= row + by < len(self):
            column = next(card.column for card in self.cards(row) if card.at == index)
            # The row may be shorter: its last card is the nearest one.
            return [card.at for card in self.cards(row + by) if card.column <= column][-1]
        if direction in ("up", "down"):
            return index
        return 0 if by < 0 else last
