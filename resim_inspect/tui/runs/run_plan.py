"""The plan of a run before it starts: which jobs would run, which are kept, and why."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from resim_inspect.text import clean
from resim_inspect.tui.runner_process import NO_WINDOW, runner_command, runner_environment
from resim_inspect.tui.runs.run_request import RunRequest

_PROGRAM = re.compile(r"^resim-runner(?: [\w-]+)?: (?:error: )?", re.MULTILINE)
"""The start of an error message of the runner."""
TIMEOUT = 30.0
"""Seconds that the runner may take to plan."""
PART_INTERVAL = 0.3
"""Seconds between two parts of a plan that are reported before its end."""
MAX_ERRORS = 64 << 10
"""Bytes of the runner's messages that are read."""


class PlannedJob(NamedTuple):
    """A job and what would happen to it; texts are not cleaned."""

    job: str
    plan: str


class Plan(NamedTuple):
    """The plan of a request, or the reason why the runner could not plan it."""

    request: RunRequest
    jobs: tuple[PlannedJob, ...] = ()
    problem: str = ""
    """Reason why the plan is missing, as a sentence; empty for a plan."""
    is_refused: bool = False
    """True if the runner would not run the request; False if it only took too long to plan."""
    is_whole: bool = True
    """False while more jobs are being planned."""


class PlanReading:
    """One call of the runner for a plan; `cancel` ends it from any thread."""

    def __init__(
        self, request: RunRequest, on_part: Callable[[Plan], object] = lambda _: None
    ) -> None:
        """`on_part` gets the plan so far, from time to time, in the thread that reads."""
        self.request = request
        self._on_part = on_part
        self._process: subprocess.Popen[bytes] | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        """End the process; the reading returns what it has."""
        self.is_cancelled = True
        if self._process is not None:
            self._process.kill()

    def rows_of(self, process: subprocess.Popen[bytes]) -> tuple[PlannedJob, ...]:
        """Read the rows that a process prints, to its end."""
        self._process = process
        if self.is_cancelled:
            process.kill()
        rows: list[PlannedJob] = []
        reported = time.monotonic()
        assert process.stdout is not None
        for line in process.stdout:
            job = _planned_job(line)
            if job is None:
                continue
            rows.append(job)
            if time.monotonic() - reported >= PART_INTERVAL:
                reported = time.monotonic()
                self._on_part(Plan(self.request, tuple(rows), is_whole=False))
        return tuple(rows)


def _planned_job(line: bytes) -> PlannedJob | None:
    """Read a line of the runner's document, which has one job a line; None for its other lines."""
    try:
        values = json.loads(line.strip().removesuffix(b","))
        return PlannedJob(str(values["job"]), str(values["plan"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read_plan(
    request: RunRequest,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    reading: PlanReading | None = None,
) -> Plan:
    """Ask the runner what a request would do, which changes nothing."""
    reading = reading or PlanReading(request)
    # A watched call is planned as one that runs once.
    words = replace(request, watch=False).arguments("--dry-run", "--format", "json")
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                runner_command(*words),
                cwd=folder,
                env=runner_environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                creationflags=NO_WINDOW,
            )
        except OSError as error:
            problem = f"The runner cannot be started: {error.strerror or error}."
            return Plan(request, problem=problem, is_refused=True)
        watchdog = threading.Timer(TIMEOUT, process.kill)
        watchdog.daemon = True
        watchdog.start()
        with process:
            rows = reading.rows_of(process)
        is_late = watchdog.finished.is_set()
        watchdog.cancel()
        if process.returncode == 0:
            return Plan(request, rows)
        if is_late and not reading.is_cancelled:
            return Plan(request, rows, f"The runner made no plan within {TIMEOUT:.0f} s.")
        errors.seek(0)
        output = errors.read(MAX_ERRORS).decode("utf-8", "replace")
    return Plan(request, rows, problem_of(output), is_refused=not reading.is_cancelled)


def problem_of(stderr: str) -> str:
    """Return what the runner said last on stderr, without its name in front."""
    text = clean(stderr.strip(), 4000, lines=True)
    ends = [match.end() for match in _PROGRAM.finditer(text)]
    return text[ends[-1] :] if ends else text or "The runner ended without a message."
