"""State of a dashboard as JSON, and the line that tells it."""

from __future__ import annotations

import json

import pytest

from resim_inspect.tui.dashboard.state import (
    MAX_MOVES,
    MAX_SPANS,
    DashboardState,
    Move,
    Span,
    state_from_json,
)
from resim_inspect.tui.dashboard.status_line import GridStatus, status_text

FULL = DashboardState(
    pins=("Speed", "Speed\n2"),
    moves=(Move("a", "b"), Move("c", "a", after=True)),
    spans=(Span("Speed", 3), Span("a", 2)),
    size=2,
    page=7,
    linked_zoom=False,
    shared_scale=False,
    grouping="type",
    query="status:fail",
    metric="Speed",
)


def test_a_state_survives_json() -> None:
    assert state_from_json(json.loads(json.dumps(FULL.to_json()))) == FULL


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        "text",
        {"pins": 3, "moves": "abc", "size": 99, "page": -1, "linked_zoom": "no"},
        {"pins": [1, None], "moves": [["a"], ["a", "b", 1], [1, 2, True]], "size": 1.5},
        {"spans": [["a"], ["a", 1], [1, 2], ["a", True], ["a", "2"], ["a", 2.0], "ab", None]},
        {"spans": {"a": 2}},
        {"grouping": 3, "query": None, "metric": [], "other": 1},
    ],
)
def test_what_is_broken_takes_its_default(values: object) -> None:
    assert state_from_json(values) == DashboardState()


def test_of_several_moves_of_one_card_the_last_is_kept() -> None:
    state = DashboardState(moves=(Move("x", "y"), Move("a", "b")))
    assert state.moved(Move("a", "c")) == (Move("x", "y"), Move("a", "c"))
    assert state.moved(Move("x", "c")) == (*state.moves, Move("x", "c"))


def test_moves_are_bounded() -> None:
    state = DashboardState(moves=tuple(Move(str(at), "z") for at in range(MAX_MOVES)))
    assert len(state.moved(Move("new", "z"))) == MAX_MOVES


def test_a_card_has_one_width_and_few_are_kept() -> None:
    state = DashboardState().with_span("a", 2).with_span("b", 3).with_span("a", 4)
    assert state.spans == (Span("b", 3), Span("a", 4))
    assert (state.span("a"), state.span("b"), state.span("c")) == (4, 3, 1)
    assert state.with_span("b", 1).spans == (Span("a", 4),)
    for number in range(MAX_SPANS):
        state = state.with_span(str(number), 2)
    assert len(state.spans) == MAX_SPANS
    assert state.span("a") == 1


STATUS = GridStatus(9, 9, 50_000, 2, 1, 5_556, "by status", True, True, False, "8.420 s UTC", 7)


def test_the_line_has_what_is_in_view() -> None:
    assert status_text(STATUS, 200) == (
        "cards 10–18 of 50,000 · 8.420 s UTC on 7 cards · zoom in step (K) · page 2 of 5,556"
        " · by status · 2 pinned"
    )


def test_cards_without_an_axis_have_no_zoom() -> None:
    line = status_text(STATUS._replace(can_zoom=False), 200)
    assert "zoom" not in line
    assert "page 2" in line


@pytest.mark.parametrize("width", [0, 1, 10, 21, 22, 58, 80, 120])
def test_the_line_fits(width: int) -> None:
    assert len(status_text(STATUS, width)) <= width


def test_one_card_is_not_a_range() -> None:
    assert status_text(STATUS._replace(shown=1), 20) == "card 10 of 50,000"


def test_a_cursor_that_no_card_in_view_has_is_no_number_of_cards() -> None:
    line = status_text(STATUS._replace(cursor="cursor", linked=0), 100)
    assert "the cursor is on no card of this page" in line
    assert "0 cards" not in line
    assert "on 1 card " in status_text(STATUS._replace(linked=1), 100)
