"""`--watch` as a user has it: a real process in a terminal, files that change, and keys."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.cli import main
from runner.storage.publish import locked
from runner.workspace.run_follower import run_state
from runner.workspace.run_record import active_owner
from runner.workspace.watch_requests import WatchAction, WatchPhase, request_watch
from tests.containers.container_harness import command, metrics_file
from tests.containers.engines import wait_for
from tests.runner.watching.watch_harness import Project, Terminal

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def terminal(project: Project) -> Iterator[Terminal]:
    terminal = Terminal(project.folder, "run", "--watch")
    yield terminal
    terminal.close()


def test_edit_run_look(project: Project, terminal: Terminal) -> None:
    terminal.wait("f run the 2 failed · p pause · q quit")
    project.wait_until_waiting(1)
    state = run_state(project.record)
    assert (state.watch, state.exit_code) == (WatchPhase.WAITING, 7)
    project.choose("slower")
    terminal.wait("changed: code/limits.py")
    project.wait_until_waiting(2)
    change = "Max speed 44.7 → 39.2 m/s, FAIL_BLOCK → PASSED"
    changed = [line["text"] for line in project.lines() if line["event"] == "changed"]
    assert changed == [change, change]
    stale = [line["result"]["verdict"] for line in project.lines() if line["event"] == "stale"]
    assert stale == ["FAIL_BLOCK", "FAIL_BLOCK"]
    assert {job.change for job in run_state(project.record).jobs.values()} == {change}
    terminal.wait(f"   calm   {change}")
    # One input: only its job is stale.
    path = project.workspace / "jobs/storm/inputs/experience/slower"
    path.write_bytes(metrics_file("FAIL_WARN", 41.0))
    project.wait_until_waiting(3)
    started = [line["job"] for line in project.lines() if line["event"] == "started"]
    assert started[4:] == ["storm"]
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_as_before
    assert run_state(project.record).watch is WatchPhase.NONE


def test_keys(project: Project, terminal: Terminal) -> None:
    terminal.wait("q quit")
    terminal.press("p")
    terminal.wait("paused · r run all")
    project.choose("slower")
    time.sleep(1)
    assert project.counts()["plan"] == 1
    assert run_state(project.record).watch is WatchPhase.PAUSED
    terminal.press("p")
    project.wait_until_waiting(2)
    assert project.counts()["started"] == 4
    terminal.press("r")
    project.wait_until_waiting(3)
    assert project.counts()["started"] == 6
    terminal.press("f")
    terminal.wait("what failed, again: nothing has to run again.")
    path = project.workspace / "jobs/storm/inputs/experience/slower"
    path.write_bytes(metrics_file("FAIL_BLOCK", 44.0))
    project.wait_until_waiting(4)
    terminal.press("F")
    project.wait_until_waiting(5)
    started = [line["job"] for line in project.lines() if line["event"] == "started"]
    assert started[6:] == ["storm", "storm"]
    # All jobs are still watched.
    project.choose("slower", "again")
    project.wait_until_waiting(6)
    assert project.counts()["started"] == 10
    terminal.press("\x1b[A")
    terminal.press("q")
    assert terminal.end() == 7
    assert terminal.is_as_before


def test_what_is_no_change_runs_nothing(project: Project, terminal: Terminal) -> None:
    project.wait_until_waiting(1)
    text = project.limits.read_text()
    for number in range(100):
        os.utime(project.limits)
        if number % 10 == 0:
            # A formatter that changes nothing, in place and by a new file.
            project.limits.write_text(text)
            (project.folder / "new").write_text(text)
            (project.folder / "new").replace(project.limits)
            (project.folder / "ignored").write_text(str(number))
        time.sleep(0.02)
    time.sleep(1.5)
    assert project.counts()["plan"] == 1
    for number in range(100):
        project.choose("slower", str(number))
        time.sleep(0.02)
    project.wait("plan", 2)
    project.wait_until_waiting(project.counts()["plan"])
    time.sleep(1.5)
    assert 2 <= project.counts()["plan"] <= 3


def test_a_file_that_is_wrong_for_a_while(project: Project, terminal: Terminal) -> None:
    terminal.wait("q quit")
    path = project.folder / "resim.toml"
    text = path.read_text()
    path.write_text(text.replace("command", "comand"))
    terminal.wait('"comand" is not a key of [build.local]; did you mean "command"?')
    path.rename(project.folder / "away.toml")
    terminal.wait("resim-runner: the following arguments are required: WORKSPACE")
    assert "usage:" not in terminal.text
    (project.folder / "away.toml").unlink()
    path.write_text(text.replace("code/build.py", "code/missing.py"))
    project.wait_until_waiting(2)
    path.write_text(text)
    project.wait_until_waiting(3)
    terminal.press("q")
    assert terminal.end() == 7


def test_a_run_that_is_quit_is_stopped(project: Project, terminal: Terminal) -> None:
    project.wait_until_waiting(1)
    project.limits.write_text('import time\nNAME = "fast"\ntime.sleep(60)\n')
    project.wait("started", 4)
    terminal.wait("q stop")
    terminal.press("q")
    assert terminal.end() == 130
    assert terminal.is_as_before


def test_a_workspace_that_another_run_holds_is_tried_again(
    project: Project, terminal: Terminal
) -> None:
    terminal.wait("q quit")
    with locked(project.workspace):
        owner = project.record.owner.read_bytes()
        project.record.owner.write_bytes(owner.replace(b'"identity": "', b'"identity": "other/'))
        project.choose("slower")
        terminal.wait("another run is active in")
        events = project.record.events.read_bytes()
        terminal.press("p")
        terminal.wait("paused")
        # The record belongs to the other run.
        assert project.record.events.read_bytes() == events
        terminal.press("p")
    project.wait_until_waiting(2)
    assert project.counts()["started"] == 4
    assert terminal.text.count("another run is active") == 1
    terminal.wait("FAIL_BLOCK → PASSED")
    # The line of keys is removed before anything else is written.
    ends = re.findall(r"q quit(?:\x1b\[0m)?(.{5})", terminal.text, re.DOTALL)
    assert set(ends) == {"\r\x1b[2K"}
    terminal.press("q")
    assert terminal.end() == 0


def start(project: Project, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=project.folder,
    )


def test_a_job_without_a_terminal(project: Project) -> None:
    inputs = "ws/jobs/calm/inputs"
    with start(project, "job", "--inputs", inputs, "--outputs", "out", "--watch") as process:
        try:
            project.wait_until_waiting(1)
            path = project.folder / "resim.toml"
            path.write_text(path.read_text() + "# a comment\n")
            project.wait("kept", 1)
            project.wait_until_waiting(2)
            project.choose("slower")
            project.wait_until_waiting(3)
        finally:
            process.terminate()
        assert process.wait(60) == 143
        assert process.stdout is not None
        text = process.stdout.read()
    assert "files; Ctrl-C ends it." in text
    assert "job  Max speed 44.7 → 39.2 m/s, FAIL_BLOCK → PASSED" in text
    assert "\x1b" not in text
    assert project.counts()["started"] == 2


def test_other_programs_may_ask(project: Project) -> None:
    with start(project, "run", "--watch", "--quiet") as process:
        try:
            project.wait_until_waiting(1)
            owner = active_owner(project.record)
            assert owner is not None
            request_watch(project.record, owner, WatchAction.FAILED)
            project.wait_until_waiting(2)
            project.record.watch.open("a").write('{"action": 3}\n[[[\n')
            request_watch(project.record, owner, WatchAction.PAUSE)
            wait_for(lambda: run_state(project.record).watch is WatchPhase.PAUSED, 60)
            request_watch(project.record, owner, WatchAction.QUIT)
            assert process.wait(60) == 7
        finally:
            process.kill()
    assert project.counts()["started"] == 4


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--format", "json"], "--format json writes one document at the end"),
        (["--dry-run"], "--dry-run runs nothing"),
        (["--workspace-is-elsewhere"], "unrecognized arguments"),
        (["--job", "nothing"], 'matches "nothing"'),
    ],
)
def test_wrong_calls_end_at_once(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project.folder)
    assert main(["run", "--watch", *words]) == 2
    assert says in capsys.readouterr().err
