"""`resim-runner stop`: stops a run under way, or some of its jobs, from another terminal."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from resim_inspect.text import clean, count
from runner.commands.shared.arguments import add_jobs_argument, add_run_folder_argument
from runner.errors import CallError, RunnerError
from runner.exit_codes import ExitCode
from runner.workspace.job_selection import matching_names
from runner.workspace.job_status import record_at
from runner.workspace.run_follower import RunFollower
from runner.workspace.run_state import JobProgress, Life, Phase, RunState
from runner.workspace.stopping import stop_run

POLL_INTERVAL = 0.2
"""Seconds between two looks at the run that ends."""
ACTIVE = frozenset({Phase.QUEUED, Phase.RUNNING})


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `stop`."""
    add_run_folder_argument(parser)
    add_jobs_argument(
        parser,
        "names or globs of jobs to stop, while the others go on (default: the whole run)",
    )
    parser.add_argument(
        "--no-wait", action="store_true", help="do not wait until the run or its jobs have ended"
    )


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    record = record_at(args.workspace)
    follower = RunFollower(record)
    state = follower.poll()
    if not state.is_active:
        location = clean(str(args.workspace))
        raise CallError(
            f"no run is under way in {location}.", "`resim-runner status` shows the last one."
        )
    chosen = _chosen(state, args)
    for name in chosen or [""]:
        problem = stop_run(record, name)
        if problem:
            raise RunnerError(problem)
    if not args.no_wait:
        state = _wait(follower, chosen)
    _report(state, chosen, waited=not args.no_wait)
    return ExitCode.OK


def _chosen(state: RunState, args: Namespace) -> list[str]:
    """Return the names of the jobs to stop; none for the whole run. Raises WorkspaceError."""
    if not args.jobs:
        return []
    active = [job.name for job in state.jobs.values() if job.phase in ACTIVE]
    what = f"no job that is queued or runs in {clean(str(args.workspace))}"
    return sorted(matching_names(active, args.jobs, what))


def _wait(follower: RunFollower, chosen: Sequence[str]) -> RunState:
    """Wait until the run, or the chosen jobs of it, have ended; raises WorkspaceError."""
    names = set(chosen)
    state = follower.poll()
    while state.is_active and (not names or any(_active(state, names))):
        time.sleep(POLL_INTERVAL)
        state = follower.poll()
    # The last events may have come after the last look.
    return follower.poll()


def _active(state: RunState, names: set[str]) -> list[JobProgress]:
    return [job for job in state.jobs.values() if job.name in names and job.phase in ACTIVE]


def _report(state: RunState, chosen: Sequence[str], *, waited: bool) -> None:
    if chosen:
        text = (
            f"{count(len(chosen), 'job')} stopped."
            if waited
            else "The run was asked to stop the jobs."
        )
    elif state.life is Life.DIED:
        text = "The process of the run ended before the run was complete."
    else:
        text = "The run has ended." if waited else "The run was asked to stop."
    sys.stdout.write(f"{text}\n")
