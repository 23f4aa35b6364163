"""`resim-runner run`: one build on every job of a workspace, then on the batch of them."""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.files import is_file
from resim_inspect.terminal import positive
from runner.commands.shared import batch_call
from runner.commands.shared import session as sessions
from runner.commands.shared.api_args import (
    add_api_arguments,
    policy_with_credentials,
    request_of,
)
from runner.commands.shared.arguments import add_watch_argument
from runner.commands.shared.build_args import add_build_arguments, build_of
from runner.commands.shared.executor_args import (
    Placement,
    add_executor_arguments,
    connected_cluster,
    placed_on,
)
from runner.commands.shared.policy_args import add_policy_arguments, policy_of
from runner.commands.shared.reporting_args import (
    ReportingOptions,
    add_reporting_arguments,
    reporting_of,
)
from runner.commands.shared.session import (
    CallEnd,
    CallReport,
    Recording,
    Session,
    failed_results,
)
from runner.engines.protocol import Build
from runner.errors import CallError
from runner.execution import result_cache, scheduler
from runner.execution.batch_job import prepare_api_image
from runner.execution.batch_run import BatchRunRequest
from runner.execution.events import Event
from runner.execution.result_cache import Planned
from runner.execution.run_context import RunContext, RunPolicy
from runner.storage.fs import disk_errors
from runner.storage.kept_outputs import note_on
from runner.storage.publish import locked, make_workspace, record
from runner.watching.file_set import WatchScope
from runner.workspace.contract import Mode
from runner.workspace.job_selection import select_jobs
from runner.workspace.layout import CONFIG, JOBS, RunFolder, Workspace, open_workspace
from runner.workspace.results import JobResult
from runner.workspace.run_record import record_of_workspace
from runner.workspace.watch_requests import WatchAction

if TYPE_CHECKING:
    from runner.executors.dask_cluster import DaskCluster
    from runner.executors.slurm_cluster import SlurmCluster


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `run`."""
    add_build_arguments(parser)
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE", help="the folder of the jobs")
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="DIR",
        help="first create the workspace from a folder of inputs, by links to them",
    )
    parser.add_argument(
        "--parallel",
        type=positive,
        metavar="N",
        help="number of runs at once (default: by the engine's CPUs and memory)",
    )
    parser.add_argument(
        "--job",
        dest="jobs",
        action="append",
        default=[],
        metavar="NAME|GLOB",
        help="run these jobs alone, and not the batch; may be given several times",
    )
    parser.add_argument(
        "--rerun",
        choices=("failed", "all"),
        default="",
        help="run failed jobs again, or everything",
    )
    parser.add_argument(
        "--fail-fast",
        action="store_true",
        help="after a failure (see --fail-on) stop the other jobs, and skip the batch",
    )
    parser.add_argument("--only", choices=("jobs", "batch"), help="run only the jobs or the batch")
    add_watch_argument(parser)
    add_executor_arguments(parser)
    add_api_arguments(parser)
    add_policy_arguments(parser)
    add_reporting_arguments(parser)


def run(args: Namespace) -> int:
    """Run the command, once or with `--watch` again and again; raises RunnerError."""
    if args.watch:
        from runner.commands.shared.watch_call import Repeated, watch

        record_path = record_of_workspace(args.workspace)
        return watch(args, Repeated(_once, _watched, record_path, _choose))
    return _once(args).code


def _once(args: Namespace) -> CallEnd:
    """Run the jobs and the batch once; raises RunnerError."""
    options = reporting_of(args)
    build = build_of(args, os.environ)
    folder: Path = args.workspace
    if args.source is not None and not args.dry_run:
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        workspace = make_workspace(args.source, folder)
    else:
        workspace = open_workspace(folder)
    whole = workspace
    if not workspace.jobs:
        raise CallError(f"{folder} has no jobs.", "A job is a folder jobs/NAME/inputs.")
    if args.jobs:
        if args.only == "batch":
            raise CallError(
                "--job runs jobs, and --only batch runs no jobs.", "Leave out one of them."
            )
        args.only = "jobs"
        workspace = _with_selected_jobs(workspace, args.jobs)
    request = request_of(args, Mode.BATCH, (workspace,))
    policy = policy_with_credentials(policy_of(args, build, os.environ), request, build)
    with connected_cluster(args) as cluster:
        if args.dry_run:
            return CallEnd(_dry_run(args, options, build, policy, request))
        with locked(folder):
            record(whole)
            return _run(args, options, build, policy, request, cluster)


def _watched(args: Namespace) -> WatchScope:
    """Return what the runs of a workspace depend on; raises RunnerError."""
    workspace: Path = args.workspace
    inputs: tuple[Path, ...] = ()
    if args.jobs and args.only != "batch":
        selected = _with_selected_jobs(open_workspace(workspace), args.jobs)
        inputs = tuple(job.folder.inputs for job in selected.jobs)
    return WatchScope(
        build=build_of(args, os.environ),
        inputs=inputs,
        jobs=None if args.jobs else workspace / JOBS,
        completed=(workspace / CONFIG,),
    )


def _choose(args: Namespace, action: WatchAction, report: CallReport | None) -> bool:
    """Let the arguments run everything, or exactly what failed; False if nothing did."""
    args.rerun = "all"
    if action is WatchAction.ALL:
        return True
    failed = failed_results(report, reporting_of(args).gate)
    args.jobs = [result.job for result in failed if result.mode == Mode.JOB]
    if not args.jobs:
        args.only = "batch"
    return bool(failed)


def _with_selected_jobs(workspace: Workspace, patterns: Sequence[str]) -> Workspace:
    """Return the workspace with the jobs of `--job` alone.

    Raises WorkspaceError for a pattern that matches no job.
    """
    chosen = select_jobs(workspace, patterns)
    return replace(workspace, jobs=tuple(job for job in workspace.jobs if job.name in chosen))


def _run(
    args: Namespace,
    options: ReportingOptions,
    build: Build,
    policy: RunPolicy,
    request: BatchRunRequest,
    cluster: DaskCluster | SlurmCluster | None,
) -> CallEnd:
    (workspace,) = request.workspaces

    def folder_of(mode: str, job: str) -> RunFolder:
        return workspace.batch if mode == Mode.BATCH else RunFolder(workspace.folder / JOBS / job)

    def log_of(result: JobResult) -> str:
        return sessions.log_path(folder_of(result.mode, result.job).log)

    def metrics_of(event: Event) -> Path:
        return folder_of(event.mode, event.job).metrics

    title = workspace.folder.resolve().name
    recording = Recording(record_of_workspace(workspace.folder))
    with (
        sessions.open_session(args, options, build, policy, log_of, recording) as session,
        _placement(args, session, workspace, cluster) as placement,
    ):
        if args.watch or args.changes:
            session = sessions.reporting_changes(session, args, metrics_of)
        session = session._replace(poll=placement.requests, about=placement.about)
        context = session.context
        planned = [] if args.only == "batch" else result_cache.plan(workspace, context, args.rerun)
        if args.only != "jobs" and placement.run_batch is None:
            prepare_api_image(context, request)
        todo = sum(job.recorded is None for job in planned)
        _report_kept_outputs(context, workspace, planned, batch=args.only != "jobs")
        parallel = placement.parallel
        sessions.announce(
            session,
            title,
            [job.name for job in workspace.jobs],
            [p.job.name for p in planned],
            jobs=len(planned),
            todo=todo,
            parallel=min(parallel, max(1, todo)),
            batch=int(args.only != "jobs"),
        )
        if args.watch:
            sessions.report_stale(session, _stale(args, workspace, planned))
        results = scheduler.run_all(
            planned,
            context,
            parallel,
            signals=placement.requests,
            executor=placement.executor,
            work_of=placement.work_of,
        )
        reused = {p.job.name for p in planned if p.recorded is not None}
        last, last_reused = None, False
        if _starts_batch(args.only, context, workspace, results):
            last, last_reused = batch_call.run_in_workspace(
                session, request, args.rerun, placement.run_batch
            )
        about = {"workspace": str(workspace.folder), "batch_id": str(workspace.batch_id)}
        report = CallReport(args.command_name, title, about, results, reused, last, last_reused)
        code = sessions.finish(session, options, report)
    sessions.print_summary(options, report)
    return CallEnd(code, report)


def _report_kept_outputs(
    context: RunContext, workspace: Workspace, planned: Sequence[Planned], *, batch: bool
) -> None:
    folders = [p.job.folder for p in planned if p.recorded is None and p.stale is None]
    if text := note_on([*folders, workspace.batch] if batch else folders):
        context.note(text)


@contextmanager
def _placement(
    args: Namespace,
    session: Session,
    workspace: Workspace,
    cluster: DaskCluster | SlurmCluster | None,
) -> Iterator[Placement]:
    """Return where the jobs run."""
    if cluster is None:
        yield Placement(_parallel(args, session.context), session.requests)
        return
    with placed_on(cluster, args, session, workspace) as placement:
        yield placement


def _stale(args: Namespace, workspace: Workspace, planned: Sequence[Planned]) -> list[JobResult]:
    """Return the recorded results that the call replaces; with a job the batch runs again."""
    stale = [p.stale for p in planned if p.stale is not None]
    if args.only != "jobs" and any(p.recorded is None for p in planned):
        batch = workspace.batch.readable_result()
        stale += [] if batch is None else [batch]
    return stale


def _starts_batch(
    only: str | None, context: RunContext, workspace: Workspace, results: list[JobResult]
) -> bool:
    """Return True if the batch runs now; warn if it was asked for and cannot."""
    if only == "jobs":
        return False
    if context.stop.stage:
        context.notify(Event("warning", context.clock(), text="the batch is not run."))
        return False
    emit = any(result.emissions for result in results)
    if only == "batch":
        return True
    if emit and not any(is_file(job.folder.metrics) for job in workspace.jobs):
        # A build that only emits has no batch mode: the API has nothing to serve to it.
        text = (
            "the jobs emit and leave no metrics.binproto, so the batch is not run; "
            "`resim-inspect evaluate WORKSPACE` evaluates the emissions of all jobs."
        )
    elif context.gate.starts_batch(results):
        return True
    else:
        text = "no job left metrics, so the batch is not run."
    context.notify(Event("warning", context.clock(), text=text))
    return False


def _parallel(args: Namespace, context: RunContext) -> int:
    if args.use_tmp_resim:
        if args.parallel not in {None, 1}:
            raise CallError(
                "--use-tmp-resim runs one job at a time, as all use the same /tmp/resim.",
                "Leave out --parallel.",
            )
        return 1
    return args.parallel or scheduler.slots(context.engine.info, context.build.limits)


def _dry_run(
    args: Namespace,
    options: ReportingOptions,
    build: Build,
    policy: RunPolicy,
    request: BatchRunRequest,
) -> int:
    from runner.commands.shared import dry_run
    from runner.commands.shared.dry_run import DryRow

    (workspace,) = request.workspaces
    entry, now = dry_run.entry_of(args, build), dry_run.build_now(args, build)

    def rows() -> Iterator[DryRow]:
        planned = []
        for job in workspace.jobs if args.only != "batch" else ():
            planned.append(dry_run.job_row(entry, now, policy, job, args.rerun))
            yield planned[-1]
        if args.only != "jobs":
            yield dry_run.batch_row(entry, now, policy, request, args.rerun, planned)

    return dry_run.print_plan(args.command_name, options, policy, rows())
