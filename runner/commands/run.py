"""`resim-runner run`: one build on every job of a workspace, then on the batch of them."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from runner.commands.shared import batch_call, build_args, session
from runner.engines.protocol import Build
from runner.errors import CallError
from runner.execution import scheduler
from runner.execution.batch_run import BatchRunRequest
from runner.execution.events import Event
from runner.execution.run_context import RunPolicy
from runner.reporting.dispatcher import EventDispatcher
from runner.reporting.rows import summary
from runner.storage.publish import locked, make_workspace, record
from runner.workspace.contract import Mode
from runner.workspace.layout import JOBS, open_workspace
from runner.workspace.results import JobResult


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    build = build_args.build_of(args, os.environ)
    batch_call.check(args)
    folder: Path = args.workspace
    if args.source is not None and not args.dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        workspace = make_workspace(args.source, folder)
    else:
        workspace = open_workspace(folder)
    if not workspace.jobs:
        raise CallError(f"{folder} has no jobs.", "A job is a folder jobs/NAME/inputs.")
    request = batch_call.request_of(args, Mode.BATCH, (workspace,))
    policy = batch_call.policy_with_token(
        build_args.policy_of(args, build, os.environ), request, build
    )
    if args.dry_run:
        from runner.commands.shared.dry_run import tell_run

        return tell_run(args, build, policy, request)
    with locked(folder):
        record(workspace)
        return _run(args, build, policy, request)


def _run(args: Namespace, build: Build, policy: RunPolicy, request: BatchRunRequest) -> int:
    (workspace,) = request.workspaces

    def log_of(result: JobResult) -> str:
        if result.mode == Mode.BATCH:
            return session.log_path(workspace.batch.log)
        return session.log_path(workspace.folder / JOBS / result.job / "run" / "log.txt")

    title = workspace.folder.resolve().name
    with (
        EventDispatcher(args, policy.secrets, log_of) as dispatcher,
        session.ready(args, dispatcher, build, policy) as (call, signals),
    ):
        planned = [] if args.only == "batch" else scheduler.plan(workspace, call, args.rerun)
        if args.only != "jobs":
            batch_call.get_api_image(call.engine, request, build, dispatcher)
        todo = sum(p.kept is None for p in planned)
        parallel = _parallel(args, call)
        dispatcher.plan(
            call.clock(),
            title,
            session.describe_build(build, call.prepared),
            call.engine.info.description,
            [job.name for job in workspace.jobs],
            jobs=len(planned),
            todo=todo,
            parallel=min(parallel, max(1, todo)),
            batch=int(args.only != "jobs"),
        )
        found = scheduler.run_all(planned, call, parallel, signals=lambda: signals.count)
        kept = {p.job.name for p in planned if p.kept is not None}
        about = {"workspace": str(workspace.folder), "batch_id": str(workspace.batch_id)}
        last, again = None, False
        if _starts_batch(args, call, found):
            last, again = batch_call.run_in_workspace(call, signals, request, args.rerun)
        code = session.finish(
            args, policy, title, about, found, kept, dispatcher, signals.code, last, again
        )
    if args.format == "text" and args.events != "-":
        sys.stdout.write(summary(found, len(kept), call.gate, last, again) + "\n")
    return code


def _starts_batch(args: Namespace, call: RunContext, found: list[JobResult]) -> bool:
    """Return True if the batch runs now; warn if it was asked for and cannot."""
    if args.only == "jobs":
        return False
    if call.stop.stage:
        call.notify(Event("warning", call.clock(), text="the batch is not run."))
        return False
    if args.only == "batch" or call.gate.starts_batch(found):
        return True
    text = "no job left metrics, so the batch is not run."
    call.notify(Event("warning", call.clock(), text=text))
    return False


def _parallel(args: Namespace, call: RunContext) -> int:
    if args.use_tmp_resim:
        if args.parallel not in {None, 1}:
            raise CallError("--use-tmp-resim runs one job at a time: there is one /tmp/resim.")
        return 1
    return args.parallel or scheduler.slots(call.engine.info, call.build.limits)
