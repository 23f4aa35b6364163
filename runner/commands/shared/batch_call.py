"""Steps that `batch`, `report` and `run` share: a build that is served the metrics of jobs."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from runner.commands.shared import session as sessions
from runner.commands.shared.api_args import policy_with_credentials, request_of
from runner.commands.shared.build_args import build_of
from runner.commands.shared.policy_args import policy_of
from runner.commands.shared.reporting_args import reporting_of
from runner.commands.shared.session import CallReport, Recording, Session
from runner.commands.shared.staging import check_outputs, keep, staging_folder
from runner.errors import RunnerError
from runner.execution import batch_run
from runner.execution.batch_job import broken_batch, prepare_api_image, run_batch
from runner.execution.batch_run import BatchRunRequest
from runner.execution.claimed_run import recover_unclaimed
from runner.execution.events import Event
from runner.execution.result_cache import recorded_fingerprint, settings_digest
from runner.execution.retries import run_with_retries
from runner.storage.fs import remove_tree
from runner.storage.staging import NEW
from runner.workspace.contract import Mode
from runner.workspace.layout import Workspace
from runner.workspace.results import JobResult
from runner.workspace.run_record import record_of_outputs

RunOnWorker = Callable[[BatchRunRequest, str, str], JobResult]
"""A function that runs a batch in another process, from a request, its cache key, and the
fingerprint of the recorded result that does not hold."""


def run_to_folder(args: Namespace, mode: Mode, workspaces: tuple[Workspace, ...]) -> int:
    """Run `batch` or `report`: only the build's outputs are kept, in the folder `--outputs`."""
    options = reporting_of(args)
    build = build_of(args, os.environ)
    request = request_of(args, mode, workspaces)
    policy = policy_with_credentials(policy_of(args, build, os.environ), request, build)
    outputs: Path = args.outputs
    record = record_of_outputs(outputs)
    log: Path = args.log or record.build_log
    check_outputs(outputs)
    if args.dry_run:
        from runner.commands.shared import dry_run

        entry, build = dry_run.entry_of(args, build), dry_run.build_now(args, build).build
        row = dry_run.served_row(entry, build, request, outputs, "would run")
        return dry_run.print_plan(args.command_name, options, policy, [row])
    title = workspaces[0].folder.resolve().name
    log_text = sessions.log_path(log)
    with (
        staging_folder(outputs) as staging,
        sessions.open_session(
            args, options, build, policy, lambda _: log_text, Recording(record, log)
        ) as session,
    ):
        context = session.context
        prepare_api_image(context, request)
        numbers = {"jobs": 0, "todo": 0, "parallel": 1, request.name: 1}
        sessions.announce(session, title, [request.name], [], **numbers)

        def work() -> JobResult:
            new, scratch = staging / NEW, staging / batch_run.SCRATCH

            def attempt() -> JobResult:
                return batch_run.run_served(context, request, new, log, scratch)

            result = run_with_retries(context, request.name, new, attempt, mode=request.mode.value)
            return keep(result, staging, outputs)

        result = _run_reported(session, request, work)
        about = {"jobs_served": sum(len(workspace.jobs) for workspace in workspaces)}
        report = CallReport(args.command_name, title, about, last=result)
        code = sessions.finish(session, options, report)
    sessions.print_summary(options, report)
    return code


def run_in_workspace(
    session: Session, request: BatchRunRequest, rerun: str, run_on_worker: RunOnWorker | None = None
) -> tuple[JobResult, bool]:
    """Run the batch of a workspace, into it; return the result, and True if it was recorded.

    `run_on_worker` runs it in another process, which reports its start.
    """
    context = session.context
    run_folder = request.workspaces[0].batch
    if recover_unclaimed(run_folder):
        remove_tree(run_folder.path / batch_run.SCRATCH)
    try:
        key = batch_run.batch_cache_key(request, context.build, context.prepared)
    except RunnerError as error:
        result = broken_batch(request.mode, str(request.id), error)
        context.notify(Event("finished", context.clock(), request.name, result=result))
        return result, False
    settings = settings_digest(context.build, context.policy)
    kept_result = batch_run.kept_result(run_folder, key, settings, rerun)
    if kept_result is not None:
        context.notify(Event("kept", context.clock(), request.name, result=kept_result))
        return kept_result, True

    earlier = recorded_fingerprint(run_folder)

    def work() -> JobResult:
        if run_on_worker is not None:
            return run_on_worker(request, key, earlier)
        return run_batch(context, request, key, earlier)

    return _run_reported(session, request, work, starts=run_on_worker is None), False


def _run_reported(
    session: Session,
    request: BatchRunRequest,
    run: Callable[[], JobResult],
    *,
    starts: bool = True,
) -> JobResult:
    context = session.context
    if starts:
        mode = {"mode": request.mode.value}
        context.notify(Event("started", context.clock(), request.name, data=mode))
    try:
        result = sessions.run_until_signalled(session, run)
    except RunnerError as error:
        result = broken_batch(request.mode, str(request.id), error)
    for note in result.notes:
        text = f"{request.name}: {note}"
        context.notify(Event("warning", context.clock(), request.name, text))
    context.notify(Event("finished", context.clock(), request.name, result=result))
    return result
