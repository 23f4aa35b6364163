"""One file of inputs that is opened by its own path."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.building.png import pad_picture, png
from resim_inspect.inputs.file_kinds import file_kind
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.inputs.preview_lines import PreviewLines
from resim_inspect.tui.inputs.records.record_list import RecordList
from resim_inspect.tui.inputs.view import FileTree, InputsView
from resim_inspect.tui.open.detect import DetectedPath, PathKind, detect
from resim_inspect.tui.widgets.chart.image_view import ImageView
from tests.tui.conftest import press, started, text

CONTENTS = {
    "flight.csv": b"time,speed\n0,1\n1,2\n",
    "flight.jsonl": b'{"time": 0}\n{"time": 1}\n',
    "flight.log": b"\x1b[31mred\n",
    "flight.bag": b"#ROSBAG V2.0\n",
    "flight.mcap": b"\x89MCAP0\r\n",
    "mission.JSON": b'{"name": "pier"}',
    "pad.png": png(*pad_picture(16, 12)),
    "empty.txt": b"",
}


@pytest.mark.parametrize("name", CONTENTS)
async def test_a_file_is_shown_as_among_the_inputs(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(CONTENTS[name])
    async with started(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, InputsScreen)
        view = screen.query_one(InputsView)
        assert not view.files.display or not view.get_child_by_id("tree-side").display
        shown = view.other_list()
        assert shown.has_focus
        assert shown.display
        rows = (".csv", ".jsonl", ".log", ".txt")
        kinds: dict[str, type[Widget]] = {**dict.fromkeys(rows, RecordList), ".png": ImageView}
        assert type(shown) is kinds.get(path.suffix, PreviewLines)
        assert f"{tmp_path.name}/{name}   {file_kind(path)}" in text(pilot)
        # The list can be brought back; a file keeps no contract.
        await press(pilot, "backslash")
        assert [entry.path for entry in screen.query_one(FileTree).entries] == [path]
        assert not screen.query_one("#input-findings", Static).display


async def test_no_build_runs_on_one_file(tmp_path: Path, notices: list[str]) -> None:
    path = tmp_path / "flight.csv"
    path.write_bytes(CONTENTS["flight.csv"])
    async with started(path) as pilot:
        assert " run" not in text(pilot).splitlines()[-1]
        await press(pilot, "R")
        assert notices == ["A build runs on a folder of inputs or on a job, not on one file."]


def test_only_files_that_are_there_and_known_are_inputs(tmp_path: Path) -> None:
    unknown, gone = tmp_path / "flight.dat", tmp_path / "gone.csv"
    unknown.write_bytes(b"")
    (tmp_path / "folder.csv").mkdir()
    for path in (unknown, gone):
        assert detect(path).kind is PathKind.METRICS
    link = tmp_path / "link.csv"
    (tmp_path / "flight.csv").write_bytes(b"a\n")
    link.symlink_to(tmp_path / "flight.csv")
    assert detect(link) == DetectedPath(PathKind.INPUTS, link, "a CSV file")
