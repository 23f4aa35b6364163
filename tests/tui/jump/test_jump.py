"""Jump mode: labels on every screen and dialog, typing one, leaving, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.jump.labels import labels
from resim_inspect.tui.jump.screen import JumpScreen
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.dialogs import ChecklistDialog
from tests.tui.conftest import Shot, opened, press, started


def jumping(pilot: Pilot[Any]) -> JumpScreen:
    screen = pilot.app.screen
    assert isinstance(screen, JumpScreen)
    return screen


def check_labels(screen: JumpScreen) -> None:
    """Check that each label is in view on its widget, and none on another one."""
    shown = list(screen.query(Static))
    assert [str(each.content).strip() for each in shown] == screen.labels
    regions = [each.region for each in shown]
    assert all(screen.region.contains_region(region) for region in regions)
    assert not any(
        region.overlaps(other) for at, region in enumerate(regions) for other in regions[:at]
    )
    for region, target in zip(regions, screen.targets, strict=True):
        assert target.widget.region.contains_point(region.offset)


async def test_a_label_focuses_its_widget(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "ctrl+g")
        screen = jumping(pilot)
        check_labels(screen)
        kinds = [type(target.widget) for target in screen.targets]
        assert kinds[:2] == [MetricList, ChartView]
        await press(pilot, screen.labels[1])
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert isinstance(pilot.app.focused, ChartView)


@pytest.mark.parametrize("key", ["escape", "ctrl+g", "q", "space", "f5"])
async def test_other_keys_leave_the_focus_where_it_is(key: str) -> None:
    build = DocumentBuilder("one")
    build.scalar("a", 1.0)
    async with opened(build) as pilot:
        before = pilot.app.focused
        await press(pilot, "ctrl+g")
        jumping(pilot)
        await press(pilot, key)
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert pilot.app.focused is before


async def test_it_works_in_dialogs_and_closes_when_the_terminal_changes(sample: Path) -> None:
    async with opened(sample) as pilot:
        await pilot.app.push_screen(ChecklistDialog("Some", ["a"], {0}, lambda _: None))
        await press(pilot, "ctrl+g")
        check_labels(jumping(pilot))
        await press(pilot, "a")
        assert isinstance(pilot.app.screen, ChecklistDialog)
        await press(pilot, "ctrl+g")
        await pilot.resize_terminal(90, 30)
        await press(pilot)
        await pilot.pause(0.2)
        assert isinstance(pilot.app.screen, ChecklistDialog)


@pytest.mark.parametrize("keys", [("2",), ("3",), ("4",), ("enter",), ("D",), ("B",), ("slash",)])
async def test_every_screen_has_labels(keys: tuple[str, ...], sample: Path) -> None:
    async with opened(sample, (80, 24)) as pilot:
        await press(pilot, *keys, "ctrl+g")
        screen = jumping(pilot)
        check_labels(screen)
        assert screen.targets


async def test_a_screen_of_its_own(tmp_path: Path) -> None:
    async with started(None) as pilot:
        await press(pilot, "ctrl+g")
        screen = jumping(pilot)
        check_labels(screen)
        await press(pilot, screen.labels[0])
        assert pilot.app.focused is screen.targets[0].widget


def test_labels_are_short_different_and_leave_taken_keys_out() -> None:
    assert labels(3) == ["a", "s", "d"]
    assert "a" not in "".join(labels(400, frozenset("a")))
    assert len(set(labels(400))) == 400
    assert {len(label) for label in labels(400)} == {2}


async def test_pictures(sample: Path, shot: Shot) -> None:
    """The other forms of this screen are pages of the gallery."""
    async with opened(sample) as pilot:
        await press(pilot, "3", "ctrl+g")
        shot(pilot, "labels-120x40")
