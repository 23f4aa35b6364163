"""Runs in the app: their screen, what it says of a run that ended or died, and how one is left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.detect import PathKind, detect
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.runs.run_request import RunTarget
from resim_inspect.tui.runs.runs_screen import RunsScreen
from resim_inspect.tui.runs.runs_table import RunsTable
from resim_inspect.tui.runs.started_runs import StartedRuns, leave_dialog
from resim_inspect.tui.widgets.dialogs import ChoiceDialog, DetailsDialog
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event
from runner.workspace.run_record import stop_requests
from runner.workspace.run_state import RunKey
from tests.tui.conftest import Shot, press, settle, started, text
from tests.tui.looks import WAYS, Look
from tests.tui.runs.run_harness import START, RecordedRun, under_way


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)


@pytest.fixture
def run(tmp_path: Path) -> RecordedRun:
    """A run under way, with a job in each state."""
    return under_way(tmp_path / "flights")


async def reread(pilot: Pilot[Any]) -> None:
    """Let the screen read the run's files once more."""
    pilot.app.screen.query_one(RunBar).read()
    await settle(pilot)
    for log in pilot.app.screen.query(LogView):
        log.read()
    await settle(pilot)


def shown_names(pilot: Pilot[Any]) -> list[str]:
    """Names of the jobs in the table, from top to bottom."""
    return [job.name[-3:] for job in pilot.app.screen.query_one(RunsTable).shown]


def test_a_record_of_a_run_is_found(run: RecordedRun) -> None:
    assert detect(run.record.path).kind is PathKind.RUN
    assert detect(run.workspace).kind is PathKind.WORKSPACE


async def test_jobs_that_run_come_first_then_those_that_failed(run: RecordedRun) -> None:
    async with started(run.record.path) as pilot:
        assert isinstance(pilot.app.screen, RunsScreen)
        assert shown_names(pilot) == ["004", "005", "003", "002", "001", "000", "006", "tch", "007"]
        shown = text(pilot)
        assert "4 of 8 jobs · 2 running" in shown
        assert "2 s left" in shown
        assert "E 1 failed · ✗ 1 blocked · ! 1 warned" in shown
        assert "warning: a gap of 0.2 s in /odom" in shown
        assert "smoothing 60 %" in shown
        assert "smoothing 10 %" not in shown
        await press(pilot, "f")
        assert shown_names(pilot) == ["003", "002", "001"]


async def test_the_cursor_stays_on_its_job_while_others_finish(run: RecordedRun) -> None:
    async with started(run.record.path) as pilot:
        await press(pilot, "j")
        table = pilot.app.screen.query_one(RunsTable)
        assert table.job is not None
        assert table.job.name == "flight-005"
        run.finish("flight-004", 12.0)
        run.start("flight-006")
        await reread(pilot)
        assert table.job.name == "flight-005"
        assert shown_names(pilot)[:2] == ["005", "006"]


async def test_results_open_as_jobs_finish(run: RecordedRun) -> None:
    async with started(run.record.path) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RunsScreen)
        run.finish("flight-004", 12.5)
        await reread(pilot)
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "12.5 m/s" in text(pilot)
        await press(pilot, "grave_accent")
        assert isinstance(pilot.app.screen, RunsScreen)


async def test_the_end_of_a_run_has_its_verdict(run: RecordedRun) -> None:
    async with started(run.record.path) as pilot:
        for number in (4, 5, 6):
            run.finish(f"flight-00{number}", 12.0)
        run.end(7)
        await reread(pilot)
        shown = text(pilot)
        assert "✗ FAIL_BLOCK" in shown
        assert "7 jobs run in 10 s, 1 unchanged" in shown


@pytest.mark.parametrize(("phase", "goes_on"), [("", False), ("waiting", True)])
def test_a_run_that_has_ended_is_not_left_running(
    run: RecordedRun, phase: str, goes_on: bool
) -> None:
    """Quitting asks about runs that go on, not about a runner that is about to end."""
    target = SimpleNamespace(record=lambda: run.record)
    process: Any = SimpleNamespace(
        pid=4242, is_running=True, request=SimpleNamespace(target=target)
    )
    runs = StartedRuns()
    runs.add(process)
    assert runs.active() == [process]
    run.write(Event("watch", START + 9, data={"phase": phase}))
    run.end()
    assert runs.active() == ([process] if goes_on else [])


def test_the_question_at_quitting_counts_the_runs(tmp_path: Path) -> None:
    target = RunTarget(tmp_path / "flights")
    run: Any = SimpleNamespace(request=SimpleNamespace(target=target))
    one, two = leave_dialog([run]), leave_dialog([run, run])
    shown = f"Leave it running (resim-inspect {target.workspace})"
    assert (one.title_text, one.rows[:2]) == ("The run of flights goes on", [shown, "Stop it"])
    assert (two.title_text, two.rows[:2]) == ("2 runs go on", ["Leave them running", "Stop them"])


async def test_a_run_that_broke_off_says_why(run: RecordedRun) -> None:
    data = {"hint": "Start the engine."}
    run.write(Event("error", START + 1, text="no engine answers.", data=data))
    run.end(2)
    async with started(run.record.path) as pilot:
        assert "E no engine answers. Start the engine." in text(pilot)


async def test_a_runner_that_died_is_said_to_have_died(run: RecordedRun) -> None:
    async with started(run.record.path) as pilot:
        run.own(alive=False)
        await reread(pilot)
        shown = text(pilot)
        assert "the runner (process 4242 of desk) has died; what was finished is kept" in shown
        assert "resim-runner run /flights --command 'python build.py'" in shown
        assert "interrupted" in shown
        assert "not started" in shown


async def test_a_job_and_a_run_are_stopped_on_request(run: RecordedRun) -> None:
    def requests() -> list[str]:
        if not run.record.stop.exists():
            return []
        return stop_requests(run.record.stop.read_bytes().splitlines(), "run-1")

    async with started(run.record.path) as pilot:
        await press(pilot, "x")
        assert requests() == ["flight-004"]
        # The batch follows the jobs: it is not stopped alone.
        table = pilot.app.screen.query_one(RunsTable)
        table.go_to(RunKey("batch", "batch"))
        await press(pilot, "x")
        assert requests() == ["flight-004"]
        await press(pilot, "X")
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await press(pilot, "escape")
        assert requests() == ["flight-004"]
        await press(pilot, "X", "enter")
        assert requests() == ["flight-004", ""]
        run.write(Event("stopping", START, "flight-004"), Event("stopping", START, text="stopped."))
        run.finish("flight-005", 0.0, outcome=Outcome.CANCELLED)
        await reread(pilot)
        shown = text(pilot)
        assert "stopping…" in shown
        run.end(5)
        await reread(pilot)
        assert "4 jobs run in 10 s, 1 stopped" in text(pilot)
        await press(pilot, "x")
        assert requests() == ["flight-004", ""]


def watching(run: RecordedRun, phase: str) -> None:
    """Let the run wait for changes of files."""
    run.write(Event("watch", START + 11, data={"phase": phase}))


def watch_requests(run: RecordedRun) -> list[str]:
    """Actions that were asked of the watched run."""
    if not run.record.watch.exists():
        return []
    return [json.loads(line)["action"] for line in run.record.watch.read_text().splitlines()]


async def test_a_watched_run_is_told_to_run_again_to_pause_and_to_end(run: RecordedRun) -> None:
    async with started(run.record.path) as pilot:
        await press(pilot, "r")
        assert watch_requests(run) == []
        for number in (4, 5, 6):
            run.finish(f"flight-00{number}", 12.0)
        change = "Max speed 44.7 → 39.2 m/s, FAIL_WARN → PASSED"
        run.write(Event("changed", START + 9, "flight-001", change, data={"mode": "job"}))
        run.end(7)
        watching(run, "waiting")
        await reread(pilot)
        shown = text(pilot)
        assert "watching · ✗ FAIL_BLOCK · 7 jobs run in 10 s" in shown
        assert change[:14] in shown
        table = pilot.app.screen.query_one(RunsTable)
        table.cursor = next(row for row, j in enumerate(table.shown) if j.name == "flight-001")
        await settle(pilot)
        assert f"flight-001 · {change} · Max speed 44.7 m/s" in text(pilot)
        await press(pilot, "r", "F", "p")
        watching(run, "paused")
        await reread(pilot)
        assert "paused · ✗ FAIL_BLOCK" in text(pilot)
        await press(pilot, "X", "enter")
        assert watch_requests(run) == ["all", "failed", "pause", "quit"]
        assert not run.record.stop.exists()


async def test_results_of_the_run_before_are_stale_until_there_are_new_ones(
    run: RecordedRun,
) -> None:
    old = JobResult("flight-006", "", Outcome.DONE, verdict="PASSED", seconds=3599.0)
    run.write(Event("stale", START, "flight-006", result=old))
    async with started(run.record.path) as pilot:
        assert "stale" in text(pilot)
        run.write(Event("finished", START + 5, "flight-006", result=old))
        await reread(pilot)
        assert "stale" not in text(pilot)
        # Durations are written as in the table of the workspace.
        assert "59 m 59 s" in text(pilot)


async def test_hostile_lines_of_a_log_are_shown_as_text(run: RecordedRun) -> None:
    run.log("flight-004", b"\n\x1b]0;owned\x07\x1b[2Jtitle\n" + b"x" * 1_000_000)
    run.log("flight-004", "\n飛".encode()[:-1])
    async with started(run.record.path) as pilot:
        log = pilot.app.screen.query_one(LogView)
        await press(pilot, "tab", "g")
        shown = text(pilot)
        assert "title" in shown
        assert "owned" not in shown
        assert "xxxxxxxx" in shown
        await press(pilot, "l", "G", "l", "enter", "escape", "f")
        run.log("flight-004", "飛".encode()[-1:] + b" ahead\n")
        await reread(pilot)
        assert log.copy_text(log.count - 1) == "飛 ahead"


async def test_messages_of_the_runner_are_listed(run: RecordedRun) -> None:
    run.write(Event("warning", START, text="evil \x1b[31m[bold]text"))
    async with started(run.record.path) as pilot:
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, DetailsDialog)
        assert "evil �[31m[bold]text" in text(pilot)


async def test_a_workspace_shows_the_run_that_goes_on(run: RecordedRun) -> None:
    async with started(run.workspace) as pilot:
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert "4 of 8 jobs · 2 running" in text(pilot)
        await press(pilot, "R")
        assert isinstance(pilot.app.screen, RunsScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        run.end()
        pilot.app.screen.query_one(RunBar).read()
        await settle(pilot)
        assert "2 running" not in text(pilot)


async def test_a_document_shows_the_run_that_goes_on(run: RecordedRun) -> None:
    async with started(run.workspace / "jobs/flight-000/outputs/metrics.binproto") as pilot:
        assert "4 of 8 jobs · 2 running" in text(pilot)
        await press(pilot, "R")
        assert isinstance(pilot.app.screen, RunsScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)


def damaged(run: RecordedRun) -> None:
    run.record.events.write_bytes(b"\xff\x00 half\n{\n" + run.record.events.read_bytes())


def without_owner(run: RecordedRun) -> None:
    run.record.owner.write_text("{")


def of_other_types(run: RecordedRun) -> None:
    run.write(Event("plan", START, data={"queue": [1, None], "todo": "x", "title": 7}))
    run.write(Event("started", START, "\x1b[31m‮evil"))
    run.write(Event("started", START, "[/]a[b", data={"mode": "batch"}))
    run.write(Event("warning", START, text="[/red]\x1b[2J"), Event("note", START, text="[x]"))


def without_events(run: RecordedRun) -> None:
    run.record.events.unlink()


@pytest.mark.parametrize("spoil", [damaged, without_owner, of_other_types, without_events])
async def test_a_damaged_record_is_shown_as_far_as_it_goes(
    run: RecordedRun, spoil: Callable[[RecordedRun], None]
) -> None:
    spoil(run)
    async with started(run.record.path) as pilot:
        assert isinstance(pilot.app.screen, RunsScreen)
        assert "\x1b" not in text(pilot)
        await press(pilot, "j", "G", "x", "c")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scene", ["under-way", "died", "ended", "watching", "workspace"])
async def test_screen(run: RecordedRun, scene: str, way: str, shot: Shot, look: Look) -> None:
    if scene == "died":
        run.own(alive=False)
    if scene in {"ended", "watching"}:
        for number in (4, 5, 6):
            run.finish(f"flight-00{number}", 12.0)
        change = "Max speed 46.1 → 44.7 m/s; 2 more"
        run.write(Event("changed", START + 9, "flight-001", change, data={"mode": "job"}))
        run.end(7)
    if scene == "watching":
        watching(run, "waiting")
    path = run.workspace if scene == "workspace" else run.record.path
    async with started(path, look.size(), theme=look.theme) as pilot:
        shot(pilot, f"run-{scene}-{way}")
