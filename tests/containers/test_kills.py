"""Runners that get signals at random moments: nothing is left, nothing is lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from runner.storage.lease import process_start
from tests.containers.container_harness import BASE_IMAGE, ROOT, command, make_jobs, runner
from tests.containers.engines import wait_for
from tests.soak import FACTOR

JOBS = 6
LEASE = 60.0
"""Seconds after which nothing of a killed runner may be left, on a busy machine."""
BUILD = """
import os, shutil, time
time.sleep(0.2)
given = os.environ.get("RESIM_INPUTS", "/tmp/resim/inputs") + "/experience/given.binproto"
out = os.environ.get("RESIM_OUTPUTS", "/tmp/resim/outputs")
shutil.copy(given, out + "/metrics.binproto")
"""
SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL)
CODES = {0, 143, -signal.SIGHUP, -signal.SIGTERM, -signal.SIGKILL}


class Killed:
    """A workspace, the runners that were killed on it, and what they left."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.workspace = folder / "ws"
        self.events = folder / "events.jsonl"
        self.children: dict[int, str] = {}
        """Processes that the runners started, by pid, with their start."""
        self.pids: list[int] = []
        self.done: dict[str, bytes] = {}
        """Results of the jobs that are done."""
        (folder / "build.py").write_text(BUILD)
        if kind == "container":
            self.words = ("--image", BASE_IMAGE)
            self.tail: tuple[str, ...] = ("--", "python3", "-c", BUILD)
        else:
            self.words = ("--command", f"{sys.executable} {folder}/build.py")
            self.tail = () if kind == "sandbox" else ("--no-sandbox",)

    def begin(self) -> None:
        """Make the jobs again."""
        shutil.rmtree(self.workspace, ignore_errors=True)
        make_jobs(self.workspace, JOBS)
        for job in (self.workspace / "jobs").iterdir():
            job.rename(job.with_name(f"{job.name}-{self.folder.name}-{os.getpid()}"))
        self.done = {}

    def kill(self, number: signal.Signals, after: float) -> bool:
        """Send a signal to a new runner; return True if all jobs were done before."""
        # A runner that is killed early leaves the events of the one before.
        self.events.unlink(missing_ok=True)
        base = ("run", self.workspace, "--only", "jobs", "--quiet", "--parallel", "2")
        process = subprocess.Popen(
            command(*base, "--events", self.events, *self.words, *self.tail),
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.pids.append(process.pid)
        deadline = time.monotonic() + after
        while process.poll() is None and time.monotonic() < deadline:
            self._note_children(process.pid)
            time.sleep(0.02)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode in CODES, errors
        assert "Traceback" not in errors
        self._check()
        return process.returncode == 0

    def _note_children(self, pid: int) -> None:
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                children = [int(child) for child in path.read_text().split()]
            except OSError:
                continue
            for child in children:
                if start := process_start(child):
                    self.children[child] = start

    def _check(self) -> None:
        """No result was lost, none is torn, and no job that was done was started again."""
        lines = self.events.read_text().splitlines() if self.events.exists() else []
        started = set()
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                # The last line of a runner that was killed while it wrote.
                assert line is lines[-1]
                continue
            if event["event"] == "started":
                started.add(event["job"])
        assert not started & set(self.done)
        for job in (self.workspace / "jobs").iterdir():
            path = job / "run" / "result.json"
            data = path.read_bytes() if path.exists() else b""
            if job.name in self.done:
                assert data == self.done[job.name]
            if data and json.loads(data)["outcome"] == "done":
                self.done[job.name] = data
                given = job / "inputs" / "experience" / "given.binproto"
                # Published outputs are whole; a kill in between is completed by the next run.
                metrics = job / "outputs" / "metrics.binproto"
                assert metrics.read_bytes() == given.read_bytes()

    def leftovers(self) -> list[str]:
        """Processes and folders of the runners that still exist."""
        left = [str(pid) for pid, start in self.children.items() if process_start(pid) == start]
        for owner in Path(tempfile.gettempdir()).glob("resim-runner-*/owner"):
            # The folder of another runner on this machine may go at any moment.
            with suppress(FileNotFoundError):
                text = owner.read_text()
                if any(f"/{pid}/" in text for pid in self.pids):
                    left.append(str(owner.parent))
        return left

    def finish(self) -> None:
        """Run what is left to do; all jobs are done then, each once."""
        self.events.unlink(missing_ok=True)
        base = ("run", self.workspace, "--only", "jobs", "--quiet", "--events", self.events)
        call = runner(*base, *self.words, *self.tail)
        assert call.code == 0, call.err
        self._check()
        assert len(self.done) == JOBS
        names = {p.name for job in (self.workspace / "jobs").iterdir() for p in job.iterdir()}
        assert names == {"inputs", "outputs", "run"}


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("kind", "runs"), [("container", 5), ("sandbox", 3), ("bare", 2)])
def test_signals_at_random_moments(
    tmp_path: Path, kind: str, runs: int, request: pytest.FixtureRequest
) -> None:
    docker: Callable[..., str] | None = None
    if kind == "container":
        docker = request.getfixturevalue("docker")
    if kind == "sandbox" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    chance = random.Random(f"{kind} {FACTOR}")
    killed = Killed(tmp_path, kind)
    killed.begin()
    began = time.monotonic()
    assert killed.kill(signal.SIGTERM, 120)
    took = time.monotonic() - began
    killed.begin()
    for number in range(runs * FACTOR):
        if killed.kill(SIGNALS[number % len(SIGNALS)], took * chance.random()):
            killed.finish()
            killed.begin()
    wait_for(lambda: killed.leftovers() == [], LEASE)
    if docker is not None:
        wait_for(lambda: _in_engine(docker, tmp_path.name) == [], LEASE)
    killed.finish()


def _in_engine(docker: Callable[..., str], marker: str) -> list[str]:
    """Containers, networks and volumes with a label of this test's jobs."""
    kinds = (("ps", "-a"), ("volume", "ls"), ("network", "ls"))
    return [
        row
        for kind in kinds
        for row in docker(*kind, "--format", "{{.Labels}}").splitlines()
        if marker in row
    ]
