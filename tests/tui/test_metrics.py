"""The list of metrics and the card: moving, filtering, grouping, jumping, reading."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from tests.tui.conftest import opened, press, text


def speeds() -> DocumentBuilder:
    build = DocumentBuilder("speeds")
    build.scalar("Max speed", 44.7, unit="m/s", status="FAIL_BLOCK", importance="HIGH", order=2)
    build.scalar("Mean speed", 12.5, unit="m/s", importance="LOW", order=1)
    build.scalar("Gust", 3.25, status="FAIL_WARN", tags={"kind": "wind"})
    build.text("Notes", "# Hello", should_display=False)
    return build


def names(metrics: MetricList) -> list[str]:
    return [metrics.session.catalog.names[p] for p in metrics.positions]


async def test_the_worst_stands_first_and_is_chosen() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        assert names(metrics) == ["Max speed", "Gust", "Mean speed", "Notes"]
        assert metrics.position == 0
        shown = text(pilot)
        assert "44.7 m/s" in shown
        assert "FAIL_BLOCK" in shown
        assert "hidden" in shown


async def test_keys_move_and_the_card_follows() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "j")
        assert metrics.position == 2
        assert "Gust" in str(pilot.app.screen.query_one(Card).chart.border_title)
        await press(pilot, "G")
        assert metrics.position == 3
        await press(pilot, "down")
        assert metrics.position == 3
        await press(pilot, "g")
        assert metrics.position == 0
        await press(pilot, "n")
        assert metrics.position == 2
        await press(pilot, "n")
        assert metrics.position == 0
        await press(pilot, "N")
        assert metrics.position == 2


async def test_grouping_goes_round_and_keeps_the_metric() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "j")
        seen = []
        for _ in range(5):
            await press(pilot, "b")
            seen.append(metrics.grouping)
            assert metrics.position == 2
        # No metric belongs to an event: that grouping is passed over.
        assert seen == [
            Grouping.IMPORTANCE,
            Grouping.TYPE,
            Grouping.TAG,
            Grouping.NONE,
            Grouping.STATUS,
        ]


async def test_the_filter_works_while_it_is_typed_and_escape_takes_it_away() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "slash", *"speed")
        assert names(metrics) == ["Max speed", "Mean speed"]
        assert "Metrics 2 of 4" in text(pilot)
        await press(pilot, *" status:pass")
        assert names(metrics) == ["Mean speed"]
        await press(pilot, "enter")
        assert pilot.app.focused is metrics
        await press(pilot, "escape")
        assert len(metrics.positions) == 4


async def test_a_wrong_filter_says_why_and_leaves_the_list() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "slash", *"colour:red")
        assert len(metrics.positions) == 4
        assert "no field colour" in text(pilot)


async def test_jump_finds_scattered_letters() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "J", *"mnsp")
        await press(pilot, "enter")
        assert metrics.position == 1


async def test_enter_opens_the_card_whole_and_escape_returns_to_the_last_one() -> None:
    async with opened(speeds(), (60, 20)) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        assert "44.7" in text(pilot)
        await press(pilot, "n")
        assert "3.25" in text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(MetricList).position == 2


async def test_a_click_chooses_and_a_second_opens(sample: Path) -> None:
    async with opened(sample) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        before = metrics.position
        await pilot.click(MetricList, offset=(8, 5))
        assert metrics.position not in (None, before)
        await pilot.double_click(MetricList, offset=(8, 5))
        await pilot.pause()
        assert isinstance(pilot.app.screen, CardScreen)


async def test_copying_a_row(tmp_path: Path) -> None:
    async with opened(speeds()) as pilot:
        await press(pilot, "y")
        assert pilot.app.clipboard == "Max speed\t44.7 m/s"
        assert (tmp_path / "resim-inspect-copy.txt").read_text() == "Max speed\t44.7 m/s"


async def test_hostile_names_stay_on_their_line() -> None:
    build = DocumentBuilder("hostile")
    build.scalar(
        "\x1b[31mred\x07\nnext [b]bold[/b] [@click=app.quit]x[/]",
        1.0,
        description="[red]\x1b]52;c;eA==\x07",
    )
    async with opened(build) as pilot:
        shown = text(pilot)
        assert "\x1b" not in shown
        assert "[b]bold[/b]" in shown
        await press(pilot, "enter", "escape", "d", "escape")
        assert pilot.app.is_running


async def test_a_document_without_metrics_opens() -> None:
    async with opened(DocumentBuilder("empty")) as pilot:
        assert "no metrics in this file" in text(pilot)
        await press(pilot, "enter", "n", "d", "x", "2", "3", "4", "escape")
        assert pilot.app.is_running
