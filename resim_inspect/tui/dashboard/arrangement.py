"""Order of cards: pinned ones first, then groups, with the cards that were moved in their place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from resim_inspect.filtering.catalog import Heading, View
from resim_inspect.tui.dashboard.state import Move

PINNED = "★ pinned"
"""Heading of pinned cards, and their mark."""
OTHERS = "not pinned"
"""Heading of the other cards of a list without groups."""


class Deck(NamedTuple):
    """All cards in their order. An item is the number of a metric or job in its source."""

    items: list[int]
    starts: list[int]
    """Index of the first card of each group, ascending; the first is 0. None without groups."""
    headings: list[Heading]
    """Heading of each group."""
    pinned: int = 0
    """Number of pinned cards, which come first."""

    def group(self, index: int) -> int | None:
        """Number of the group of a card; None without groups."""
        return bisect_right(self.starts, index) - 1 if self.starts else None

    def index_of(self, item: int) -> int | None:
        """Index of the first card of an item; None if it has none."""
        try:
            return self.items.index(item)
        except ValueError:
            return None

    def swapped(self, index: int, by: int) -> int | None:
        """Swap a card with its neighbour of the same group, in place.

        Return the neighbour's index; None if no neighbour exists.
        """
        other = index + by
        outside = not (0 <= index < len(self.items) and 0 <= other < len(self.items))
        if outside or self.group(index) != self.group(other):
            return None
        items = self.items
        items[index], items[other] = items[other], items[index]
        return other


def deck_of(view: View, pinned: Sequence[int]) -> Deck:
    """The cards of the rows of a list: pinned items first, and nowhere else.

    Groups whose cards are all pinned are left out.
    """
    first = set(pinned)
    groups: list[tuple[Heading, Sequence[int]]] = []
    if pinned:
        groups.append((Heading(PINNED, len(pinned)), pinned))
    row = 0
    for heading in view.headings or (Heading(OTHERS, len(view.rows)),):
        row += bool(view.headings)
        members = view.rows[row : row + heading.size]
        row += heading.size
        if first:
            members = [item for item in members if item not in first]
        if members:
            groups.append((heading._replace(size=len(members)), members))
    items: list[int] = []
    starts: list[int] = []
    for _, members in groups:
        starts.append(len(items))
        items += members
    if not view.headings and not pinned:
        return Deck(items, [], [])
    return Deck(items, starts, [heading for heading, _ in groups], len(pinned))


def replayed(
    order: Sequence[int], moves: Iterable[Move], item_of: Callable[[str], int | None]
) -> list[int]:
    """The order with moves applied, the earliest first; those of unknown cards are left out.

    Takes linear time, however many moves there are: each relinks three neighbours.
    """
    # A ring with the end -1 between the last item and the first one.
    following = dict(pairwise((-1, *order, -1)))
    preceding = dict(zip(following.values(), following.keys(), strict=True))
    for move in moves:
        item, anchor = item_of(move.key), item_of(move.anchor)
        if item is None or anchor is None or item == anchor:
            continue
        if item not in following or anchor not in following:
            continue
        before, after = preceding[item], following[item]
        following[before], preceding[after] = after, before
        before = anchor if move.after else preceding[anchor]
        after = following[before]
        following[before], preceding[after] = item, item
        preceding[item], following[item] = before, after
    items: list[int] = []
    item = following[-1]
    while item != -1:
        items.append(item)
        item = following[item]
    return items


class CardKeys:
    """Keys of items: their names; of the second and later ones of a name with their number."""

    def __init__(self, names: Sequence[str], first: Mapping[str, int]) -> None:
        """`first`: the first item of each name."""
        self._names = names
        self._first = first
        self._same: dict[str, list[int]] = {}
        """Items of the names that occur more than once, ascending."""
        # Names differ in most files: 50,000 of them are not worth a list each.
        if len(first) != len(names):
            for item, name in enumerate(names):
                if first[name] != item:
                    self._same.setdefault(name, [first[name]]).append(item)

    def key(self, item: int) -> str:
        """Key of an item."""
        name = self._names[item]
        same = self._same.get(name)
        number = 0 if same is None else bisect_left(same, item)
        return name if number == 0 else f"{name}\n{number + 1}"

    def item(self, key: str) -> int | None:
        """The item that a key names; None if it does not exist."""
        if key in self._first:
            return self._first[key]
        name, _, number = key.rpartition("\n")
        same = self._same.get(name, ())
        at = int(number) - 1 if number.isascii() and number.isdecimal() and len(number) < 9 else -1
        return same[at] if 0 < at < len(same) else None
