"""`resim-runner run`: one build on every job of a workspace."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from runner import batch, options
from runner.commands import common
from runner.engines.base import Build
from runner.errors import CallError
from runner.life import Rules
from runner.publish import locked, make_workspace, record
from runner.results import JobResult
from runner.watch.rows import summary
from runner.watch.tell import Watchers
from runner.workspace import JOBS, Workspace, open_workspace


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    build = options.build_of(args, os.environ)
    rules = options.rules_of(args, build, os.environ)
    folder: Path = args.workspace
    if args.source is not None and not args.dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        workspace = make_workspace(args.source, folder)
    else:
        workspace = open_workspace(folder)
    if not workspace.jobs:
        raise CallError(f"{folder} has no jobs.", "A job is a folder jobs/NAME/inputs.")
    if args.dry_run:
        from runner.commands.plan import tell_run

        return tell_run(args, build, rules, workspace)
    with locked(folder):
        record(workspace)
        return _run(args, build, rules, workspace)


def _run(args: Namespace, build: Build, rules: Rules, workspace: Workspace) -> int:
    def log_of(result: JobResult) -> str:
        return common.log_path(workspace.folder / JOBS / result.job / "run" / "log.txt")

    title = workspace.folder.resolve().name
    with (
        Watchers(args, rules.secrets, log_of) as watchers,
        common.ready(args, watchers, build, rules) as (call, signals),
    ):
        planned = batch.plan(workspace, call, args.rerun)
        todo = sum(p.kept is None for p in planned)
        parallel = _parallel(args, call)
        watchers.plan(
            call.clock(),
            title,
            common.describe_build(build, call.prepared),
            common.describe_engine(call.engine),
            [job.name for job in workspace.jobs],
            jobs=len(planned),
            todo=todo,
            parallel=min(parallel, max(1, todo)),
        )
        found = batch.run_all(
            planned, call, parallel, fail_fast=args.fail_fast, signals=lambda: signals.count
        )
        kept = {p.job.name for p in planned if p.kept is not None}
        about = {"workspace": str(workspace.folder), "batch_id": str(workspace.batch_id)}
        code = common.finish(args, rules, title, about, found, kept, watchers, signals.code)
    if args.format == "text" and args.events != "-":
        sys.stdout.write(summary(found, len(kept)) + "\n")
    return code


def _parallel(args: Namespace, call: batch.Call) -> int:
    if args.use_tmp_resim:
        if args.parallel not in {None, 1}:
            raise CallError("--use-tmp-resim runs one job at a time: there is one /tmp/resim.")
        return 1
    return args.parallel or batch.slots(call.engine.info, call.build.limits)
