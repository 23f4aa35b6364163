"""The dashboard of a document in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.dashboard import bounded_drawing
from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.dashboard.linking import SharedCursor
from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import GoTo
from tests.tui.conftest import opened, press, settle, text
from tests.tui.state_pilot import until


def flight(count: int = 4) -> DocumentBuilder:
    """Curves on one clock, one on a clock of dates, and numbers of each status."""
    build = DocumentBuilder("dashboard")
    clock = build.times("clock", [0.1 * at for at in range(50)])
    dates = build.times("dates", [1_700_000_000 + 0.1 * at for at in range(50)])
    for number in range(count):
        values = [float(number * 100 + at) for at in range(50)]
        data = build.doubles(f"speed {number}", values, unit="m/s", index=clock)
        fine = build.statuses(f"speed {number} ok", ["PASSED"] * 50, index=clock)
        build.double_over_time(f"Speed {number}", [(data, fine)], status="PASSED")
    data = build.doubles("dated", [float(at) for at in range(50)], unit="m", index=dates)
    fine = build.statuses("dated ok", ["PASSED"] * 50, index=dates)
    build.double_over_time("Dated", [(data, fine)], status="PASSED")
    build.scalar("Broken", 7.0, unit="m", status="FAIL_BLOCK", fails_above=5)
    build.scalar("[red]Hostile\x1b[31m", 1.0, status="FAIL_WARN")
    return build


def grid(pilot: Pilot[Any]) -> CardGrid:
    return pilot.app.screen.query_one(CardGrid)


def names(pilot: Pilot[Any]) -> list[str]:
    """Names on the cards, in their order."""
    cards = grid(pilot)
    return [cards.cards.title(item).name for item in cards.deck.items]


def chosen(pilot: Pilot[Any]) -> str:
    cards = grid(pilot)
    assert cards.item is not None
    return cards.cards.title(cards.item).name


def without_axes() -> DocumentBuilder:
    """Cards of a text and of a number, which have no axis."""
    build = DocumentBuilder("flat")
    build.text("Notes", "calm")
    build.scalar("Peak", 7.0)
    return build


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("z", "No card in view has an axis to zoom."),
        ("K", "No card in view has an axis to zoom."),
        ("0", "No card in view is zoomed; none has an axis to zoom."),
        ("comma", "No card in view is zoomed; none has an axis to zoom."),
        ("shift+right", "No card in view has an axis to read."),
    ],
)
async def test_a_key_without_effect_on_cards_without_axes_says_why(
    key: str, words: str, notices: list[str]
) -> None:
    async with opened(without_axes()) as pilot:
        await press(pilot, "D")
        await until(pilot, lambda: grid(pilot).drawn(0) is not None)
        await press(pilot, key)
        assert notices == [words]


async def test_a_key_on_a_card_without_an_axis_says_what_it_did_to_the_others(
    notices: list[str],
) -> None:
    async with opened(flight(), (120, 60)) as pilot:
        await press(pilot, "D")
        await until(pilot, lambda: not grid(pilot).is_painting and grid(pilot).can_zoom)
        assert chosen(pilot) == "Broken"
        await press(pilot, "z")
        assert notices[-1] == "This card has nothing to zoom; the charts in view are zoomed."
        assert grid(pilot).linking.is_zoomed
        await press(pilot, "full_stop", "K")
        assert "nothing to zoom; the charts in view are panned" in notices[-2]
        assert "nothing to zoom; each chart zooms on its own" in notices[-1]
        await press(pilot, "0", "0")
        assert notices[-1] == "No card in view is zoomed; z zooms in."


async def test_a_filter_that_hides_all_cards_is_named_with_the_key_that_clears_it() -> None:
    async with opened(flight(), (60, 20)) as pilot:
        await press(pilot, "D", "slash", *"name:no-such-metric-in-this-file-at-all", "enter")
        lines = [line.strip() for line in text(pilot).splitlines()]
        at = lines.index("No metric matches the filter")
        assert lines[at : at + 2] == [
            "No metric matches the filter",
            '"name:no-such-metric-in-this-file-at-all"; Esc clears it.',
        ]
        await press(pilot, "escape")
        assert "Broken" in text(pilot)


async def test_a_card_that_the_filter_hides_is_shown_without_it() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "D", "slash", *"name:Speed", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, MetricsDashboard)
        screen.post_message(GoTo("metric", screen.session.catalog.names.index("Broken")))
        await settle(pilot)
        assert chosen(pilot) == "Broken"
        assert [box.input.value for box in screen.filter_boxes()] == [""]


async def test_cards_show_status_name_and_chart() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "D")
        assert isinstance(pilot.app.screen, MetricsDashboard)
        shown = text(pilot)
        assert "✗ FAIL_BLOCK Broken" in shown
        assert "✓ PASSED Speed 0" in shown
        assert "fails above 5 m" in shown
        assert "smallest 0 m/s" in shown
        assert "cards 1–7 of 7" in shown
        assert "[red]Hostile�[31m" in shown


async def test_the_cursor_is_read_on_all_charts_of_a_clock_and_on_no_other() -> None:
    async with opened(flight(), (120, 40)) as pilot:
        await press(pilot, "D", "b", "b", "b", "b", "g", *["right"] * 3)
        while chosen(pilot) != "Speed 2":
            await press(pilot, "right")
        await press(pilot, "L", "L")
        cursor = grid(pilot).linking.cursor
        assert isinstance(cursor, SharedCursor)
        at = round(cursor.time / 1e8)
        shown = text(pilot)
        for number in range(4):
            assert f"{number * 100 + at} m/s" in shown
        # The chart of dates says nothing: neither a value at this time nor its extremes.
        assert "largest 49 m" not in shown
        assert "on 4 cards" in shown
        await press(pilot, "escape")
        assert "largest 49 m" in text(pilot)


async def test_zoom_is_kept_in_step_until_it_is_not_linked() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "D", "slash", *"name:Speed", "enter", "z")
        windows = {card.request.view.window for card in _painted(pilot)}
        assert len(windows) == 1
        assert None not in windows
        await press(pilot, "K", "z")
        windows = {card.request.view.window for card in _painted(pilot)}
        assert len(windows) == 2
        assert "zoom of each card (K)" in text(pilot)
        await press(pilot, "K")
        assert len({card.request.view.window for card in _painted(pilot)}) == 1
        await press(pilot, "0")
        assert {card.request.view.window for card in _painted(pilot)} == {None}


def _painted(pilot: Pilot[Any]) -> list[Any]:
    cards = grid(pilot)
    drawn = [cards.drawn(cards.page.first + slot) for slot in range(len(cards.page.cells))]
    return [one[0] for one in drawn if one is not None]


async def test_pins_and_moves_keep_to_names_through_a_rewrite(tmp_path: Path) -> None:
    path = flight().write(tmp_path / "metrics.binproto")
    async with opened(path) as pilot:
        await press(pilot, "D", "G", "P")
        pinned = chosen(pilot)
        assert names(pilot)[0] == pinned
        assert "★ pinned" in text(pilot)
        await press(pilot, "right", "right", "right", "greater_than_sign")
        order, moved = names(pilot), chosen(pilot)
        build = DocumentBuilder("other")
        build.scalar("New", 1.0, status="FAIL_BLOCK")
        for name in sorted(order):
            build.scalar(name, 2.0, status="PASSED")
        build.write(path)
        document = pilot.app.screen_stack[0]
        assert isinstance(document, DocumentScreen)
        document.start_reload()
        await until(pilot, lambda: "New" in names(pilot))
        await settle(pilot)
        assert names(pilot)[0] == pinned
        assert chosen(pilot) == moved
        after = names(pilot)
        assert after.index(moved) == after.index(order[order.index(moved) - 1]) + 1
        assert "27 m/s" not in text(pilot)


async def test_the_state_outlives_the_screen(tmp_path: Path) -> None:
    path = flight().write(tmp_path / "metrics.binproto")
    async with opened(path) as pilot:
        await press(pilot, "D", "P", "plus", "K")
        kept = chosen(pilot)
        await press(pilot, "escape", "D")
        assert names(pilot)[0] == kept
        assert not grid(pilot).linking.linked_zoom
        app = pilot.app
        assert isinstance(app, InspectApp)
        state = app.dashboards[str(path)]
        assert (state.pins, state.size, state.linked_zoom) == ((kept,), 2, False)
        await press(pilot, "P")
        assert app.dashboards[str(path)].pins == ()


async def test_enter_opens_the_metric_and_escape_comes_back() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "D", "G", "left", "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        await press(pilot, "pagedown", "escape")
        assert isinstance(pilot.app.screen, MetricsDashboard)
        last = chosen(pilot)
        await press(pilot, "escape")
        metrics = pilot.app.screen.query_one(MetricList)
        assert metrics.position is not None
        assert metrics.session.catalog.names[metrics.position] == last


async def test_the_filter_and_grouping_are_those_of_the_list() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "b", "b", "slash", *"speed", "enter", "D")
        assert names(pilot) == [f"Speed {number}" for number in range(4)]
        assert "by type" in text(pilot)
        await press(pilot, "escape")
        assert len(names(pilot)) == 7
        screen = pilot.app.screen
        assert isinstance(screen, MetricsDashboard)
        screen.set_filter("status:nonsense")
        assert len(names(pilot)) == 7
        assert grid(pilot).query_error


async def test_pages_and_a_state_that_asks_for_one() -> None:
    async with opened(flight(60), (80, 24)) as pilot:
        await press(pilot, "D", "g", "pagedown", "pagedown")
        assert "page 3 of" in text(pilot)
        first = grid(pilot).page.first
        assert grid(pilot).cursor == first
        await press(pilot, "G")
        cards = grid(pilot)
        assert cards.cursor == len(cards.deck.items) - 1
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert cards.cells_of(cards.cursor) is not None
        assert "card 63 of 63" in text(pilot)


async def test_cards_keep_their_pictures_until_those_of_a_new_size_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened(flight(), (120, 40)) as pilot:
        await press(pilot, "D")
        assert "drawing…" not in text(pilot)
        with monkeypatch.context() as context:
            context.setattr(CardGrid, "ask", lambda self: None)
            await pilot.resize_terminal(100, 30)
            await settle(pilot)
            assert grid(pilot).card_at(0) is None
            assert "drawing…" not in text(pilot)
            assert "smallest 0 m/s" in text(pilot)
        grid(pilot).ask()
        await settle(pilot)
        assert grid(pilot).card_at(0) is not None


async def test_a_click_selects_and_reads_a_second_one_opens() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "D")
        cards = grid(pilot)
        index = next(i for i, one in enumerate(names(pilot)) if one == "Speed 1")
        cells = cards.cells_of(index)
        assert cells is not None
        offset = (cells.x + cells.width // 2, cells.y + cells.height // 2)
        await pilot.click(CardGrid, offset=offset)
        await settle(pilot)
        assert chosen(pilot) == "Speed 1"
        assert cards.linking.cursor is not None
        await pilot.click(CardGrid, offset=offset, times=2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, CardScreen)


async def test_a_series_that_is_too_long_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_drawing, "CARD_SAMPLES", 20)
    async with opened(flight()) as pilot:
        await press(pilot, "D")
        shown = " ".join(text(pilot).split())
        assert "This card has 100 samples" in shown
        assert "✗ FAIL_BLOCK" in shown


async def test_two_metrics_of_one_name_are_pinned_apart() -> None:
    build = DocumentBuilder("twins")
    build.scalar("Speed", 1.0, unit="m/s", status="PASSED")
    build.scalar("Speed", 2.0, unit="m/s", status="PASSED")
    async with opened(build) as pilot:
        await press(pilot, "D", "G", "P")
        assert grid(pilot).deck.items == [1, 0]
        assert grid(pilot).deck.pinned == 1


async def test_an_empty_document_says_so() -> None:
    async with opened(DocumentBuilder("empty")) as pilot:
        await press(pilot, "D", "P", "L", "z", "enter", "n", "greater_than_sign", "y", "G", "K")
        assert "nothing to show" in text(pilot)


async def test_cards_take_the_colours_of_a_new_theme() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "D")
        assert {card.request.palette.name for card in _painted(pilot)} == {"dark"}
        pilot.app.theme = "resim-light"
        await settle(pilot)
        assert {card.request.palette.name for card in _painted(pilot)} == {"light"}


async def test_the_command_palette_opens_the_dashboard() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "ctrl+p", *"dashboard", "enter")
        assert isinstance(pilot.app.screen, MetricsDashboard)
