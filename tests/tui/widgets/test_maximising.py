"""Maximising: the box with the focus fills the screen, goes along with the focus, and is kept."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from resim_inspect.building.sample import write_sample
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.document.data.data_list import DataList
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.jump.screen import JumpScreen
from resim_inspect.tui.runs.runs_screen import RunsScreen
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.maximising import box_around
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import Shot, keys, opened, press
from tests.tui.looks import WAYS, Look
from tests.tui.session_state.test_restoring import app_on
from tests.tui.test_keymap import state

HOSTS = {
    "metrics": DocumentScreen,
    "data": DocumentScreen,
    "events": DocumentScreen,
    "findings": DocumentScreen,
    "inputs": DocumentScreen,
    "workspace": WorkspaceScreen,
    "comparison": ComparisonScreen,
    "run": RunsScreen,
    "inputs folder": InputsScreen,
}
"""States with boxes, and their screens."""


def focused(pilot: Pilot[Any]) -> Widget:
    widget = pilot.app.focused
    assert widget is not None
    return widget


def box(pilot: Pilot[Any]) -> Widget:
    """The box around the focus."""
    around = box_around(focused(pilot))
    assert around is not None
    return around[1]


def fills(pilot: Pilot[Any], widget: Widget) -> bool:
    """Return True if a widget has all lines of the screen but the last one."""
    width, height = pilot.app.size
    return widget.region == Region(0, 0, width, height - 1)


@pytest.mark.parametrize("name", HOSTS)
async def test_the_box_with_the_focus_fills_the_screen(name: str, tmp_path: Path) -> None:
    async with state(name, tmp_path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, HOSTS[name])
        before = {widget: widget.region for widget in screen.walk_children(Widget)}
        boxes = {around[1] for each in screen.focus_chain if (around := box_around(each))}
        for restore, _ in zip(cycle(("M", "escape")), boxes, strict=False):
            assert not fills(pilot, box(pilot))
            await press(pilot, "M")
            assert fills(pilot, box(pilot))
            assert focused(pilot).region.area
            assert "M" in keys(pilot)
            assert "Esc" not in keys(pilot)
            await press(pilot, restore)
            assert {each: each.region for each in before if each.is_mounted} == before
            assert pilot.app.screen is screen
            await press(pilot, "tab")


async def test_the_box_goes_along_with_the_focus(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "M")
        assert isinstance(focused(pilot), MetricList)
        await press(pilot, "tab")
        chart = focused(pilot)
        assert isinstance(chart, ChartView)
        assert fills(pilot, chart)
        await press(pilot, "shift+tab")
        assert fills(pilot, box(pilot))
        assert isinstance(focused(pilot), MetricList)
        await press(pilot, "backslash")
        assert fills(pilot, chart)
        await press(pilot, "M", "backslash")
        assert isinstance(focused(pilot), MetricList)


async def test_esc_in_a_field_belongs_to_the_field(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "M", "tab", "slash", "s", "p")
        assert fills(pilot, box(pilot)), "the field is in the box of the list"
        await press(pilot, "escape")
        assert isinstance(focused(pilot), MetricList)
        assert fills(pilot, box(pilot))
        await press(pilot, "4", "M", "slash", "x")
        # The field of this pane is in neither of its boxes.
        assert focused(pilot).region.area
        await press(pilot, "escape")
        assert fills(pilot, box(pilot))


async def test_each_pane_is_maximised_by_itself(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "tab", "M", "2")
        assert isinstance(focused(pilot), DataList)
        assert not fills(pilot, box(pilot))
        await press(pilot, "1")
        assert fills(pilot, focused(pilot)), "the chart, as it was left"
        await press(pilot, "greater_than_sign", "M")
        assert not fills(pilot, focused(pilot))


async def test_jump_mode_has_labels_in_the_box_alone(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "2", "tab", "M")
        table = focused(pilot)
        await press(pilot, "ctrl+g")
        screen = pilot.app.screen
        assert isinstance(screen, JumpScreen)
        assert [target.widget for target in screen.targets] == [table]


async def test_a_maximised_box_is_kept_with_the_view(tmp_path: Path) -> None:
    metrics = write_sample(tmp_path / "flight" / "outputs")
    (tmp_path / "flight" / "inputs" / "logs").mkdir(parents=True)
    async with app_on(metrics) as pilot:
        await press(pilot, "tab", "M", "5", "greater_than_sign", "M", "1")
    async with app_on(metrics, (80, 24)) as pilot:
        assert isinstance(focused(pilot), ChartView)
        assert fills(pilot, focused(pilot))
        await press(pilot, "5")
        assert fills(pilot, box(pilot))
        await press(pilot, "1", "escape")
    async with app_on(metrics) as pilot:
        assert isinstance(focused(pilot), MetricList)
        assert not fills(pilot, box(pilot))


async def test_a_screen_without_boxes_says_so(sample: Path, notices: list[str]) -> None:
    async with opened(sample) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, MainScreen)
        screen.set_focus(None)
        screen.action_maximise()
        assert notices == ["Nothing here can fill the screen."]


@pytest.mark.parametrize("way", WAYS)
async def test_pictures(way: str, sample: Path, shot: Shot, look: Look) -> None:
    async with opened(sample, look.size(), theme=look.theme) as pilot:
        await press(pilot, "2", "M")
        shot(pilot, f"data-list-{way}")
        await press(pilot, "tab")
        shot(pilot, f"data-{way}")
