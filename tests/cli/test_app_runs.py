"""Runs from the app in a real terminal: started, left alone, found again, and killed."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.workspace.run_follower import run_state
from runner.workspace.run_record import active_owner, record_of_workspace
from tests.tui.runs.run_harness import make_jobs

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.app_terminal import ROOT, TIMEOUT, Terminal

pytestmark = pytest.mark.slow

BUILD = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from limits import FACTOR, LIMIT
from resim_inspect.building.builder import DocumentBuilder
inputs, outputs = Path(os.environ["RESIM_INPUTS"]), Path(os.environ["RESIM_OUTPUTS"])
speed = FACTOR * float((inputs / "logs" / "log.txt").read_text())
print("speed is", speed, flush=True)
while not Path({go!r}).exists():
    time.sleep(0.05)
build = DocumentBuilder("flight")
build.scalar("Max speed", speed, unit="m/s", status="FAIL_BLOCK" if speed > LIMIT else "PASSED")
build.write(outputs / "metrics.binproto")
"""
"""A build that waits until a file is there."""


class Desk:
    """A workspace with two jobs, a build for them, and terminals with the app."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = make_jobs(folder / "flights", "one", "two")
        self.go = folder / "go"
        (folder / "build.py").write_text(BUILD.format(root=str(ROOT), go=str(self.go)))
        (folder / "limits.py").write_text("LIMIT, FACTOR = 40, 1.0\n")

    @property
    def command(self) -> str:
        """The command of the build."""
        return f"{sys.executable} {self.folder}/build.py"

    def open(self, path: Path | None = None) -> Terminal:
        """Open the app on the workspace."""
        env = {"XDG_STATE_HOME": str(self.folder / "state"), "COLUMNS": "120", "LINES": "40"}
        return Terminal(path or self.workspace, **env)

    def owner_pid(self) -> int:
        """Process of the run that goes on; 0 without one."""
        owner = active_owner(record_of_workspace(self.workspace))
        return 0 if owner is None else owner.pid

    def start(self, terminal: Terminal, key: bytes = b"R") -> None:
        """Start a run of the command from the dialog."""
        terminal.wait_for("one", "two")
        terminal.press(key)
        terminal.wait_for("a command…", "Enter start")
        terminal.press(b"\x1b[B" + self.command.encode())
        terminal.press(b"\t--no-sandbox --parallel 2 --only jobs")
        terminal.wait_for("2 would run")
        terminal.press(b"\r")

    def open_first_result(self, terminal: Terminal) -> None:
        """Open the results of the first job once both have ended."""
        # The cursor follows the job that was first to run, which may be either.
        terminal.wait_for("2 jobs run in", "one  FAIL_BLOCK", "two  FAIL_BLOCK", "Max speed 44.7")
        terminal.press(b"g\r")
        terminal.wait_for("one/outputs", "FAIL_BLOCK")


def until(done: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + TIMEOUT
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk, whose run is ended in any case."""
    desk = Desk(tmp_path)
    yield desk
    desk.go.touch()
    pid = desk.owner_pid()
    if pid:
        os.kill(pid, signal.SIGTERM)


def test_a_run_is_left_running_and_followed_to_its_end(desk: Desk) -> None:
    terminal = desk.open()
    desk.start(terminal)
    terminal.wait_for("0 of 2 jobs", "2 running", "speed is 44.7")
    pid = desk.owner_pid()
    assert pid
    terminal.press(b"q")
    terminal.wait_for("The run of flights goes on", "Leave it running")
    assert terminal.close(b"\r") == 0
    assert desk.owner_pid() == pid

    terminal = desk.open()
    terminal.wait_for("0 of 2 jobs", "2 running")
    terminal.press(b"R")
    terminal.wait_for("speed is 44.7")
    desk.go.touch()
    desk.open_first_result(terminal)
    assert terminal.close(b"q") == 0


def test_a_run_outlives_the_terminal(desk: Desk) -> None:
    terminal = desk.open()
    desk.start(terminal)
    terminal.wait_for("2 running")
    pid = desk.owner_pid()
    os.close(terminal.master)
    assert terminal.process.wait(TIMEOUT) == 129
    assert desk.owner_pid() == pid
    desk.go.touch()
    until(lambda: not desk.owner_pid(), "the run does not end")
    assert (desk.workspace / "jobs/one/outputs/metrics.binproto").exists()


def test_a_run_is_stopped_on_leaving(desk: Desk) -> None:
    terminal = desk.open()
    desk.start(terminal)
    terminal.wait_for("2 running")
    terminal.press(b"q")
    terminal.wait_for("Leave it running")
    assert terminal.close(b"j\r") == 0
    until(lambda: not desk.owner_pid(), "the run goes on")
    events = (desk.workspace / "run/events.jsonl").read_text().splitlines()
    assert json.loads(events[-1])["exit_code"] in {5, 143}


def test_a_changed_constant_changes_number_status_and_mark_under_watch(desk: Desk) -> None:
    desk.go.touch()
    terminal = desk.open()
    desk.start(terminal)
    desk.open_first_result(terminal)
    terminal.press(b"W")
    terminal.wait_for("again whenever a file changes", "1 kept: ")
    terminal.press(b"\r")
    terminal.wait_for("watching")
    until(lambda: phase(desk) == "waiting", "the watch does not wait for changes")
    (desk.folder / "limits.py").write_text("LIMIT, FACTOR = 50, 0.9\n")
    terminal.wait_for("1 status changed", "PASSED", "40.23", "better", "FAIL_BLOCK → PASSED")
    # The mark of the metric in the list.
    terminal.wait_for("▲")
    terminal.press(b"q")
    terminal.wait_for("Stop it")
    assert terminal.close(b"j\r") == 0
    until(lambda: not desk.owner_pid(), "the watch goes on")


def phase(desk: Desk) -> str:
    """State of the watch of a desk."""
    return run_state(record_of_workspace(desk.workspace)).watch.value


def test_a_runner_that_was_killed_is_said_to_have_died(desk: Desk) -> None:
    terminal = desk.open()
    desk.start(terminal)
    terminal.wait_for("2 running", "speed is 44.7")
    os.kill(desk.owner_pid(), signal.SIGKILL)
    terminal.wait_for("has died; what was finished is kept", "R resumes it", "resim-runner run")
    assert terminal.close(b"q") == 0

    terminal = desk.open()
    terminal.wait_for("has died")
    desk.go.touch()
    terminal.press(b"R")
    terminal.wait_for("2 would run")
    terminal.press(b"\r")
    terminal.wait_for("2 jobs run in")
    assert terminal.close(b"q") == 0


def test_a_second_start_is_refused_in_one_sentence(desk: Desk) -> None:
    first, second = desk.open(), desk.open()
    desk.start(first)
    first.wait_for("2 running")
    desk.go.touch()
    first.wait_for("2 jobs run in")
    until(lambda: not desk.owner_pid(), "the first run does not end")
    desk.go.unlink()
    # The second app has its dialog open while the first one starts again.
    second.wait_for("one", "two")
    second.press(b"R")
    second.wait_for("Enter start", "--no-sandbox")
    second.press(b"\x12\x12")
    second.wait_for("Run everything")
    first.press(b"R")
    first.wait_for("--no-sandbox")
    first.press(b"\x12\x12")
    first.wait_for("Run everything")
    first.press(b"\r")
    until(desk.owner_pid, "the first run does not begin")
    second.press(b"\r")
    second.wait_for("another run is active")
    assert second.close(b"q") == 0
    desk.go.touch()
    until(lambda: not desk.owner_pid(), "the first run goes on")
    assert first.close(b"q") == 0
