"""`--dry-run`: the runs of a call, each with an equivalent shell command to try by hand."""

from __future__ import annotations

import json
import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from resim_inspect.text import clean
from runner.commands.shared.build_args import engine_options, fit_to_engine
from runner.commands.shared.reporting_args import ReportingOptions
from runner.engines import discovery
from runner.engines.discovery import entry_for
from runner.engines.entry import EngineEntry
from runner.engines.protocol import Build
from runner.errors import EngineError
from runner.execution.batch_run import BatchRunRequest
from runner.execution.run_context import RunPolicy
from runner.workspace.contract import BATCH_CONFIG, REPORT_CONFIG, Mode
from runner.workspace.results import FORMAT


def entry_of(args: Namespace, build: Build) -> EngineEntry:
    """Registry entry of the engine that would run the build; raises CallError."""
    return entry_for(build, engine_options(args))


def fitted(args: Namespace, build: Build) -> Build:
    """Return the build with the resources that it would be given; say on stderr which it lacks.

    Only ReSim's resources depend on the engine; without an engine, they are kept.
    """
    if not build.like_cloud:
        return build
    try:
        engine = discovery.connect(build, engine_options(args), os.environ)
    except EngineError as error:
        text = f"the lines have the CPUs and memory of ReSim's cloud, because {error.reason}"
    else:
        build, text = fit_to_engine(build, engine.info)
        engine.close()
    if text:
        sys.stderr.write(f"resim-runner: {clean(text)}\n")
    return build


def served_row(
    entry: EngineEntry, build: Build, request: BatchRunRequest, outputs: Path, plan: str
) -> tuple[str, str, str]:
    """Row of a batch or report; a run by hand is isolated less than one of the runner."""
    report = request.mode is Mode.REPORT
    name = REPORT_CONFIG.name if report else BATCH_CONFIG.name
    folders = [str(workspace.folder) for workspace in request.workspaces]
    serve = ["resim-runner", "serve", *folders, "--config", name, *(["--report"] if report else [])]
    build = replace(build, hardening=replace(build.hardening, network="host"))
    plan += f"; by hand after {shlex.join(serve)}"
    return request.name, entry.command_line(build, ((name, Path(name)),), outputs), plan


def print_plan(
    command: str,
    options: ReportingOptions,
    policy: RunPolicy,
    rows: Sequence[tuple[str, str, str]],
) -> int:
    """Print the rows: name, command line and plan of each run; return 0."""
    if options.format == "json":
        jobs = [{"job": job, "plan": plan, "command": line} for job, line, plan in rows]
        values = {"format": FORMAT, "command": command, "dry_run": True, "jobs": jobs}
        text = json.dumps(values, indent=1)
    else:
        parts = (f"# {clean(job)}: {clean(plan)}\n{_escaped(line)}" for job, line, plan in rows)
        text = "\n".join(parts)
    sys.stdout.write(policy.secrets.hide_text(text) + "\n")
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
