"""Groups of the list: folded and unfolded by key and mouse, through filters and rewrites."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.metrics.metric_list import MetricList
from tests.tui.conftest import Shot, opened, press, settle, text


def document() -> DocumentBuilder:
    build = DocumentBuilder("folding")
    for number in range(3):
        build.scalar(f"Good {number}", float(number))
    build.scalar("Bad", 1.0, status="FAIL_BLOCK")
    build.scalar("Odd", 1.0, status="FAIL_WARN")
    return build


def names(metrics: MetricList) -> list[str]:
    return [metrics.session.catalog.names[position] for position in metrics.positions]


async def test_a_key_folds_the_group_of_the_cursor_and_unfolds_it() -> None:
    async with opened(document()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "G", "space")
        assert names(metrics) == ["Bad", "Odd"]
        assert metrics.position is None
        assert "▸✓ PASSED 3" in text(pilot)
        await press(pilot, "up")
        assert names(metrics)[-1] == "Odd"
        assert metrics.position is not None
        await press(pilot, "down", "enter")
        assert names(metrics) == ["Bad", "Odd", "Good 0", "Good 1", "Good 2"]
        assert metrics.session.catalog.names[metrics.position or 0] == "Good 0"


async def test_a_click_on_a_heading_folds() -> None:
    async with opened(document()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await pilot.click(MetricList, offset=(6, 1))
        await settle(pilot)
        assert names(metrics) == ["Odd", "Good 0", "Good 1", "Good 2"]
        await pilot.click(MetricList, offset=(6, 1))
        await settle(pilot)
        assert names(metrics)[0] == "Bad"


async def test_folds_outlive_filters_groupings_and_rewrites(tmp_path: Path) -> None:
    path = document().write(tmp_path / "metrics.binproto")
    async with opened(path) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "G", "space", "slash", *"o", "enter")
        assert names(metrics) == ["Odd"]
        await press(pilot, "escape")
        assert names(metrics) == ["Bad", "Odd"]
        await press(pilot, *["b"] * 4)
        assert names(metrics) == ["Bad", "Odd"]
        more = document()
        more.scalar("Good 3", 3.0)
        more.write(path)
        await press(pilot, "f5")
        assert "PASSED 4" in text(pilot)
        assert names(metrics) == ["Bad", "Odd"]


async def test_going_to_a_metric_unfolds_its_group_only() -> None:
    async with opened(document()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "space", "down", "space", "down", "space")
        assert names(metrics) == []
        await press(pilot, "J", *"good1", "enter")
        assert names(metrics) == ["Good 0", "Good 1", "Good 2"]
        assert metrics.session.catalog.names[metrics.position or 0] == "Good 1"
        await press(pilot, "n")
        assert metrics.session.catalog.names[metrics.position or 0] == "Bad"
        await press(pilot, "n")
        assert metrics.session.catalog.names[metrics.position or 0] == "Odd"


async def test_a_folded_group_as_a_picture(sample: Path, shot: Shot) -> None:
    async with opened(sample, (80, 24)) as pilot:
        await press(pilot, "G", "space")
        shot(pilot, "folded-80x24")
