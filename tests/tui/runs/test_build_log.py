"""The build log of a job that has ended: from the table of a workspace and from its document."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.runs.log_screen import LogScreen
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from runner.workspace.results import Outcome
from tests.tui.conftest import press, started, text
from tests.tui.runs.run_harness import START, RecordedRun, make_jobs


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace after its run: one job passed, one failed, and one was never run."""
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)
    folder = make_jobs(tmp_path / "flights", "calm", "gusty", "later")
    run = RecordedRun(folder)
    run.plan(["calm", "gusty"], batch=0)
    for name in ("calm", "gusty"):
        run.start(name)
        run.log(name, f"reading {name}\nwriting {name}\n".encode())
    run.finish("calm", 31.0)
    run.finish("gusty", 0.0, outcome=Outcome.FAILED)
    run.end()
    return folder


@pytest.mark.parametrize("name", ["calm", "gusty"])
async def test_the_log_of_a_finished_job_opens_from_the_table(workspace: Path, name: str) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "slash", *f"name:{name}", "enter", "O")
        assert isinstance(pilot.app.screen, LogScreen)
        shown = text(pilot)
        assert f"{name}   build log" in shown
        assert f"writing {name}" in shown
        await press(pilot, "slash", *"reading", "enter")
        view = pilot.app.screen.query_one(LogView)
        assert view.copy_text(view.cursor) == f"reading {name}"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WorkspaceScreen)


async def test_a_job_without_a_log_is_told_with_the_path(
    workspace: Path, notices: list[str]
) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "slash", *"name:later", "enter", "O")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        log = workspace / "jobs" / "later" / "run" / "log.txt"
        assert notices == [f"later has no build log: {log} does not exist."]


async def test_the_log_opens_from_the_metrics_of_the_job(workspace: Path) -> None:
    async with started(workspace / "jobs" / "calm" / "outputs" / "metrics.binproto") as pilot:
        assert isinstance(pilot.app.screen, DocumentScreen)
        await press(pilot, "O")
        assert isinstance(pilot.app.screen, LogScreen)
        assert "writing calm" in text(pilot)


async def test_the_log_of_outputs_without_a_workspace_is_that_beside_them(tmp_path: Path) -> None:
    make_jobs(tmp_path, "calm")
    metrics = tmp_path / "jobs" / "calm"
    build = DocumentBuilder("calm")
    build.scalar("Max speed", 31.0)
    path = build.write(metrics / "out" / "metrics.binproto")
    (metrics / "out.run").mkdir()
    (metrics / "out.run" / "build.txt").write_text("the output of a build\n")
    async with started(path) as pilot:
        await press(pilot, "O")
        assert "the output of a build" in text(pilot)


async def test_on_the_screen_of_a_run_the_key_goes_to_its_log(workspace: Path) -> None:
    async with started(workspace / "run") as pilot:
        await press(pilot, "O")
        assert pilot.app.screen.query_one(LogView).has_focus


async def test_hints_beside_the_jobs_follow_what_the_keys_do(workspace: Path) -> None:
    async with started(workspace / "run", (160, 30)) as pilot:
        await press(pilot, "O")
        assert "f stop following  l cut" in text(pilot)
        await press(pilot, "f", "l")
        assert "f follow  l wrap" in text(pilot)
