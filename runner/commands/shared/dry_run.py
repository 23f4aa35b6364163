"""`--dry-run`: the runs of a call, each with an equivalent shell command to try by hand."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from resim_inspect.text import clean
from runner.commands.shared import build_args
from runner.engines.discovery import entry_for
from runner.engines.entry import EngineEntry, Inputs
from runner.engines.protocol import Build
from runner.execution import scheduler
from runner.execution.batch_run import BatchRunRequest
from runner.execution.run_context import RunPolicy
from runner.workspace.contract import BATCH_CONFIG, INPUTS, OUTPUTS, REPORT_CONFIG, Mode
from runner.workspace.results import FORMAT


def tell_job(args: Namespace, build: Build, policy: RunPolicy, inputs: Inputs) -> int:
    """Say what `job` would do."""
    line = command_line(build, inputs, args.outputs)
    return _tell(args, policy, [(args.name, line, "would run")])


def tell_served(
    args: Namespace, build: Build, policy: RunPolicy, request: BatchRunRequest, outputs: Path
) -> int:
    """Say what `batch` or `report` would do."""
    return _tell(args, policy, [_served(build, request, outputs, "would run")])


def _served(
    build: Build, request: BatchRunRequest, outputs: Path, what: str
) -> tuple[str, str, str]:
    """The row of a build that is served; by hand, that is less closed in."""
    report = request.mode is Mode.REPORT
    name = REPORT_CONFIG.name if report else BATCH_CONFIG.name
    folders = [str(workspace.folder) for workspace in request.workspaces]
    serve = ["resim-runner", "serve", *folders, "--config", name, *(["--report"] if report else [])]
    build = replace(build, hardening=replace(build.hardening, network="host"))
    what += f"; by hand after {shlex.join(serve)}"
    return request.name, command_line(build, ((name, Path(name)),), outputs), what


def tell_run(args: Namespace, build: Build, policy: RunPolicy, request: BatchRunRequest) -> int:
    """Say what `run` would do; changes nothing."""
    rows = []
    (workspace,) = request.workspaces
    for job in workspace.jobs if args.only != "batch" else ():
        line = entry.command_line(build, scheduler.inputs_of(job.folder), job.folder.outputs)
        known = job.folder.result.is_file()
        what = "has a result; runs if anything changed" if known else "would run"
        rows.append((job.name, line, "would run" if args.rerun == "all" else what))
    if args.only != "jobs":
        what = "runs after the jobs, beside an API that serves their metrics"
        rows.append(_served(build, request, workspace.batch.outputs, what))
    return _tell(args, policy, rows)


def _tell(args: Namespace, policy: RunPolicy, rows: Sequence[tuple[str, str, str]]) -> int:
    if args.format == "json":
        jobs = [{"job": job, "plan": what, "command": line} for job, line, what in rows]
        values = {"format": FORMAT, "command": args.command_name, "dry_run": True, "jobs": jobs}
        text = json.dumps(values, indent=1)
    else:
        text = "\n".join(f"# {clean(job)}: {what}\n{line}" for job, line, what in rows)
    sys.stdout.write(policy.secrets.hide_text(text) + "\n")
    return 0
