"""Ends of builds on this machine: time limits, signals, hangups, and a runner that is killed."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.containers.container_harness import (
    ROOT,
    call_runner,
    command,
    make_inputs,
    make_jobs,
    watchdog_of,
)
from tests.runner.engines.process_harness import (
    WRITES,
    build,
    job,
    processes,
    sandboxed,
    wait_for,
    work_folders_of,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("sandbox", [pytest.param(True, marks=sandboxed), False])
def test_a_build_that_ignores_term_is_killed_with_its_children(
    tmp_path: Path, sandbox: bool
) -> None:
    program = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "97531"])
time.sleep(60)
"""
    more = () if sandbox else ("--no-sandbox",)
    call = job(tmp_path, program, "--timeout", "1", "--grace", "0.5", *more)
    assert (call.code, call.result["outcome"]) == (6, "timeout")
    assert not processes("97531")


@pytest.mark.parametrize("sandbox", [pytest.param(True, marks=sandboxed), False])
def test_a_timeout_asks_before_it_kills(tmp_path: Path, sandbox: bool) -> None:
    program = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to end"))
time.sleep(60)
"""
    more = () if sandbox else ("--no-sandbox",)
    assert job(tmp_path, program, "--timeout", "1", "--grace", "10", *more).code == 6
    assert (tmp_path / "log").read_text() == "asked to end\n"


@pytest.mark.parametrize("sandbox", [pytest.param(True, marks=sandboxed), False])
def test_a_killed_runner_leaves_nothing_for_long(tmp_path: Path, sandbox: bool) -> None:
    workspace, process = started(tmp_path, sandbox)
    process.kill()
    process.wait()
    # No other call of the program is needed.
    wait_for(lambda: not processes(str(tmp_path / "build.py")) and not work_folders_of(process))
    more = () if sandbox else ("--no-sandbox",)
    again = ("--only", "jobs", "--command", build(tmp_path, WRITES), "--format", "json")
    assert call_runner("run", workspace, *again, *more).code == 0


@pytest.mark.parametrize("sandbox", [pytest.param(True, marks=sandboxed), False])
def test_a_runner_that_is_killed_with_its_watchdog_is_swept_up_by_the_next(
    tmp_path: Path, sandbox: bool
) -> None:
    workspace, process = started(tmp_path, sandbox)
    os.kill(watchdog_of(process), signal.SIGKILL)
    process.kill()
    process.wait()
    assert work_folders_of(process)
    more = () if sandbox else ("--no-sandbox",)
    again = ("--only", "jobs", "--command", build(tmp_path, WRITES), "--format", "json")
    call = call_runner("run", workspace, *again, *more)
    assert call.code == 0, call.out
    assert "removed a leftover" in call.err
    assert not processes(str(tmp_path / "build.py"))
    assert not work_folders_of(process)


@pytest.mark.parametrize("sandbox", [pytest.param(True, marks=sandboxed), False])
def test_a_hangup_ends_a_run_as_a_request_to_terminate_does(tmp_path: Path, sandbox: bool) -> None:
    workspace, process = started(tmp_path, sandbox)
    process.send_signal(signal.SIGHUP)
    assert process.wait(60) == 143
    assert not processes(str(tmp_path / "build.py"))
    assert not work_folders_of(process)
    assert not (workspace / "jobs" / "job-000" / "run" / "result.json").exists()


def test_a_hangup_that_is_ignored_from_the_start_stays_ignored(tmp_path: Path) -> None:
    _, process = started(tmp_path, False, nohup=True)
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    assert processes(str(tmp_path / "build.py"))
    process.terminate()
    assert process.wait(60) == 143
    assert not work_folders_of(process)


def test_a_terminal_that_is_closed_ends_a_run_without_a_traceback(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "ws", 3)
    program = build(tmp_path, "import time\nwhile True: print('line', flush=True); time.sleep(.01)")
    words = ("run", workspace, "--only", "jobs", "--no-sandbox", "--parallel", "2")
    events = tmp_path / "events.jsonl"
    near, far = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", *command(*words, "--command", program, "--events", events)],
        cwd=ROOT, stdin=far, stdout=far, stderr=far, text=True,
    )  # fmt: skip
    os.close(far)
    screen = b""
    while b"line" not in screen:
        screen += os.read(near, 65536)
    os.close(near)
    assert process.wait(60) == 143
    ended = [json.loads(line) for line in events.read_text().splitlines()]
    assert ended[-1] == {**ended[-1], "event": "end", "exit_code": 143}
    assert not processes(str(tmp_path / "build.py"))
    assert not work_folders_of(process)


def started(
    folder: Path, sandbox: bool, *, nohup: bool = False
) -> tuple[Path, subprocess.Popen[str]]:
    """A workspace, and a runner whose build has started there and does not end."""
    workspace = make_jobs(folder / "ws", 1)
    program = build(folder, "import time; print('ready', flush=True); time.sleep(86421)")
    more = () if sandbox else ("--no-sandbox",)
    words = command("run", workspace, "--only", "jobs", "--command", program, "--quiet", *more)
    before = ["nohup"] if nohup else []
    process = subprocess.Popen([*before, *words], cwd=ROOT, stderr=subprocess.DEVNULL, text=True)
    log = workspace / "jobs" / "job-000" / "run" / "log.txt"
    wait_for(lambda: log.exists() and "ready" in log.read_text())
    return workspace, process


def test_ctrl_c_reaches_a_build_through_the_runner(tmp_path: Path) -> None:
    make_inputs(tmp_path / "inputs")
    program = build(tmp_path, "import time; print('ready', flush=True); time.sleep(60)")
    places = ("--inputs", tmp_path / "inputs", "--outputs", tmp_path / "out")
    words = command("job", "--command", program, "--no-sandbox", *places, "--log", tmp_path / "log")
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not ((tmp_path / "log").exists() and (tmp_path / "log").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"1 stopped" in out
    assert not processes(str(tmp_path / "build.py"))
