"""Cells of cards and steps between them."""

from __future__ import annotations

import pytest

from resim_inspect.tui.dashboard.placing.card_rows import CardRows, Direction
from resim_inspect.tui.dashboard.placing.page_layout import (
    CARD_SIZES,
    PageGrid,
    card_cells,
    page_grid,
)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((60, 17), (1, 1)), ((80, 21), (2, 2)), ((120, 37), (3, 3)), ((200, 57), (5, 5))],
)
def test_columns_follow_the_width(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert page_grid(size, 1, 1000, headings=True) == expected


@pytest.mark.parametrize("level", range(len(CARD_SIZES)))
@pytest.mark.parametrize("count", [0, 1, 2, 7, 1000])
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (24, 5), (60, 17), (133, 47)])
def test_cards_cover_the_page_and_nothing_twice(
    level: int, count: int, size: tuple[int, int]
) -> None:
    grid = page_grid(size, level, count, headings=True)
    assert grid.slots >= 1
    headed = [row % 2 == 0 for row in range(grid.rows)]
    cells, lines = card_cells(grid, *size, headed)
    assert len(cells) == grid.slots
    covered = [
        (x, y) for c in cells for x in range(c.x, c.x + c.width) for y in range(c.y, c.y + c.height)
    ]
    assert len(covered) == len(set(covered))
    assert all(x < max(1, size[0]) for x, _ in covered)
    taken = {line for line in lines if line is not None}
    assert not taken & {y for _, y in covered}
    if size[1] > grid.rows:
        assert len({y for _, y in covered} | taken) == size[1]


def test_few_cards_share_the_whole_page() -> None:
    assert page_grid((120, 37), 0, 1, headings=False) == (1, 1)
    assert page_grid((120, 37), 0, 3, headings=False) == (3, 1)


def test_the_largest_size_fills_a_page_with_one_card() -> None:
    assert page_grid((300, 100), len(CARD_SIZES) - 1, 50, headings=True) == (1, 1)


@pytest.mark.parametrize(
    ("index", "direction", "expected"),
    [
        (0, "left", 0),
        (2, "right", 3),
        (1, "up", 1),
        (4, "up", 1),
        (1, "down", 4),
        (8, "right", 9),
        (8, "down", 10),
        (10, "down", 10),
        (4, "page_down", 10),
        (10, "page_up", 1),
        (5, "first", 0),
        (5, "last", 10),
    ],
)
def test_steps(index: int, direction: Direction, expected: int) -> None:
    assert CardRows(11, 3).next_card(index, 3, direction) == expected


def test_no_card_leads_nowhere() -> None:
    assert CardRows(0, 3).next_card(0, 3, "down") == -1


def test_pages() -> None:
    assert [PageGrid(3, 3).pages(rows) for rows in (0, 1, 3, 4)] == [1, 1, 1, 2]
