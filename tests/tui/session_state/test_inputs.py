"""Inputs come back with the file under the cursor, the unfolded folders and the layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.session_state.store import view_file
from tests.tui.conftest import press, settle
from tests.tui.session_state.test_restoring import app_on


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "job" / "inputs"
    for name in ("experience/scene.json", "logs/camera/first.txt", "logs/flight.txt"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    return folder


def view_of(pilot: Pilot[Any]) -> InputsView:
    return pilot.app.screen.query_one(InputsView)


def names(pilot: Pilot[Any]) -> list[str]:
    return [entry.path.name for entry in view_of(pilot).files.entries]


async def go_to(pilot: Pilot[Any], name: str) -> None:
    view_of(pilot).files.cursor = names(pilot).index(name)
    await settle(pilot)


async def test_an_inputs_folder_comes_back_as_it_was_left(inputs: Path) -> None:
    async with app_on(inputs) as pilot:
        first = names(pilot)
        await go_to(pilot, "experience")
        await press(pilot, "enter")
        await go_to(pilot, "camera")
        await press(pilot, "enter", "greater_than_sign")
        await go_to(pilot, "first.txt")
        width, shown = view_of(pilot).side_width, names(pilot)
        assert "scene.json" not in shown
    async with app_on(inputs) as pilot:
        assert names(pilot) == shown
        entry = view_of(pilot).files.entry
        assert entry is not None
        assert entry.path.name == "first.txt"
        assert view_of(pilot).side_width == width
    (inputs / "logs/camera/first.txt").unlink()
    async with app_on(inputs) as pilot:
        assert names(pilot) == [name for name in shown if name != "first.txt"]
        await go_to(pilot, "experience")
        await press(pilot, "enter")
        await go_to(pilot, "camera")
        await press(pilot, "enter")
        assert [name for name in first if name != "first.txt"] == names(pilot)


async def test_paths_of_a_foreign_view_open_nothing(inputs: Path, tmp_path: Path) -> None:
    async with app_on(inputs) as pilot:
        first = names(pilot)
        await go_to(pilot, "logs")
        await press(pilot, "enter")
    file = view_file(inputs)
    kept = json.loads(file.read_text())
    pane = kept["view"]["panes"]["inputs"]
    pane["item"] = {"name": "../../outside", "id": "", "position": 0}
    pane["unfolded"] = ["logs", "../..", "/etc", 7, "experience"]
    (tmp_path / "outside").write_text("")
    file.write_text(json.dumps(kept))
    async with app_on(inputs) as pilot:
        assert names(pilot) == first
        assert view_of(pilot).files.cursor == 0
