"""`resim-runner job`: one build on one job's inputs."""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from resim_inspect.files import is_folder
from resim_inspect.text import clean
from resim_inspect.validation.findings import Severity
from runner.commands.shared import session as sessions
from runner.commands.shared.arguments import add_outputs_arguments, add_watch_argument
from runner.commands.shared.build_args import add_build_arguments, build_of
from runner.commands.shared.policy_args import add_policy_arguments, policy_of
from runner.commands.shared.reporting_args import add_reporting_arguments, reporting_of
from runner.commands.shared.session import (
    CallEnd,
    CallReport,
    Recording,
    Session,
    failed_results,
)
from runner.commands.shared.staging import check_outputs, keep, staging_folder
from runner.engines.entry import Inputs
from runner.engines.protocol import Task
from runner.errors import CallError, RunnerError
from runner.execution import result_cache
from runner.execution.events import Event
from runner.execution.retries import run_with_retries
from runner.execution.run_context import JobSpec
from runner.execution.run_job import run_job
from runner.storage.input_archive import DigestCache, inputs_digest
from runner.storage.staging import NEW
from runner.watching.file_set import WatchScope
from runner.workspace import contract
from runner.workspace.contract import Mode
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_record import record_of_outputs
from runner.workspace.watch_requests import WatchAction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `job`."""
    add_build_arguments(parser)
    parser.add_argument(
        "--inputs",
        type=Path,
        required=True,
        metavar="DIR",
        help="the folder with experience/ and logs/",
    )
    add_outputs_arguments(parser)
    parser.add_argument("--name", default="job", help="name of the job (default: job)")
    add_watch_argument(parser)
    add_policy_arguments(parser)
    add_reporting_arguments(parser)


def run(args: Namespace) -> int:
    """Run the command, once or with `--watch` again and again; raises RunnerError."""
    if args.watch:
        from runner.commands.shared.watch_call import Repeated, watch

        record = record_of_outputs(args.outputs)
        return watch(args, Repeated(_once, _watched, record, _choose))
    return _once(args).code


def _watched(args: Namespace) -> WatchScope:
    """Return what the run of the job depends on; raises RunnerError."""
    return WatchScope(build=build_of(args, os.environ), inputs=(args.inputs,))


def _choose(args: Namespace, action: WatchAction, report: CallReport | None) -> bool:
    """Let the job run although nothing has changed; for `FAILED` only if it failed."""
    args.rerun = "all"
    return action is WatchAction.ALL or bool(failed_results(report, reporting_of(args).gate))


def _once(args: Namespace) -> CallEnd:
    """Run the job once; raises RunnerError."""
    options = reporting_of(args)
    build = build_of(args, os.environ)
    policy = policy_of(args, build, os.environ)
    warnings = _check_inputs(args.inputs)
    check_outputs(args.outputs)
    inputs = contract.inputs_below(args.inputs)
    if args.dry_run:
        from runner.commands.shared import dry_run

        entry, now = dry_run.entry_of(args, build), dry_run.build_now(args, build)
        line = entry.command_line(now.build, inputs, args.outputs)
        rows = [dry_run.DryRow(args.name, line, "would run: a job without a workspace always runs")]
        return CallEnd(dry_run.print_plan(args.command_name, options, policy, rows))
    record = record_of_outputs(args.outputs)
    log: Path = args.log or record.build_log
    log_text = sessions.log_path(log)
    with (
        staging_folder(args.outputs) as staging,
        sessions.open_session(
            args, options, build, policy, lambda _: log_text, Recording(record, log)
        ) as session,
    ):
        for warning in warnings:
            session.dispatcher(Event("warning", session.context.clock(), text=warning))
        keys = _cache_keys(args, session, inputs)
        kept_result = _kept(args, keys)
        numbers = {"jobs": 1, "todo": int(kept_result is None), "parallel": 1}
        sessions.announce(session, args.name, [args.name], [args.name], **numbers)
        if kept_result is None:
            result = _run(args, session, inputs, staging, log, keys)
        else:
            result = kept_result
            session.dispatcher(
                Event("kept", session.context.clock(), args.name, result=kept_result)
            )
        names = set() if kept_result is None else {args.name}
        report = CallReport(args.command_name, args.name, {}, [result], names)
        code = sessions.finish(session, options, report)
    sessions.print_summary(options, report)
    return CallEnd(code, report)


class _Keys(NamedTuple):
    """Digests of a repeated call: of all that its run depends on, and of limits and rights."""

    cache_key: str = ""
    settings: str = ""


def _cache_keys(args: Namespace, session: Session, inputs: Inputs) -> _Keys:
    if not args.watch:
        return _Keys()
    context = session.context
    digest = inputs_digest(inputs, DigestCache())
    key = result_cache.cache_key(context.build, context.prepared, digest)
    return _Keys(key, result_cache.settings_digest(context.build, context.policy))


def _previous(args: Namespace) -> JobResult | None:
    cycle = sessions.cycle_of(args)
    if cycle is None or cycle.previous is None:
        return None
    return cycle.previous.results[0]


def _kept(args: Namespace, keys: _Keys) -> JobResult | None:
    """Return the result of the previous run of a repeated call, if it still holds."""
    previous = _previous(args)
    if previous is None or previous.cache_key != keys.cache_key:
        return None
    metrics, rerun = args.outputs / contract.METRICS.name, getattr(args, "rerun", "")
    return previous if result_cache.is_reusable(metrics, previous, keys.settings, rerun) else None


def _run(
    args: Namespace,
    session: Session,
    inputs: Inputs,
    staging: Path,
    log: Path,
    keys: _Keys,
) -> JobResult:
    if args.watch or args.changes:
        metrics = args.outputs / contract.METRICS.name
        session = sessions.reporting_changes(session, args, lambda _: metrics)
    if args.watch:
        stale = _previous(args)
        sessions.report_stale(session, [] if stale is None else [stale])
    context = session.context
    context.notify(Event("started", context.clock(), args.name))
    try:
        job_id = str(uuid5(NAMESPACE_URL, f"resim-job:{args.inputs.resolve()}"))
        task = Task(context.call_id, args.name, inputs)
        spec = JobSpec(task, job_id, staging / NEW, log, keys.cache_key, keys.settings)

        def work() -> JobResult:
            return run_with_retries(
                context, args.name, spec.outputs, lambda: run_job(context, spec)
            )

        result = sessions.run_until_signalled(session, work)
        result = keep(result, staging, args.outputs)
    except RunnerError as error:
        result = JobResult(args.name, "", Outcome.BROKEN, message=error.reason, hint=error.hint)
    context.notify(Event("finished", context.clock(), args.name, result=result))
    return result


def _check_inputs(folder: Path) -> list[str]:
    """Return warnings about the inputs; raises CallError for inputs that no build can run on."""
    if is_folder(folder) and contract.mode_of(contract.names_in(folder)) is not Mode.JOB:
        raise CallError(
            f"{clean(str(folder))} has the config file of a batch or a report.",
            "Give a folder whose content is experience/ and logs/ of a job.",
        )
    findings = contract.check_inputs(folder)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise CallError(f"{finding.where} {finding.message}", finding.hint)
    return [f"{finding.where} {finding.message}" for finding in findings]
