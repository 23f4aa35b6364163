"""The plan of a run before it starts: which jobs would run, which are kept, and why."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
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


def read_plan(
    request: RunRequest, environment: Mapping[str, str] = os.environ, folder: Path | None = None
) -> Plan:
    """Ask the runner what a request would do, which changes nothing."""
    try:
        done = subprocess.run(
            # A watched call is planned as one that runs once.
            runner_command(
                *replace(request, watch=False).arguments("--dry-run", "--format", "json")
            ),
            cwd=folder,
            env=runner_environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            creationflags=NO_WINDOW,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Plan(request, problem=f"The runner had no plan after {TIMEOUT:.0f} s.")
    except OSError as error:
        problem = f"The runner cannot be started: {error.strerror or error}."
        return Plan(request, problem=problem, is_refused=True)
    if done.returncode:
        problem = problem_of(done.stderr.decode("utf-8", "replace"))
        return Plan(request, problem=problem, is_refused=True)
    try:
        jobs = json.loads(done.stdout)["jobs"]
        rows = tuple(PlannedJob(str(job["job"]), str(job["plan"])) for job in jobs)
    except (ValueError, KeyError, TypeError) as error:
        return Plan(request, problem=f"The runner's plan cannot be read: {error}")
    return Plan(request, rows)


def problem_of(stderr: str) -> str:
    """Return what the runner said last on stderr, without its name in front."""
    text = clean(stderr.strip(), 4000, lines=True)
    ends = [match.end() for match in _PROGRAM.finditer(text)]
    return text[ends[-1] :] if ends else text or "The runner ended without a word."
