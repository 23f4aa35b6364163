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
from runner.execution.batch_run import Wish
from runner.execution.run_job import Rules
from runner.workspace.contract import BATCH_CONFIG, REPORT_CONFIG, Mode
from runner.workspace.results import FORMAT


def tell_job(args: Namespace, build: Build, rules: Rules, inputs: Inputs) -> int:
    """Say what `job` would do."""
    line = _entry(args, build).command_line(build, inputs, args.outputs)
    return _tell(args, rules, [(args.name, line, "would run")])


def tell_served(args: Namespace, build: Build, rules: Rules, wish: Wish, outputs: Path) -> int:
    """Say what `batch` or `report` would do."""
    return _tell(args, rules, [_served(_entry(args, build), build, wish, outputs, "would run")])


def _served(
    entry: EngineEntry, build: Build, wish: Wish, outputs: Path, what: str
) -> tuple[str, str, str]:
    """The row of a build that is served; by hand, that is less closed in."""
    report = wish.mode is Mode.REPORT
    name = REPORT_CONFIG.name if report else BATCH_CONFIG.name
    folders = [str(workspace.folder) for workspace in wish.workspaces]
    serve = ["resim-runner", "serve", *folders, "--config", name, *(["--report"] if report else [])]
    build = replace(build, hardening=replace(build.hardening, network="host"))
    what += f"; by hand after {shlex.join(serve)}"
    return wish.name, entry.command_line(build, ((name, Path(name)),), outputs), what


def tell_run(args: Namespace, build: Build, rules: Rules, wish: Wish) -> int:
    """Say what `run` would do; changes nothing."""
    rows = []
    entry = _entry(args, build)
    (workspace,) = wish.workspaces
    for job in workspace.jobs if args.only != "batch" else ():
        line = entry.command_line(build, scheduler.inputs_of(job.folder), job.folder.outputs)
        known = job.folder.result.is_file()
        what = "has a result; runs if anything changed" if known else "would run"
        rows.append((job.name, line, "would run" if args.rerun == "all" else what))
    if args.only != "jobs":
        what = "runs after the jobs, beside an API that serves their metrics"
        rows.append(_served(entry, build, wish, workspace.batch.outputs, what))
    return _tell(args, rules, rows)


def _entry(args: Namespace, build: Build) -> EngineEntry:
    """Registry entry of the engine that would run the build; raises CallError."""
    return entry_for(build, build_args.engine_options(args))


def _tell(args: Namespace, rules: Rules, rows: Sequence[tuple[str, str, str]]) -> int:
    if args.format == "json":
        jobs = [{"job": job, "plan": what, "command": line} for job, line, what in rows]
        values = {"format": FORMAT, "command": args.command_name, "dry_run": True, "jobs": jobs}
        text = json.dumps(values, indent=1)
    else:
        text = "\n".join(f"# {clean(job)}: {what}\n{line}" for job, line, what in rows)
    sys.stdout.write(rules.secrets.hide_text(text) + "\n")
    return 0
