"""Rows of cards of which some are wider, steps between them, and widening one in the dashboard."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.dashboard.arrangement import Deck
from resim_inspect.tui.dashboard.page_view import page_view
from resim_inspect.tui.dashboard.placing.card_rows import CardRows, Direction, RowCard
from resim_inspect.tui.dashboard.placing.page_layout import page_grid
from resim_inspect.tui.dashboard.state import Span
from tests.tui.conftest import keys, opened, press, text
from tests.tui.dashboard.test_dashboard import chosen, flight, grid

SPANS = st.dictionaries(st.integers(0, 60), st.integers(2, 9), max_size=12)


@given(count=st.integers(0, 60), columns=st.integers(1, 6), spans=SPANS)
def test_rows_are_filled_from_the_left_and_none_is_too_wide(
    count: int, columns: int, spans: dict[int, int]
) -> None:
    rows = CardRows(count, columns, spans)
    placed = [rows.cards(row) for row in range(len(rows))]
    assert [card.at for row in placed for card in row] == list(range(count))
    for number, row in enumerate(placed):
        assert row[0].column == 0
        for card, after in pairwise(row):
            assert after.column == card.column + card.span
        used = row[-1].column + row[-1].span
        assert used <= columns
        if number + 1 < len(placed):
            assert used + placed[number + 1][0].span > columns
        assert {rows.row_of(card.at) for card in row} == {number}


@given(count=st.integers(1, 60), columns=st.integers(1, 6), page=st.integers(1, 4), spans=SPANS)
def test_a_step_leads_to_a_card(count: int, columns: int, page: int, spans: dict[int, int]) -> None:
    rows = CardRows(count, columns, spans)
    ways: tuple[Direction, ...] = ("left", "right", "up", "down", "page_up", "page_down")
    for index in range(count):
        for way in ways:
            assert 0 <= rows.next_card(index, page, way) < count
        down = rows.next_card(index, page, "down")
        assert rows.row_of(down) == min(rows.row_of(index) + 1, len(rows) - 1)


def test_a_wide_card_begins_a_row_that_it_fits_into() -> None:
    rows = CardRows(5, 3, {2: 2})
    assert [rows.cards(row) for row in range(2)] == [
        [RowCard(0, 0, 1), RowCard(1, 1, 1)],
        [RowCard(2, 0, 2), RowCard(3, 2, 1)],
    ]
    assert rows.next_card(1, 9, "down") == 2
    assert rows.next_card(3, 9, "up") == 1


def test_few_cards_share_a_page_with_a_wide_one() -> None:
    assert page_grid((120, 37), 0, 3, {1: 2}, headings=False) == (4, 1)
    assert page_grid((120, 37), 3, 2, {1: 2}, headings=False) == (1, 1)


@given(width=st.integers(0, 200), height=st.integers(0, 60), spans=SPANS, cursor=st.integers(0, 60))
def test_cards_of_a_page_do_not_overlap(
    width: int, height: int, spans: dict[int, int], cursor: int
) -> None:
    page = page_view(Deck(list(range(61)), [], []), 0, (width, height), cursor, spans)
    assert page.holds(cursor)
    assert len(page.cells) >= 1
    taken = [
        (x, y) for c in page.cells for x in range(c.x, c.x + c.width) for y in range(c.y, c.y + 1)
    ]
    assert len(taken) == len(set(taken))
    assert all(x < max(1, width) for x, _ in taken)


async def test_a_card_is_widened_narrowed_and_kept(notices: list[str]) -> None:
    async with opened(flight(), (120, 40)) as pilot:
        await press(pilot, "D", "P")
        cards = grid(pilot)
        first, second = cards.page.cells[:2]
        assert first.width == second.width
        await press(pilot, "right_square_bracket")
        assert cards.page.cells[0].width == first.width + second.width
        assert cards.state.spans == (Span(chosen(pilot), 2),)
        card = cards.card_at(cards.cursor)
        assert card is not None
        assert card.request.width == cards.page.cells[0].width - 2, "painted in its width"
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert notices == ["This card is as wide as the page."]
        assert cards.page.cells[0].width == 120
        assert isinstance(pilot.app, InspectApp)
        [state] = pilot.app.dashboards.values()
        assert state.spans == (Span(chosen(pilot), 3),)
        await press(pilot, "escape", "D")
        assert grid(pilot).page.cells[0].width == 120
        await press(pilot, *["left_square_bracket"] * 3)
        assert notices[1:] == ["This card is as narrow as the others."]
        assert grid(pilot).state.spans == ()


async def test_cards_of_text_offer_no_zoom() -> None:
    build = DocumentBuilder("texts")
    for number in range(3):
        build.text(f"Text {number}", "words")
    async with opened(build) as pilot:
        await press(pilot, "D")
        assert "zoom" not in text(pilot)
        assert "K" not in keys(pilot)
