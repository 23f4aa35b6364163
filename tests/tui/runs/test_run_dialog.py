"""The dialog that starts a run: its builds, its plan, and the call that it makes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.runs import run_dialog
from resim_inspect.tui.runs.known_builds import remember_build
from resim_inspect.tui.runs.run_dialog import RunDialog
from resim_inspect.tui.runs.run_plan import Plan, PlannedJob, read_plan
from resim_inspect.tui.runs.run_request import BuildChoice, BuildKind, RunRequest
from resim_inspect.tui.runs.runs_screen import RunsScreen
from tests.tui.conftest import Shot, press, settle, started, text
from tests.tui.looks import WAYS, Look
from tests.tui.runs.run_harness import TYPED_COMMAND, make_jobs
from tests.tui.state_pilot import until

STARTS_SOON = "The run starts when the plan is there."


PROJECT = """
default-build = "flight"
[build.desk]
command = "python build.py"
[build.flight]
image = "flight:dev"
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with three jobs; every plan is the same, and is read at once."""
    monkeypatch.chdir(tmp_path)

    def plan(request: RunRequest, **_: Any) -> Plan:
        kept = "kept: nothing that it depends on has changed"
        jobs = [PlannedJob("one", "would run"), PlannedJob("two", kept), PlannedJob("three", kept)]
        return Plan(request, tuple(jobs))

    monkeypatch.setattr(run_dialog, "read_plan", plan)
    monkeypatch.setattr(run_dialog, "PLAN_DELAY", 0.01)
    return make_jobs(tmp_path / "flights", "one", "three", "two")


def dialog(pilot: Pilot[Any]) -> RunDialog:
    """The dialog in view."""
    screen = pilot.app.screen
    assert isinstance(screen, RunDialog)
    return screen


async def planned(pilot: Pilot[Any]) -> None:
    """Wait until the plan of the present request is shown."""
    await settle(pilot)

    def is_planned() -> bool:
        box = dialog(pilot)
        request = box.request()
        return request is None or (box.plan is not None and box.plan.request == request)

    await until(pilot, is_planned)
    await settle(pilot)


async def test_a_command_is_typed_in_and_planned(workspace: Path) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "R")
        assert "Choose a build, or type one in" in text(pilot)
        await press(pilot, "down", *"make -x", "tab", *"--cpus 2")
        await planned(pilot)
        shown = text(pilot)
        assert "1 would run" in shown
        assert "2 kept: nothing that it depends on has changed" in shown
        assert "--command" in shown
        request = dialog(pilot).request()
        assert request is not None
        line = f"resim-runner run {workspace} --changes --command 'make -x' --cpus 2"
        assert request.command_line() == line
        await press(pilot, "ctrl+r", "ctrl+t")
        await planned(pilot)
        shown = text(pilot)
        assert "failed ones too" in shown
        assert "again whenever a file changes" in shown
        request = dialog(pilot).request()
        assert request is not None
        assert request.arguments()[2:4] == ["--rerun", "failed"]
        assert request.arguments()[4] == "--watch"


async def test_a_build_is_typed_ahead(workspace: Path) -> None:
    """All keys in one read: none is lost, and the choice stays what was chosen."""
    async with started(workspace) as pilot:
        for key in ["R", "down", *"worker", "tab", *"wp"]:
            pilot.app.simulate_key(key)
        await settle(pilot)
        box = dialog(pilot)
        assert box.builds.build.kind is BuildKind.COMMAND
        assert box.query_one("#build", Input).value == "worker"
        assert box.query_one("#flags", Input).value == "wp"
        assert not box.watch_files


async def test_builds_of_the_project_come_first_and_the_default_is_chosen(workspace: Path) -> None:
    (workspace / "resim.toml").write_text(PROJECT)
    remember_build(TYPED_COMMAND)
    async with started(workspace) as pilot:
        await press(pilot, "R")
        await planned(pilot)
        box = dialog(pilot)
        assert box.builds.build == BuildChoice(BuildKind.PROJECT, "flight")
        assert [build.text for build in box.builds.known.builds] == [
            *("desk", "flight", "python -m metrics", "", "")
        ]
        # The project file is not found from the working directory.
        assert box.builds.known.folder == workspace
        assert "image flight:dev" in text(pilot)


async def test_a_wrong_project_file_is_one_sentence(workspace: Path) -> None:
    (workspace / "resim.toml").write_text("[build.flight]\nimag = 'x'\n")
    async with started(workspace) as pilot:
        await press(pilot, "R")
        await settle(pilot)
        assert "resim.toml:2" in text(pilot)


async def test_a_working_directory_that_is_gone_is_one_sentence(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Path:
        raise FileNotFoundError(2, "No such file or directory")

    async with started(workspace) as pilot:
        monkeypatch.setattr(Path, "cwd", gone)
        await press(pilot, "R")
        await settle(pilot)
        assert "The project file cannot be looked for: No such file or directory." in text(pilot)


async def test_unclosed_quotes_are_no_request(workspace: Path) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "R", *"img", "tab", *"--env 'A")
        assert dialog(pilot).request() is None
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RunDialog)


async def test_bare_inputs_ask_for_a_folder(workspace: Path, tmp_path: Path) -> None:
    inputs = tmp_path / "bare" / "inputs"
    (inputs / "logs").mkdir(parents=True)
    (inputs / "experience").mkdir()
    async with started(inputs) as pilot:
        await press(pilot, "R", *"img")
        box = dialog(pilot)
        request = box.request()
        assert request is not None
        assert request.target.outputs == inputs.parent / "outputs"
        box.query_one("#outputs", Input).value = "~no-such-user"
        await settle(pilot)
        assert "/~no-such-user" in text(pilot)
        box.query_one("#outputs", Input).value = ""
        assert box.request() is None
        await press(pilot, "enter")
        assert pilot.app.focused is box.query_one("#outputs", Input)


@pytest.mark.parametrize("way", WAYS)
async def test_screen(
    workspace: Path, way: str, shot: Shot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.parent)
    (workspace / "resim.toml").write_text(PROJECT)
    remember_build(TYPED_COMMAND)
    # The path of the workspace is in the picture.
    monkeypatch.setattr(RunRequest, "command_line", lambda *_: "resim-runner run flights --changes")
    async with started(workspace, look.size(), theme=look.theme) as pilot:
        await press(pilot, "R")
        await planned(pilot)
        shot(pilot, f"run-dialog-{way}")


# Starting.


async def test_enter_waits_for_the_plan(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def plan(request: RunRequest, **_: Any) -> Plan:
        assert go_on.wait(60)
        return Plan(request, (PlannedJob("one", "would run"),))

    monkeypatch.setattr(run_dialog, "read_plan", plan)
    started_requests: list[RunRequest] = []
    monkeypatch.setattr(
        InspectApp, "_start_run", lambda _, wanted: started_requests.append(wanted.request)
    )
    async with started(workspace) as pilot:
        await press(pilot, "R")
        await pilot.press(*"img", "enter")
        await until(pilot, lambda: STARTS_SOON in text(pilot))
        # What is changed since then does not start by itself.
        await pilot.press("g")
        await until(pilot, lambda: STARTS_SOON not in text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: STARTS_SOON in text(pilot))
        go_on.set()
        await until(pilot, lambda: bool(started_requests))
        assert [request.build.text for request in started_requests] == ["imgg"]


async def test_what_the_runner_refuses_stays_in_the_dialog(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_dialog, "read_plan", read_plan)
    command = f"{sys.executable} -c pass"
    async with started(workspace) as pilot:
        await press(pilot, "R", "down", "tab", *"--no-such-flag")
        dialog(pilot).query_one("#build", Input).value = command
        await press(pilot, "enter")
        await until(pilot, lambda: "--no-such-flag" in plan_of(pilot).problem)
        await settle(pilot)
        assert "unrecognized arguments: --no-such-flag" in text(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: bool(plan_of(pilot).problem))
        assert isinstance(pilot.app.screen, RunDialog)
        dialog(pilot).query_one("#flags", Input).value = "--parallel 2"
        await planned(pilot)
        assert "3 would run" in text(pilot)


def plan_of(pilot: Pilot[Any]) -> Plan:
    """The plan in the dialog in view; one without jobs while it is read."""
    box = dialog(pilot)
    request = box.request()
    assert request is not None
    return box.plan or Plan(request)


async def test_a_start_that_fails_is_said_in_one_sentence(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(InspectApp, "notify", lambda _, message, **__: told.append(message))
    async with started(workspace) as pilot:
        await press(pilot, "R", *"img", "tab", *"--no-such-flag", "enter")
        assert isinstance(pilot.app.screen, RunsScreen)
        await until(pilot, lambda: bool(told))
        assert told == ["unrecognized arguments: --no-such-flag"]
        app = pilot.app
        assert isinstance(app, InspectApp)
        assert not app.runs.active()
