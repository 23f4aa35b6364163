"""Opening: detection of a path's kind, the open screen, inputs, and errors."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.png import pad_picture, png
from resim_inspect.errors import UnreadableError
from resim_inspect.tui.app import InspectApp, run_app
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.inputs.files import FileEntry, list_folder, preview, read_inputs
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.inputs.view import FileTree, InputsView
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.open import screen as open_screen
from resim_inspect.tui.open.detect import PathKind, detect
from resim_inspect.tui.open.recent import complete, read_recent, remember
from resim_inspect.tui.open.screen import OpenScreen, RecentList
from resim_inspect.tui.user_state import state_file
from tests.tui.conftest import Shot, press, settle, started, text
from tests.tui.state_pilot import until


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A job's folder: inputs with several kinds of files, outputs."""
    root = tmp_path / "flight-017"
    logs, experience = root / "inputs" / "logs", root / "inputs" / "experience"
    logs.mkdir(parents=True)
    experience.mkdir()
    (logs / "samples.csv").write_text("time,speed\n0.0,1.5\n0.1,22.25\n")
    (logs / "state.json").write_text('{"mode": "CRUISE", "list": [1, 2]}')
    (logs / "broken.json").write_text("{")
    (logs / "raw.bin").write_bytes(bytes(range(64)))
    (logs / "evil.txt").write_text("\x1b[31mred\x07\tend")
    (logs / "pad.png").write_bytes(png(*pad_picture(16, 12)))
    (experience / "deep").mkdir()
    (experience / "deep" / "route.txt").write_text("north\n")
    build = DocumentBuilder("job")
    build.scalar("Max speed", 44.7, unit="m/s")
    build.write(root / "outputs" / "metrics.binproto")
    return root


def test_kinds_of_paths(job: Path, tmp_path: Path) -> None:
    metrics = job / "outputs" / "metrics.binproto"
    assert detect(metrics) == (PathKind.METRICS, metrics, "a metrics file", job / "inputs")
    assert detect(job / "outputs").description == "an outputs folder"
    assert detect(job).path == metrics
    assert detect(job / "inputs").description == "inputs of job mode"
    metrics.unlink()
    assert detect(job).kind is PathKind.INPUTS
    batch = tmp_path / "b" / "inputs"
    batch.mkdir(parents=True)
    (batch / "batch_metrics_config.json").write_text("{}")
    assert detect(batch).description == "inputs of batch mode"
    (tmp_path / "w" / "jobs" / "a" / "inputs").mkdir(parents=True)
    assert detect(tmp_path / "w").kind is PathKind.WORKSPACE
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UnreadableError, match="without metrics files"):
        detect(tmp_path / "nothing")


def test_previews(job: Path) -> None:
    logs = job / "inputs" / "logs"

    def lines(name: str) -> tuple[str, ...]:
        path = logs / name
        return preview(FileEntry(path, 0, False, path.stat().st_size)).lines

    def rows(name: str) -> list[tuple[str, ...]]:
        contents = preview(FileEntry(logs / name, 0, False, 0)).rows
        assert contents is not None
        return [row.cells for row in contents[1].rows]

    assert rows("samples.csv") == [("0.0", "1.5"), ("0.1", "22.25")]
    assert '  "mode": "CRUISE",' in lines("state.json")
    assert lines("broken.json")[0].startswith("not valid JSON")
    assert lines("raw.bin")[1].startswith("00000000  00 01 02")
    assert rows("evil.txt") == [("\x1b[31mred\x07\tend",)]
    assert preview(FileEntry(logs / "pad.png", 0, False, 9)).image


def test_links_and_pipes_are_not_followed(job: Path) -> None:
    logs = job / "inputs" / "logs"
    (logs / "link").symlink_to("/etc/passwd")
    os.mkfifo(logs / "pipe")
    notes = {entry.path.name: entry for entry in list_folder(logs, frozenset())}
    assert preview(notes["link"]).lines == ("a symbolic link, not followed",)
    assert preview(notes["pipe"]).lines == ("a pipe",)


def test_the_token_of_a_batch_is_masked(tmp_path: Path) -> None:
    config = tmp_path / "batch_metrics_config.json"
    config.write_text(json.dumps({"authToken": "s3cret", "apiURL": "ftp://x", "batchID": "no"}))
    entry = list_folder(tmp_path, frozenset())[0]
    assert "s3cret" not in "\n".join(preview(entry).lines)
    rules = {finding.rule for finding in read_inputs(tmp_path, frozenset()).findings}
    assert {"config-url", "config-uuid", "config-no-project"} <= rules


def test_recent_paths_are_saved_and_limited(tmp_path: Path, job: Path) -> None:
    assert read_recent() == []
    for path in (job, tmp_path, job):
        remember(path)
    assert read_recent() == [job, tmp_path]
    if os.name == "posix":
        assert stat.S_IMODE(state_file("recent").stat().st_mode) == 0o600
        assert stat.S_IMODE(state_file("recent").parent.stat().st_mode) == 0o700
    state_file("recent").write_text('{"paths": 7}')
    assert read_recent() == []
    state_file("recent").write_text("half")
    remember(job)
    assert read_recent() == [job]


def test_paths_complete(job: Path) -> None:
    base = str(job)
    assert complete(base + "/inp") == base + "/inputs/"
    assert complete(base + "/inputs/logs/s") == base + "/inputs/logs/samples.csv"
    assert complete(base + "/inputs/logs/sta") == base + "/inputs/logs/state.json"
    assert complete(base + "/zzz") is None
    assert complete("\0") is None
    assert complete("") is None


async def type_in(pilot: Pilot[Any], path: str) -> None:
    """Fill the field with a path, its last letters by keys: each key looks for completions."""
    pilot.app.screen.query_one(Input).insert_text_at_cursor(path[:-3])
    await pilot.press(*path[-3:])


async def test_the_open_screen_opens_a_typed_path(job: Path) -> None:
    async with started(None) as pilot:
        assert isinstance(pilot.app.screen, OpenScreen)
        await press(pilot, "slash")
        await type_in(pilot, str(job / "outputs"))
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert read_recent() == [job / "outputs" / "metrics.binproto"]
        await press(pilot, "ctrl+o")
        assert isinstance(pilot.app.screen, OpenScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)


async def test_an_error_is_one_sentence_and_the_app_keeps_running(tmp_path: Path) -> None:
    async with started(None) as pilot:
        for wrong in ("/nothing/here", str(tmp_path), "~no-such-user/a"):
            await press(pilot, "slash")
            await type_in(pilot, wrong)
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, OpenScreen)
            await press(pilot, "ctrl+a", "ctrl+k")
        assert pilot.app.is_running


async def test_a_path_is_typed_while_the_lists_are_read(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(job)
    read = threading.Event()
    monkeypatch.setattr(open_screen, "read_details", lambda _: read.wait(60) and {})
    app = InspectApp(None, watch=False)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpenScreen))
        await pilot.press("slash", "o")
        read.set()
        await until(pilot, lambda: app.screen.query_one(RecentList).count == 1)
        await pilot.press("q")
        field = app.screen.query_one(Input)
        assert (app.focused, field.value) == (field, "oq")


async def test_a_narrow_open_screen_has_no_recent_paths(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(job)
    remember(job)
    async with started(None, (60, 20)) as pilot:
        assert pilot.app.focused is pilot.app.screen.query_one(FileTree)
        assert not pilot.app.screen.query_one(RecentList).display
    async with started(None) as pilot:
        assert pilot.app.focused is pilot.app.screen.query_one(RecentList)


async def test_a_document_is_open_once_however_it_is_named(job: Path) -> None:
    async with started(job / "outputs" / "metrics.binproto") as pilot:
        for path in (job, job / "outputs", job):
            pilot.app.post_message(OpenRequested(path))
            await settle(pilot)
        assert isinstance(pilot.app, InspectApp)
        assert len(pilot.app.documents.names) == 1
        assert len(pilot.app.documents.recency) == 1


async def test_a_working_folder_that_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    async with started(None) as pilot:
        await press(pilot, "backspace")
        assert isinstance(pilot.app.screen, OpenScreen)


async def test_a_working_folder_that_is_made_again(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(job)
    async with started(Path("outputs")) as pilot:
        shutil.rmtree(job)
        await press(pilot, *"234", "D", "escape", "C", "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)
        build = DocumentBuilder("job")
        build.scalar("Min speed", 2.0)
        build.write(job / "outputs" / "metrics.binproto")
        await press(pilot, "f5", "1")
        assert "Min speed" in text(pilot)


async def test_a_user_without_a_home(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job)
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "getuid", lambda: 987_654)
    async with started(None) as pilot:
        await press(pilot, "j", "o")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert read_recent() == []
        await press(pilot, "q")
    assert sorted(path.name for path in job.iterdir()) == ["inputs", "outputs"]


async def test_folders_unfold(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job)
    async with started(None) as pilot:
        tree = pilot.app.screen.query_one(FileTree)
        assert [entry.path.name for entry in tree.entries] == ["inputs", "outputs"]
        await press(pilot, "j", "enter")
        assert "metrics.binproto" in [entry.path.name for entry in tree.entries]
        await press(pilot, "j", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)


async def test_a_folder_that_is_read_late_replaces_no_later_one(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(job)
    old = frozenset[Path]()
    async with started(None) as pilot:
        screen, tree = pilot.app.screen, pilot.app.screen.query_one(FileTree)
        await press(pilot, "j", "enter")
        names = [entry.path.name for entry in tree.entries]
        assert "metrics.binproto" in names
        entries = list_folder(Path(), old)
        screen.post_message(OpenScreen.FoldersRead(Path(), old, entries, (), {}))
        await settle(pilot)
        assert [entry.path.name for entry in tree.entries] == names
    async with started(job / "inputs") as pilot:
        view = pilot.app.screen.query_one(InputsView)
        names = [entry.path.name for entry in view.files.entries]
        assert "deep" in names
        view.post_message(InputsView.InputsRead(read_inputs(job / "inputs", old)))
        await settle(pilot)
        assert [entry.path.name for entry in view.files.entries] == names


async def test_a_screen_that_cannot_be_closed_says_why(job: Path, notices: list[str]) -> None:
    async with started(job) as pilot:
        await press(pilot, "ctrl+w")
        assert notices == ["Nothing else is open; q quits the app."]
        await press(pilot, "ctrl+o", "ctrl+w")
        assert notices[1:] == ["This screen is not a document; Esc goes back."]
        assert isinstance(pilot.app.screen, OpenScreen)


async def test_the_inputs_beside_a_document(job: Path) -> None:
    async with started(job) as pilot:
        await press(pilot, "5")
        tree = pilot.app.screen.query_one(FileTree)
        names = [entry.path.name for entry in tree.entries]
        assert names[:3] == ["experience", "deep", "logs"]
        while tree.entry is None or tree.entry.path.name != "samples.csv":
            await press(pilot, "down")
        assert "22.25" in text(pilot)
        assert "Enter read" in text(pilot)
        await press(pilot, "g")
        assert "Enter fold" in text(pilot)
        await press(pilot, "enter")
        assert "Enter unfold" in text(pilot)
        assert len(tree.entries) == len(names) - 1
        await press(pilot, "enter", "tab")
        assert "Tab files" in text(pilot)


async def test_an_inputs_folder_on_its_own(job: Path) -> None:
    (job / "inputs" / "notes.txt").write_text("?")
    async with started(job / "inputs") as pilot:
        assert isinstance(pilot.app.screen, InputsScreen)
        shown = text(pilot)
        assert "inputs of job mode" in shown
        assert "Contract · 1 finding" in shown


async def test_without_inputs_the_pane_names_the_expected_folder(tmp_path: Path) -> None:
    DocumentBuilder("alone").write(tmp_path / "alone.binproto")
    async with started(tmp_path / "alone.binproto") as pilot:
        await press(pilot, "5", "escape", "1")
        assert pilot.app.is_running


def test_a_missing_file_ends_before_the_app_starts(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        run_app(tmp_path / "none.binproto")


async def test_inputs_screen(job: Path, shot: Shot) -> None:
    """The other forms of this screen are pages of the gallery."""
    async with started(job) as pilot:
        await press(pilot, "5", "G")
        shot(pilot, "inputs-120x40")


async def test_open_screen(job: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other forms of this screen are pages of the gallery."""
    monkeypatch.chdir(job)
    # The picture must not depend on a path of the machine.
    monkeypatch.setattr("resim_inspect.tui.open.screen.Path.absolute", lambda path: path)
    async with started(None) as pilot:
        await press(pilot, "j", "enter")
        shot(pilot, "open-120x40")
