"""`resim-runner job`: one build on one job's inputs."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from resim_inspect.text import clean
from resim_inspect.validation.findings import Severity
from runner.commands.shared import build_args, session
from runner.commands.shared.staging import check_outputs, keep, staging_folder
from runner.engines.protocol import Task
from runner.errors import CallError, RunnerError
from runner.execution.cancellation import Signals
from runner.execution.events import Event
from runner.execution.run_context import RunContext
from runner.execution.run_job import JobSpec, run_job
from runner.reporting.dispatcher import EventDispatcher
from runner.reporting.rows import summary
from runner.workspace import contract
from runner.workspace.contract import Mode
from runner.workspace.results import JobResult, Outcome


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    build = build_args.build_of(args, os.environ)
    policy = build_args.policy_of(args, build, os.environ)
    warnings = _check_inputs(args.inputs)
    check_outputs(args.outputs)
    inputs = tuple(
        (path.name, args.inputs / path.name)
        for path in (contract.EXPERIENCE, contract.LOGS)
        if (args.inputs / path.name).is_dir()
    )
    if args.dry_run:
        from runner.commands.shared.dry_run import tell_job

        return tell_job(args, build, policy, inputs)
    log = args.log
    with (
        EventDispatcher(args, policy.secrets, lambda _: session.log_path(log)) as dispatcher,
        session.ready(args, dispatcher, build, policy) as (call, signals),
    ):
        for warning in warnings:
            dispatcher(Event("warning", call.clock(), text=warning))
        dispatcher.plan(
            call.clock(),
            args.name,
            session.describe_build(build, call.prepared),
            call.engine.info.description,
            [args.name],
            jobs=1,
            todo=1,
            parallel=1,
        )
        result = _run(args, call, signals, inputs)
        code = session.finish(
            args, policy, args.name, {}, [result], set(), dispatcher, signals.code
        )
    if args.format == "text" and args.events != "-":
        sys.stdout.write(summary([result], 0, session.gate_of(args)) + "\n")
    return code


def _run(
    args: Namespace, call: RunContext, signals: Signals, inputs: tuple[tuple[str, Path], ...]
) -> JobResult:
    def on_line(text: str) -> None:
        call.notify(Event("line", call.clock(), args.name, text))

    call.notify(Event("started", call.clock(), args.name))
    try:
        with staging_folder(args.outputs) as staging:
            job_id = str(uuid5(NAMESPACE_URL, f"resim-job:{args.inputs.resolve()}"))
            task = Task(call.call_id, args.name, inputs)
            spec = JobSpec(task, job_id, staging / "outputs", args.log)
            engine, build, prepared = call.engine, call.build, call.prepared
            result = session.watched(
                call,
                signals,
                lambda: run_job(engine, build, prepared, spec, call.policy, call.stop, on_line),
            )
            keep(result, staging, args.outputs)
    except RunnerError as error:
        result = JobResult(args.name, "", Outcome.BROKEN, message=error.reason, hint=error.hint)
    call.notify(Event("finished", call.clock(), args.name, result=result))
    return result


def _check_inputs(folder: Path) -> list[str]:
    """What is odd about the inputs; raises CallError for what no build can run on."""
    if folder.is_dir() and contract.mode_of(contract.names_in(folder)) is not Mode.JOB:
        raise CallError(
            f"{clean(str(folder))} holds the config of another mode than a job's.",
            "A job's inputs are experience/ and logs/ alone.",
        )
    findings = contract.check_inputs(folder)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise CallError(f"{finding.where} {finding.message}", finding.hint)
    return [f"{finding.where} {finding.message}" for finding in findings]
