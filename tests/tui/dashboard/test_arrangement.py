"""Order of cards with pins, groups and moves."""

from __future__ import annotations

from random import Random

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.filtering.catalog import Catalog, Grouping, Heading, View
from resim_inspect.tui.dashboard.arrangement import (
    OTHERS,
    PINNED,
    CardKeys,
    deck_of,
    replayed,
)
from resim_inspect.tui.dashboard.state import Move

GROUPED = View([-1, 4, 0, -2, 1, 2, 3], [Heading("a", 2), Heading("b", 3)], 5)


def test_groups_keep_their_order() -> None:
    deck = deck_of(GROUPED, [])
    assert deck.items == [4, 0, 1, 2, 3]
    assert deck.starts == [0, 2]
    assert [deck.group(index) for index in range(5)] == [0, 0, 1, 1, 1]


def test_pinned_cards_come_first_and_nowhere_else() -> None:
    deck = deck_of(GROUPED, [2, 4])
    assert deck.items == [2, 4, 0, 1, 3]
    assert deck.headings == [Heading(PINNED, 2), Heading("a", 1), Heading("b", 2)]
    assert deck.pinned == 2


def test_a_group_that_is_pinned_as_a_whole_has_no_heading() -> None:
    deck = deck_of(GROUPED, [0, 4])
    assert [heading.label for heading in deck.headings] == [PINNED, "b"]


def test_pins_head_a_list_without_groups() -> None:
    deck = deck_of(View([3, 1, 2], (), 3), [1])
    assert deck.items == [1, 3, 2]
    assert deck.headings == [Heading(PINNED, 1), Heading(OTHERS, 2)]
    assert deck_of(View([3, 1, 2], (), 3), []).headings == []
    assert deck_of(View(), []).items == []


def test_a_pinned_card_stays_where_the_filter_hides_it() -> None:
    assert deck_of(View([1], (), 1), [7]).items == [7, 1]


def test_cards_swap_within_their_group() -> None:
    deck = deck_of(GROUPED, [])
    assert deck.swapped(2, 1) == 3
    assert deck.items == [4, 0, 2, 1, 3]
    assert deck.swapped(1, 1) is None
    assert deck.swapped(0, -1) is None
    assert deck.swapped(4, 1) is None


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([], "abcd"),
        ([("d", "a", False)], "dabc"),
        ([("a", "c", True)], "bcad"),
        ([("a", "d", True), ("b", "a", True)], "cdab"),
        ([("a", "x", False), ("x", "a", True), ("b", "b", False)], "abcd"),
    ],
)
def test_moves_are_replayed(moves: list[tuple[str, str, bool]], expected: str) -> None:
    items = {"a": 0, "b": 1, "c": 2, "d": 3}
    order = replayed(range(4), [Move(*move) for move in moves], items.get)
    assert "".join("abcd"[item] for item in order) == expected


def test_keys_tell_metrics_of_one_name_apart() -> None:
    names = ["Speed", "Speed", "Height"]
    keys_of = CardKeys(names, {"Speed": 0, "Height": 2})
    keys = [keys_of.key(item) for item in range(len(names))]
    assert keys == ["Speed", "Speed\n2", "Height"]
    assert [keys_of.item(key) for key in keys] == [0, 1, 2]
    for unknown in ("Depth", "Speed\n3", "Speed\n0", "Speed\n-1", "Speed\n²", "\n2"):
        assert keys_of.item(unknown) is None


def test_a_catalog_groups_metrics_in_another_order() -> None:
    build = DocumentBuilder("order")
    for name in ("a", "b", "c"):
        build.scalar(name, 1.0, status="FAIL_WARN" if name == "b" else "PASSED")
    catalog = Catalog(build.document())
    assert catalog.view(Grouping.NONE, None, [2, 1, 0]).rows == [2, 1, 0]
    assert catalog.view(Grouping.STATUS, None, [2, 1, 0]).rows == [-1, 1, -2, 2, 0]
    assert catalog.view(Grouping.NONE, lambda position: position != 1, [2, 1, 0]).rows == [2, 0]
    assert catalog.next_grouping(Grouping.TYPE) is Grouping.NONE


def test_many_moves_are_those_of_a_list() -> None:
    random = Random(7)
    plain = list(range(30))
    moves = []
    for _ in range(500):
        item, anchor = random.sample(range(30), 2)
        after = random.random() < 0.5
        moves.append(Move(str(item), str(anchor), after))
        plain.remove(item)
        plain.insert(plain.index(anchor) + after, item)
    assert replayed(range(30), moves, int) == plain
    assert replayed([], moves, int) == []
