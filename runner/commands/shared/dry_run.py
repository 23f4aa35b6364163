"""`--dry-run`: the runs of a call, each with an equivalent shell command to try by hand."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from resim_inspect.text import clean
from runner.commands import PROGRAM
from runner.commands.shared.build_args import engine_options, fit_to_engine
from runner.commands.shared.reporting_args import ReportingOptions
from runner.engines import discovery
from runner.engines.discovery import entry_for
from runner.engines.entry import EngineEntry
from runner.engines.protocol import Build, Prepared
from runner.errors import EngineError, ImageError, RunnerError
from runner.execution import result_cache
from runner.execution.batch_run import BatchRunRequest, batch_cache_key
from runner.execution.run_context import RunPolicy
from runner.workspace.contract import BATCH_CONFIG, REPORT_CONFIG, Mode, inputs_below
from runner.workspace.layout import Job
from runner.workspace.results import FORMAT


def entry_of(args: Namespace, build: Build) -> EngineEntry:
    """Registry entry of the engine that would run the build; raises CallError."""
    return entry_for(build, engine_options(args))


class BuildNow(NamedTuple):
    """A build with the resources that it would be given, and what is known of it before it runs."""

    build: Build
    prepared: Prepared | None
    """The build as it is now; None if it is not known."""
    unknown: str
    """Reason why the build of the run may be another one, as a clause; empty if it is not."""


def build_now(args: Namespace, build: Build) -> BuildNow:
    """Look a build up without building or pulling it; say on stderr which resources it lacks.

    Without an engine, ReSim's resources are kept and the build is not known. Raises CallError for
    a build that no run could use.
    """
    try:
        engine = discovery.connect(build, engine_options(args), os.environ)
    except EngineError as error:
        if build.like_cloud:
            _say(f"the lines have the CPUs and memory of ReSim's cloud, because {error.reason}")
        return BuildNow(build, None, error.reason.removesuffix("."))
    try:
        build, text = fit_to_engine(build, engine.info)
        _say(text)
        prepared = engine.current(build)
    except (EngineError, ImageError) as error:
        return BuildNow(build, None, error.reason.removesuffix("."))
    finally:
        engine.close()
    if build.context is not None:
        return BuildNow(build, prepared, "its image is built first")
    if build.image and build.pull == "always":
        return BuildNow(build, prepared, "its image is pulled first")
    unknown = "" if prepared is not None else f"the image {clean(build.image, 120)} is not here yet"
    return BuildNow(build, prepared, unknown)


def _say(text: str) -> None:
    if text:
        sys.stderr.write(f"{PROGRAM}: {clean(text)}\n")


class _KeyContext(NamedTuple):
    """Values of the cache keys of a call that is only planned."""

    build: Build
    prepared: Prepared
    policy: RunPolicy
    clock: Callable[[], float] = time.time


class DryRow(NamedTuple):
    """One run of a call that is only planned."""

    job: str
    command: str
    """An equivalent shell command."""
    plan: str
    """The answer in words: it would run, or its result is kept, and why."""
    runs: bool | None = True
    """False if its recorded result is kept; None if that is not known before the call."""


def job_row(entry: EngineEntry, now: BuildNow, policy: RunPolicy, job: Job, rerun: str) -> DryRow:
    """Return the row of a job of a workspace, by the cache key that the run would have."""
    inputs = inputs_below(job.folder.inputs)
    line = entry.command_line(now.build, inputs, job.folder.outputs)
    # Without a build no key is equal: what runs in any case has another reason than the key.
    context = _KeyContext(now.build, now.prepared or Prepared(""), policy)
    planned = result_cache.planned_job(job, context, rerun)
    build_decides = planned.recorded is not None or planned.why in result_cache.BUILD_REASONS
    if now.unknown and build_decides:
        return DryRow(
            job.name, line, f"would run only if its build has changed; {now.unknown}", None
        )
    if planned.recorded is not None:
        return DryRow(job.name, line, f"kept: {planned.why}", False)
    return DryRow(job.name, line, f"would run: {planned.why}")


def served_row(
    entry: EngineEntry,
    build: Build,
    request: BatchRunRequest,
    outputs: Path,
    plan: str,
    runs: bool | None = True,
) -> DryRow:
    """Row of a batch or report; a run by hand is isolated less than one of the runner."""
    report = request.mode is Mode.REPORT
    name = REPORT_CONFIG.name if report else BATCH_CONFIG.name
    folders = [str(workspace.folder) for workspace in request.workspaces]
    serve = [PROGRAM, "serve", *folders, "--config", name, *(["--report"] if report else [])]
    build = replace(build, hardening=replace(build.hardening, network="host"))
    plan += f"; to run it by hand, start this first: {shlex.join(serve)}"
    line = entry.command_line(build, ((name, Path(name)),), outputs)
    return DryRow(request.name, line, plan, runs)


def batch_row(
    entry: EngineEntry,
    now: BuildNow,
    policy: RunPolicy,
    request: BatchRunRequest,
    rerun: str,
    jobs: Sequence[DryRow],
) -> DryRow:
    """Return the row of a workspace's batch after its jobs."""
    run_folder = request.workspaces[0].batch
    plan = "would run after the jobs, with an API that serves their metrics"
    runs: bool | None = True
    settings = result_cache.settings_digest(now.build, policy)
    result = run_folder.readable_result()
    if result is not None and result_cache.is_reusable(run_folder.metrics, result, settings, rerun):
        if now.prepared is None or now.unknown or any(row.runs is not False for row in jobs):
            plan, runs = "would run after the jobs, unless build and metrics stay the same", None
        else:
            with suppress(RunnerError):
                if result.cache_key == batch_cache_key(request, now.build, now.prepared):
                    plan, runs = f"kept: {result_cache.why_kept(result)}", False
    return served_row(entry, now.build, request, run_folder.outputs, plan, runs)


def print_plan(
    command: str, options: ReportingOptions, policy: RunPolicy, rows: Iterable[DryRow]
) -> int:
    """Print each row as soon as it is there; return 0.

    The JSON document has one row a line, so that a program can read them one after the other.
    """

    secrets = policy.secrets

    def put(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    if options.format == "json":
        head = json.dumps({"format": FORMAT, "command": command, "dry_run": True})
        put(f'{head.removesuffix("}")}, "jobs": [')
        for number, row in enumerate(rows):
            values = {"job": row.job, "plan": row.plan, "runs": row.runs, "command": row.command}
            put(f"{',' if number else ''}\n{json.dumps(secrets.hide_values(values))}")
        put("\n]}\n")
    else:
        for row in rows:
            text = f"# {clean(row.job)}: {clean(row.plan)}\n{_escaped(row.command)}\n"
            put(secrets.hide_text(text))
    return 0


def _escaped(line: str) -> str:
    """Return a command line for bash with escapes in place of what a terminal does not show.

    Such a character is always within single quotes.
    """
    return "".join(char if clean(char) == char else f"'$'{_escape(char)}''" for char in line)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        # A byte of a file's name that is not UTF-8.
        code -= 0xDC00
        return f"\\x{code:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
