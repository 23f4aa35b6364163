"""A test's inputs and the command on them, run as people run it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from resim_inspect.building.builder import DocumentBuilder
from runner.cli import main

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = os.environ.get("RESIM_REQUIRE_ENGINE") == "1"
BASE_IMAGE = os.environ.get("BASE_IMAGE", "resim-base:bookworm")

# Passes the experience's file on as its result: the smallest build that is valid.
COPY = "cp /tmp/resim/inputs/experience/given.binproto /tmp/resim/outputs/metrics.binproto"

destructive = pytest.mark.skipif(
    not REQUIRED, reason="is hard on the machine: runs only with RESIM_REQUIRE_ENGINE=1"
)


def unavailable(reason: str) -> None:
    """Skip with the reason, or fail where an engine was promised."""
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Call:
    """Exit code and output of a call of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The document of `--format json`."""
        values: dict[str, Any] = json.loads(self.out)
        return values

    @property
    def result(self) -> dict[str, Any]:
        """The only job's result."""
        (job,) = self.json["jobs"]
        return dict(job)


def runner(
    *words: str | Path,
    env: dict[str, str] | None = None,
    timeout: float = 120,
    cwd: Path = ROOT,
) -> Call:
    """Run `python -m runner …` to its end."""
    done = subprocess.run(
        command(*words),
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, **(env or {})},
        cwd=cwd,
        timeout=timeout,
        check=False,
    )
    return Call(done.returncode, done.stdout, done.stderr)


def call_runner(*words: str | Path, env: dict[str, str] | None = None) -> Call:
    """Run `resim-runner …` in this process: the same without the start of an interpreter.

    What signals, a terminal, a pipe or its own end do to the runner needs `runner` or `command`.
    """
    out, err = io.BytesIO(), io.BytesIO()
    with (
        patch.dict(os.environ, env or {}),
        redirect_stdout(io.TextIOWrapper(out, "utf-8", newline="", write_through=True)),
        redirect_stderr(io.TextIOWrapper(err, "utf-8", newline="", write_through=True)),
    ):
        code = main([str(word) for word in words])
        texts = [stream.getvalue().decode(errors="replace") for stream in (out, err)]
    return Call(code, *texts)


def command(*words: str | Path) -> list[str]:
    """The command line of a call."""
    return [sys.executable, "-m", "runner", *map(str, words)]


def watchdog_of(process: subprocess.Popen[str]) -> int:
    """Pid of the watchdog of a runner that has started a build."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = {child for path in threads for child in path.read_text().split()}
    (watchdog,) = (
        child
        for child in children
        if b"resim-runner-watchdog" in Path(f"/proc/{child}/cmdline").read_bytes()
    )
    return int(watchdog)


def metrics_file(status: str = "PASSED", speed: float = 31.2) -> bytes:
    """A valid metrics.binproto with one scalar."""
    builder = DocumentBuilder("made by a test")
    builder.scalar("Max speed", speed, unit="m/s", status=status, fails_above=40.0)
    return builder.bytes()


def make_inputs(folder: Path, metrics: bytes | None = None) -> Path:
    """A job's inputs; the experience holds `given.binproto`."""
    for name in ("experience", "logs"):
        (folder / name).mkdir(parents=True)
    (folder / "experience" / "given.binproto").write_bytes(metrics or metrics_file())
    (folder / "logs" / "log.txt").write_text("0 1 2\n")
    return folder


def make_jobs(folder: Path, count: int, status: str = "PASSED") -> Path:
    """A workspace of `count` jobs."""
    for number in range(count):
        metrics = metrics_file(status, 10.0 + number)
        make_inputs(folder / "jobs" / f"job-{number:03}" / "inputs", metrics)
    return folder


@dataclass
class ContainerHarness:
    """One test's inputs, and the command on them in a container, under a name of its own."""

    folder: Path
    name: str
    docker: Callable[..., str]

    @property
    def outputs(self) -> Path:
        """Folder of the outputs."""
        return self.folder / "outputs"

    @property
    def log(self) -> Path:
        """Path of the log."""
        return self.folder / "log.txt"

    def words(self, script: str, *more: str | Path, shell: str = "sh") -> list[str | Path]:
        """The arguments of `job` for a script inside of the base image."""
        program = ("python3", "-c") if shell == "python" else ("sh", "-c")
        places = ("--inputs", self.folder / "inputs", "--outputs", self.outputs, "--log", self.log)
        start: list[str | Path] = ["job", "--image", BASE_IMAGE, "--name", self.name, *places]
        return [*start, "--format", "json", "--quiet", *more, "--", *program, script]

    def sh(self, script: str, *more: str | Path, **options: Any) -> Call:
        """Run a shell script as a build."""
        return runner(*self.words(script, *more), **options)

    def python(self, script: str, *more: str | Path, **options: Any) -> Call:
        """Run a Python program as a build."""
        return runner(*self.words(script, *more, shell="python"), **options)

    def leftovers(self) -> list[str]:
        """Containers of this test that still exist, and folders beside the outputs."""
        label = f"label=ai.resim.inspect.job={self.name}"
        containers = self.docker("ps", "-aq", "--filter", label).split()
        containers += [p.name for p in self.folder.glob(".outputs*")]
        return containers
