"""The list at the side: its width, hiding it, and the members of a group beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.data.data_list import DataList
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.group_table import GroupTable
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.row_list import RowList
from tests.tui.conftest import keys, opened, press, settle, text


def flight() -> DocumentBuilder:
    """Two warnings with a range, and a block with a limit."""
    build = DocumentBuilder("flight")
    clock = build.times("clock", [0.0, 1.0, 2.0, 3.0])
    for name, unit, values in (
        ("Speed over time", "m/s", [2.5, 89.4, 40.0, 3.0]),
        ("Altitude over time", "m", [0.0, 178.8, 100.0, 3.0]),
    ):
        data = build.doubles(name.lower(), values, unit=unit, index=clock)
        state = build.statuses(f"{name} status", ["PASSED", "FAIL_WARN"] * 2, index=clock)
        build.double_over_time(name, [(data, state)], status="FAIL_WARN", limits=[(44.5, None)])
    build.scalar("Top speed", 89.4, unit="m/s", status="FAIL_BLOCK", fails_above=80.0)
    build.scalar("Flights", 3.0)
    return build


def side(pilot: Pilot[Any]) -> MetricList:
    return pilot.app.screen.query_one(MetricList)


@pytest.mark.parametrize(("pane", "find"), [("1", MetricList), ("2", DataList)])
async def test_keys_change_the_width_and_hide_the_list(pane: str, find: type[RowList]) -> None:
    async with opened(flight(), (120, 40)) as pilot:
        await press(pilot, pane)
        list_ = pilot.app.screen.query_one(find)
        before = list_.outer_size.width
        await press(pilot, "greater_than_sign")
        wider = list_.outer_size.width
        assert wider > before
        await press(pilot, "less_than_sign", "less_than_sign")
        assert list_.outer_size.width < before
        await press(pilot, *["less_than_sign"] * 20)
        smallest = list_.outer_size.width
        assert 20 <= smallest < before
        await press(pilot, *["greater_than_sign"] * 40)
        assert smallest < list_.outer_size.width <= 120 - 20
        await press(pilot, "backslash")
        assert not list_.is_on_screen
        assert pilot.app.focused is not None
        assert pilot.app.focused is not list_
        assert "\\ show list" in text(pilot)
        await press(pilot, "backslash")
        assert list_.is_on_screen
        assert pilot.app.focused is list_


async def test_the_chosen_width_lasts_while_panes_and_size_change() -> None:
    async with opened(flight(), (120, 40)) as pilot:
        list_ = side(pilot)
        await press(pilot, "greater_than_sign", "greater_than_sign")
        chosen = list_.outer_size.width
        await press(pilot, "2", "1", "enter", "escape")
        assert list_.outer_size.width == chosen
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert list_.outer_size.width == 60
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert list_.outer_size.width == chosen
        await press(pilot, "backslash")
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        # Without a card beside it, the list is all there is.
        assert list_.is_on_screen
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert not list_.is_on_screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_frame_of_the_list_names_the_keys(size: tuple[int, int]) -> None:
    async with opened(flight(), size) as pilot:
        assert r"< > width · \ hide" in text(pilot)
        await press(pilot, "backslash")
        assert "\\" in keys(pilot)
    async with opened(flight(), (60, 20)) as pilot:
        assert "< > width" not in text(pilot)


async def test_failing_metrics_are_reached_while_the_list_is_hidden() -> None:
    async with opened(flight(), (80, 24)) as pilot:
        await press(pilot, "backslash", "n")
        card = pilot.app.screen.query_one(Card)
        assert "Altitude over time" in str(card.chart.border_title)
        assert pilot.app.focused is card.chart
        # Nothing is left to leave but the document.
        await press(pilot, "escape")
        assert pilot.app.focused is card.chart


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_heading_shows_its_members(size: tuple[int, int]) -> None:
    async with opened(flight(), size) as pilot:
        await press(pilot, "j", "space")
        table = pilot.app.screen.query_one(GroupTable)
        assert table.is_on_screen
        shown = text(pilot)
        assert "FAIL_WARN · 2 metrics" in shown
        for part in ("2.5 … 89.4 m/s", "0 … 178.8 m", "> 44.5 m"):
            assert part in shown, part
        await press(pilot, "k", "space")
        assert "> 80" in text(pilot)
        assert "89.4 m/s" in text(pilot)
        await press(pilot, "space")
        assert not table.is_on_screen


@pytest.mark.parametrize("width", [80, 90, 100, 120, 200])
async def test_numbers_of_a_group_are_never_cut(width: int, sample: Path) -> None:
    async with opened(sample, (width, 24)) as pilot:
        await press(pilot, "j", "j", "space")
        shown = text(pilot)
        for part in ("1.399 … 10.439 m", "fails", "< 2 m", "> 3 m", "4.1 m", "7 states"):
            assert part in shown, part


async def test_a_member_opens_and_leads_back_to_the_group() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "j", "space", "tab")
        table = pilot.app.screen.query_one(GroupTable)
        assert pilot.app.focused is table
        await press(pilot, "y")
        assert pilot.app.clipboard == "FAIL_WARN\tAltitude over time\t0 … 178.8 m\t> 44.5 m"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        await press(pilot, "pagedown")
        assert "Speed over time" in text(pilot)
        await press(pilot, "escape")
        assert table.is_on_screen
        assert table.cursor == 1
        await press(pilot, "escape")
        assert side(pilot).has_focus


async def test_a_group_keeps_up_with_the_filter_and_a_hidden_list() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "j", "space", "tab", "backslash")
        table = pilot.app.screen.query_one(GroupTable)
        assert pilot.app.focused is table
        await press(pilot, "n")
        assert isinstance(pilot.app.focused, ChartView)
        await press(pilot, "backslash", "space", "slash", *"alti")
        assert list(table.positions) == [1]


async def test_about_takes_the_rows_of_its_text_only() -> None:
    build = flight()
    build.scalar("Very long", 1.0, description=" ".join(["word"] * 600), status="FAIL_BLOCK")
    async with opened(build, (120, 40)) as pilot:
        about = pilot.app.screen.query_one("#details-box")
        # Status and limit in one line, between the lines of the frame.
        assert about.outer_size.height == 3
        await press(pilot, "j")
        assert about.outer_size.height <= 10


async def test_a_scalar_in_full_is_read_and_copied_in_all_digits() -> None:
    build = DocumentBuilder("thirds")
    build.scalar("Third", 1 / 3, unit="m", fails_above=0.5)
    for size in ((60, 20), (120, 40)):
        async with opened(build, size) as pilot:
            await press(pilot, "enter")
            assert "0.3333333333333333 m" in text(pilot)
            await press(pilot, "y")
            assert pilot.app.clipboard == "0.3333333333333333 m"
