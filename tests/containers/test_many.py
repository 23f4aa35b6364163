"""Many jobs in real containers: resume, signals, deaths of the runner and of the engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.container_harness import (
    BASE_IMAGE,
    COPY,
    ROOT,
    Call,
    command,
    destructive,
    make_jobs,
    metrics_file,
    runner,
    watchdog_of,
)
from tests.containers.engines import give_base_image, own_engine, wait_for

# Runs as long as its logs say.
SLEEPY = f"sleep $(cat /tmp/resim/inputs/logs/sleep 2>/dev/null || echo 0); {COPY}"


def run(workspace: Path, *more: str | Path, script: str = COPY) -> Call:
    words = ("run", workspace, "--only", "jobs", "--image", BASE_IMAGE, "--format", "json",
             "--quiet", *more)  # fmt: skip
    return runner(*words, "--", "sh", "-c", script)


def kept(call: Call) -> list[str]:
    return [job["job"] for job in call.json["jobs"] if job["kept"]]


def started(workspace: Path, *more: str | Path, script: str) -> subprocess.Popen[str]:
    words = ("run", workspace, "--only", "jobs", "--image", BASE_IMAGE, "--format", "json",
             "--quiet", *more)  # fmt: skip
    return subprocess.Popen(
        command(*words, "--", "sh", "-c", script),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def events(path: Path, kind: str) -> list[str]:
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line.get("job", "") for line in lines if line["event"] == kind]


@pytest.fixture
def alive(docker: Callable[..., str], tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """The containers of this test's jobs, which must be none at its end."""

    def found() -> list[str]:
        names = docker("ps", "-a", "--format", '{{.ID}} {{.Label "ai.resim.inspect.job"}}')
        jobs = {path.name for path in tmp_path.glob("**/jobs/*")}
        rows = [line.split(" ", 1) for line in names.splitlines()]
        return [row[0] for row in rows if len(row) > 1 and row[1] in jobs]

    yield found
    assert found() == []


def distinct(workspace: Path, count: int) -> Path:
    """Jobs whose names no other test has."""
    make_jobs(workspace, count)
    for job in (workspace / "jobs").iterdir():
        job.rename(job.with_name(f"{job.name}-{workspace.parent.name}-{os.getpid()}"))
    return workspace


def test_a_second_run_does_only_what_changed(
    tmp_path: Path, alive: Callable[[], list[str]]
) -> None:
    workspace = distinct(tmp_path / "ws", 3)
    first = run(workspace, "--junit", tmp_path / "junit.xml")
    assert first.code == 0, first.err
    assert (first.json["verdicts"], kept(first)) == ({"PASSED": 3}, [])
    assert (tmp_path / "junit.xml").read_text().count("<testcase") == 3
    names = [job["job"] for job in first.json["jobs"]]
    assert kept(run(workspace)) == names
    inputs = workspace / "jobs" / names[1] / "inputs"
    (inputs / "experience" / "given.binproto").write_bytes(metrics_file("FAIL_BLOCK", 44.7))
    second = run(workspace)
    assert second.code == 7
    assert kept(second) == [names[0], names[2]]
    assert kept(run(workspace, script=f"true; {COPY}")) == []
    assert kept(run(workspace, "--rerun", "all", script=f"true; {COPY}")) == []
    shutil.rmtree(workspace / "jobs" / names[2] / "outputs")
    assert kept(run(workspace, script=f"true; {COPY}")) == names[:2]


def test_failures_are_kept_until_asked_and_broken_runs_never(
    tmp_path: Path, alive: Callable[[], list[str]]
) -> None:
    workspace = distinct(tmp_path / "ws", 2)
    first = run(workspace, script="exit 1")
    assert first.code == 2
    assert first.json["outcomes"] == {"failed": 2}
    again = run(workspace, script="exit 1")
    assert (again.code, len(kept(again))) == (2, 2)
    assert kept(run(workspace, "--rerun", "failed", script="exit 1")) == []
    # A limit that may be the reason counts for failures.
    assert kept(run(workspace, "--memory-mib", "512", script="exit 1")) == []


def test_fail_fast_stops_the_rest(tmp_path: Path, alive: Callable[[], list[str]]) -> None:
    workspace = distinct(tmp_path / "ws", 3)
    call = run(workspace, "--fail-fast", "--parallel", "1", script="exit 1")
    assert call.code == 2
    assert call.json["outcomes"] == {"cancelled": 2, "failed": 1}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_the_first_signal_ends_politely_and_tells_what_finished(
    tmp_path: Path, alive: Callable[[], list[str]], number: signal.Signals, code: int
) -> None:
    workspace = distinct(tmp_path / "ws", 4)
    jobs = sorted((workspace / "jobs").iterdir())
    for job in jobs[1:]:
        (job / "inputs" / "logs" / "sleep").write_text("60")
    seen = tmp_path / "events"
    process = started(workspace, "--parallel", "2", "--events", seen, script=SLEEPY)
    wait_for(lambda: events(seen, "finished") and len(alive()) == 2)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    outcomes = json.loads(out)["outcomes"]
    assert outcomes == {"cancelled": 3, "done": 1}
    assert alive() == []
    for job in jobs[1:]:
        (job / "inputs" / "logs" / "sleep").unlink()
    assert kept(run(workspace, script=SLEEPY)) == [jobs[0].name]


def test_the_second_signal_kills(tmp_path: Path, alive: Callable[[], list[str]]) -> None:
    workspace = distinct(tmp_path / "ws", 1)
    stubborn = "trap '' TERM; echo ready; while :; do sleep 1; done"
    process = started(workspace, "--grace", "60", script=stubborn)
    (job,) = (workspace / "jobs").iterdir()
    log = job / "run" / "log.txt"
    wait_for(lambda: log.exists() and "ready" in log.read_text())
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - begun < 10


def test_a_killed_runner_loses_nothing(tmp_path: Path, alive: Callable[[], list[str]]) -> None:
    workspace = distinct(tmp_path / "ws", 4)
    jobs = sorted((workspace / "jobs").iterdir())
    for job in jobs[2:]:
        (job / "inputs" / "logs" / "sleep").write_text("60")
    seen = tmp_path / "events"
    process = started(workspace, "--parallel", "2", "--events", seen, script=SLEEPY)
    wait_for(lambda: len(events(seen, "finished")) == 2 and len(alive()) == 2)
    process.kill()
    process.communicate(timeout=30)
    # Its watchdog removes them: no other call is needed.
    wait_for(lambda: alive() == [])
    for job in jobs[2:]:
        (job / "inputs" / "logs" / "sleep").unlink()
    again = tmp_path / "again"
    call = run(workspace, "--events", again, script=SLEEPY)
    assert call.code == 0, call.out
    assert kept(call) == [job.name for job in jobs[:2]]
    assert sorted(events(again, "started")) == [job.name for job in jobs[2:]]
    assert alive() == []


def test_doctor_finds_the_engine_and_clears_leftovers(
    tmp_path: Path, alive: Callable[[], list[str]]
) -> None:
    workspace = distinct(tmp_path / "ws", 1)
    removed = False
    # Other tests use the engine at the same time, and their runs clear the same leftovers.
    for attempt in range(5):
        if removed:
            break
        process = started(workspace, script="sleep 60")
        wait_for(lambda: len(alive()) == 1)
        if not attempt:
            busy = run(workspace)
            assert busy.code == 2
            assert "another run is active" in busy.err
        os.kill(watchdog_of(process), signal.SIGKILL)
        process.kill()
        process.communicate(timeout=30)
        call = runner("doctor", "--image", BASE_IMAGE)
        assert call.code == 0, call.out
        removed = "removed container" in call.out
    assert removed
    assert f"{BASE_IMAGE} is sha256:" in call.out
    wait_for(lambda: alive() == [])
    assert runner("doctor", "--image", "no-such:image", "--pull", "never").code == 2


@destructive
def test_an_engine_that_dies_is_told_and_what_was_done_stays(
    tmp_path: Path, docker: Callable[..., str]
) -> None:
    with own_engine(tmp_path) as (address, pid):
        give_base_image(address)
        _engine_dies(tmp_path, address, pid)
    # A killed engine leaves its own process files behind, which a new one would believe.
    (tmp_path / "pid").unlink(missing_ok=True)
    shutil.rmtree(tmp_path / "exec", ignore_errors=True)
    # The runner has ended, and its watchdog removes the rest as soon as the engine is back.
    with own_engine(tmp_path) as (address, _):
        engine = ("-H", address)
        wait_for(lambda: not docker(*engine, "ps", "-aq"), 60)
        wait_for(lambda: not docker(*engine, "volume", "ls", "-q"), 60)


def _engine_dies(tmp_path: Path, address: str, pid: int) -> None:
    workspace = make_jobs(tmp_path / "ws", 3)
    jobs = sorted((workspace / "jobs").iterdir())
    (jobs[1] / "inputs" / "logs" / "sleep").write_text("20")
    seen = tmp_path / "events"
    more = ("--engine", address, "--parallel", "1", "--events", seen)
    process = started(workspace, *more, script=SLEEPY)
    log = jobs[1] / "run" / "log.txt"
    wait_for(lambda: len(events(seen, "finished")) == 1 and log.exists(), 60)
    time.sleep(1)
    os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    results = json.loads(out)
    assert results["outcomes"] == {"broken": 2, "done": 1}
    messages = [job["message"] for job in results["jobs"][1:]]
    assert all("engine" in message for message in messages)
    assert not any(re.search(r"\w(Error|Exception)|\('", message) for message in messages)
    assert "Traceback" not in err
    assert (jobs[0] / "outputs" / "metrics.binproto").is_file()
