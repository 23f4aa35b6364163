"""A Dask cluster on the loopback of this machine: a scheduler and workers as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from tests.containers.container_harness import ROOT, command, metrics_file

TIMEOUT = 60.0
"""Seconds that a test waits for something on a busy machine."""


MARK = "RESIM_TEST_CLUSTER"
"""Variable that the processes of a cluster, and those that they start, have in common."""


def wait_for(reached: Callable[[], object], what: str, timeout: float = TIMEOUT) -> None:
    """Wait until a condition is true; fail after some seconds."""
    end = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)


class Cluster:
    """A scheduler with its file in a folder, and workers with two slots each."""

    def __init__(self, folder: Path, *, security: tuple[str, ...] = ()) -> None:
        folder.mkdir()
        self.file = folder / "scheduler.json"
        self._folder = folder
        self._security = security
        self.workers: list[subprocess.Popen[bytes]] = []
        protocol = ("--protocol", "tls") if security else ()
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--scheduler-file", str(self.file), *protocol
        )

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        local = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
        with (self._folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *local, *self._security],
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, MARK: str(self._folder)},
            )

    def connected(self) -> int:
        """Number of workers that have connected to the scheduler so far."""
        log = self._folder / "worker.log"
        return log.read_text(errors="replace").count("Registered to:") if log.exists() else 0

    def processes(self) -> list[int]:
        """Pids of its processes that are alive, with those that they started, such as watchdogs."""
        mark = os.fsencode(f"{MARK}={self._folder}")
        pids = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mark in path.read_bytes().split(b"\0"):
                    pids.append(int(path.parent.name))
        return pids

    def add_worker(self, *resources: str) -> None:
        """Start a worker, by default with two slots."""
        self.workers.append(
            self._start(
                "worker",
                *("--scheduler-file", str(self.file), "--no-nanny", "--nthreads", "2"),
                *("--resources", *(resources or ("resim=2",))),
                *("--local-directory", str(self._folder)),
            )
        )

    def __enter__(self) -> Self:
        wait_for(self.file.exists, "the scheduler file")
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.scheduler):
            # A worker may hang when its scheduler is gone.
            process.kill()
            process.wait()


class Build:
    """A command that appends to a file when it begins and when it ends; its batch begins only."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.lines = folder / "lines"
        self.script = folder / "build.sh"
        self.lines.touch()
        metrics = folder / "batch.binproto"
        metrics.write_bytes(metrics_file())
        self.script.write_text(
            'if [ -e "$RESIM_INPUTS/batch_metrics_config.json" ]; then\n'
            f'  echo "begin batch" >> {self.lines}\n'
            f'  exec cp {metrics} "$RESIM_OUTPUTS/metrics.binproto"\n'
            "fi\n"
            'job=$(basename "$(dirname "$(dirname "$(readlink "$RESIM_INPUTS/experience")")")")\n'
            f'echo "begin $job" >> {self.lines}\n'
            f"sleep {seconds}\n"
            'cp "$RESIM_INPUTS/experience/given.binproto" "$RESIM_OUTPUTS/metrics.binproto"\n'
            f'echo "end $job" >> {self.lines}\n'
        )

    def jobs(self, word: str) -> list[str]:
        """Names of the jobs with a line of that word, in the order of the lines."""
        pairs = [line.split() for line in self.lines.read_text().splitlines()]
        return [job for first, job in pairs if first == word]

    def processes(self) -> list[str]:
        """Command lines of the processes of this machine that run it."""
        running = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes()
            except OSError:
                continue
            if os.fsencode(self.script) in line and b"runner" not in line:
                running.append(line.replace(b"\0", b" ").decode(errors="replace"))
        return running


def run_on(
    executor: str,
    workspace: Path,
    build: Build,
    *more: str,
    env: dict[str, str] | None = None,
    cwd: Path = ROOT,
) -> subprocess.Popen[str]:
    """Start `resim-runner run` on a workspace."""
    return subprocess.Popen(
        command(
            *("run", "--command", f"sh {build.script}", "--no-sandbox", workspace),
            *("--executor", executor, *more),
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=env,
    )


def events_of(workspace: Path) -> list[dict[str, Any]]:
    """Events of the last run of a workspace so far."""
    path = workspace / "run" / "events.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line[-1:]]
