"""Differences from a reference in the table of a workspace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from resim_inspect.tui.workspace.jobs_table import JobsTable
from tests.tui.conftest import Shot, press, settle, started, text
from tests.tui.looks import WAYS, Look

SPEEDS = {
    "one": {"a": 30.0, "b": 41.5},
    "two": {"a": 30.25, "b": 44.5, "c": 20.0},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two workspaces: the speeds differ, one fails, and the second one has one more job."""
    for side, speeds in SPEEDS.items():
        for job, speed in speeds.items():
            build = DocumentBuilder()
            build.scalar("Max speed", speed, unit="m/s", status=_status(speed))
            build.scalar("Mass", 3.2, unit="kg" if side == "one" else "g")
            build.text("Notes", side)
            build.write(tmp_path / side / "jobs" / job / "outputs" / "metrics.binproto")
    return tmp_path


def _status(speed: float) -> str:
    return "FAIL_BLOCK" if speed > 42 else "PASSED"


async def test_a_workspace_is_the_reference_of_another(folder: Path) -> None:
    async with started(folder / "one") as pilot:
        await press(pilot, "B")
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await press(pilot, "enter")
        pilot.app.post_message(OpenRequested(folder / "two"))
        await settle(pilot)
        pilot.app.clear_notifications()
        shown = text(pilot)
        assert "Δ Max speed [m/s]" in shown
        assert "+0.25" in shown
        assert "+3 was ✓" in shown
        assert "new" in shown
        table = pilot.app.screen.query_one(JobsTable)
        await press(pilot, "j", *"llll")
        table.column = [column.key for column in table.columns].index("metric Max speed")
        assert table.cell == (
            "Max speed 44.5 m/s ✗ FAIL_BLOCK, +3 m/s from 41.5 m/s ✓ PASSED in the reference one"
        )
        await press(pilot, "v")
        assert re.search(r"44\.5 +\+3 was ✓", text(pilot))
        await press(pilot, "v")
        assert "Δ" not in text(pilot)
        await press(pilot, "v", "s")
        assert [row.name for row in table.shown] == ["b", "a", "c"]


async def test_a_job_is_the_reference_of_all_and_is_dropped(folder: Path) -> None:
    async with started(folder / "two") as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        await press(pilot, "B", "down", "enter")
        assert table.view is not None
        assert table.view.reference.job == "a"
        shown = text(pilot)
        assert "+14.25 was ✓" in shown
        assert "-10.25" in shown
        await press(pilot, "B", "down", "down", "enter")
        assert table.view is None
        assert "Δ" not in text(pilot)


async def test_without_a_reference_the_key_says_how_to_set_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(JobsTable, "notify", lambda _, text, **__: said.append(text))
    async with started(folder / "one") as pilot:
        await press(pilot, "v")
        assert said == ["No reference is set; B sets one."]


async def test_the_values_of_the_moment_are_the_reference(folder: Path) -> None:
    async with started(folder / "one") as pilot:
        await press(pilot, "B", "enter")
        build = DocumentBuilder()
        build.scalar("Max speed", 35.0, unit="m/s", status="PASSED")
        build.write(folder / "one" / "jobs" / "a" / "outputs" / "metrics.binproto")
        await press(pilot, "f5")
        assert "+5" in text(pilot)


@pytest.mark.parametrize("way", WAYS)
async def test_screen(way: str, folder: Path, shot: Shot, look: Look) -> None:
    async with started(folder / "two", look.size(), theme=look.theme) as pilot:
        await press(pilot, "B", "down", "enter", "v")
        pilot.app.clear_notifications()
        await settle(pilot)
        shot(pilot, f"workspace-reference-{way}")
