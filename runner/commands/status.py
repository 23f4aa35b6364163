"""`resim-runner status`: every job of a workspace with its outcome, also of a run under way."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from resim_inspect.schemas.window import Window, add_window_arguments, write_bounded
from resim_inspect.terminal import terminal_columns, use_color
from resim_inspect.text import NOT_RUN, clean, cut, size, table
from runner.commands.shared.arguments import (
    add_format_argument,
    add_run_folder_argument,
    checked_bounds,
)
from runner.execution.events import Event
from runner.exit_codes import ExitCode
from runner.reporting.lines import Lines
from runner.reporting.rows import jobs_line
from runner.workspace.job_status import (
    JobStatus,
    WorkspaceStatus,
    counts_of,
    outputs_status,
    record_at,
    single_run_at,
    workspace_status,
)
from runner.workspace.layout import open_workspace
from runner.workspace.results import FORMAT, Outcome, status_named
from runner.workspace.run_follower import RunFollower
from runner.workspace.run_record import NO_HEARTBEAT
from runner.workspace.run_state import Life, RunState
from runner.workspace.watch_requests import WatchPhase

POLL_INTERVAL = 0.2
"""Seconds between two looks at a run that is followed."""
MAX_NAME = 60
HEADER = ("JOB", "OUTCOME", "VERDICT", "SECONDS", "CPU s", "MEMORY", "WHY")
NUMBERS = (3, 4, 5)
"""Right-aligned columns."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `status`."""
    add_run_folder_argument(parser)
    add_format_argument(parser)
    add_window_arguments(parser, "job")
    parser.add_argument(
        "--follow",
        action="store_true",
        help="report a run that is under way until it ends, and end with its exit code",
    )


def run(args: Namespace) -> int:
    """Run the command; raises WorkspaceError."""
    bounds = checked_bounds(args)
    code = _follow(args.workspace) if args.follow else int(ExitCode.OK)
    status = status_of(args.workspace)
    if args.format == "json":

        def build(window: Window) -> dict[str, Any]:
            return {
                "format": FORMAT,
                "workspace": str(args.workspace),
                "jobs": window.take(status.jobs, lambda job: job.as_dict()) or [],
            }

        write_bounded(sys.stdout, bounds, build, partial(json.dump, indent=1))
        return code
    width = terminal_columns() if sys.stdout.isatty() else None
    for line in _lines(status, time.time()):
        sys.stdout.write((line if width is None else cut(line, width)) + "\n")
    return code


def _follow(folder: Path) -> int:
    """Report the events of a run on stderr until it has ended; return its exit code.

    That of a run that died is 1. Raises WorkspaceError.
    """
    follower = RunFollower(record_at(folder))
    color = use_color("auto", sys.stderr)
    lines = Lines(sys.stderr, color=color, quiet=False, log_of=lambda _: "", builds=False)

    def report(event: Event) -> None:
        # An event of another program may lack what a line is made of, or have absurd numbers.
        with suppress(KeyError, TypeError, ValueError, OverflowError):
            lines(event)

    state = follower.poll(report)
    while state.life is Life.ALIVE:
        time.sleep(POLL_INTERVAL)
        state = follower.poll(report)
    if state.life is Life.DIED:
        return ExitCode.INTERNAL
    return state.exit_code or 0


def status_of(folder: Path) -> WorkspaceStatus:
    """Return the status of a workspace or of the folder of a single run; raises WorkspaceError."""
    if single_run_at(folder) is not None:
        return outputs_status(folder)
    return workspace_status(open_workspace(folder))


def _lines(status: WorkspaceStatus, now: float) -> Iterator[str]:
    rows = [*status.jobs, *([status.batch] if status.batch is not None else [])]
    yield from table([HEADER, *map(_row, rows)], NUMBERS)
    yield ""
    yield summary_of(status.jobs)
    yield from run_lines(status.state, now)


def _row(status: JobStatus) -> tuple[str, ...]:
    verdict = "–"
    if status.verdict is not None:
        named = status_named(status.verdict)
        verdict = f"{named.symbol} {clean(status.verdict, 20)}"
    result = status.result
    cpu = None if result is None else result.cpu_seconds
    memory = None if result is None else result.peak_memory_bytes
    return (
        clean(status.key.name, MAX_NAME),
        status.outcome or NOT_RUN,
        verdict,
        "–" if status.seconds is None else f"{status.seconds:,.1f}",
        "–" if cpu is None else f"{cpu:,.1f}",
        "–" if memory is None else size(memory),
        clean(status.why),
    )


def summary_of(jobs: Sequence[JobStatus]) -> str:
    """Return the jobs by verdict and outcome in one line: `3 jobs: 1 FAIL_BLOCK · 2 running`."""
    done = [job.result for job in jobs if job.outcome == Outcome.DONE and job.result is not None]
    others = counts_of([job for job in jobs if job.outcome != Outcome.DONE])
    return jobs_line(done, others) + "."


def run_lines(state: RunState, now: float) -> Iterator[str]:
    """Yield the state of the present or last run, one sentence a line; none if all is well."""
    owner = state.owner
    if owner is None and state.life is not Life.FINISHED:
        return
    where = "" if owner is None else f"process {owner.pid} on {clean(owner.host, 60)}"
    if state.life is Life.ALIVE and owner is not None:
        parts = [f"A run is under way{_since(owner.started)} ({where})"]
        if state.planned:
            parts.append(f"{state.done:,} of {state.todo:,} ended")
            parts.append(f"{len(state.running):,} running")
        else:
            parts.append(clean(state.note, 100) or "it is preparing the build")
        left = state.seconds_left(now)
        if left is not None and left >= 1:
            parts.append(f"about {left:,.0f} s left")
        if state.stopping:
            parts.append("it is being stopped")
        yield ", ".join(parts) + "."
        yield "  `resim-runner stop` stops it, `status --follow` reports it to its end."
    elif state.watch:
        words = "is paused" if state.watch is WatchPhase.PAUSED else "waits for changes of files"
        yield f"A watch {words} ({where}). `resim-runner stop` ends it."
    elif state.life is Life.DIED:
        ended = "its watch" if state.ended else "the run"
        if owner is None or owner.has_ended:
            yield f"The last run died ({where}): its process ended before {ended} did."
        else:
            yield f"The last run counts as dead ({where}), {NO_HEARTBEAT}."
        if owner is not None and owner.command:
            yield f"  Run it again; finished jobs are kept: {clean(owner.command_line)}"
    elif state.error:
        yield f"The last run failed: {clean(state.error)}"
        if state.hint:
            yield f"  {clean(state.hint)}"


def _since(started: float) -> str:
    """Return ` since 18:11:18`; nothing for a time that no calendar has."""
    try:
        return f" since {datetime.fromtimestamp(started):%H:%M:%S}"
    except (OverflowError, OSError, ValueError):
        return ""
