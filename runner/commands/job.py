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
from runner.commands.shared.staging import check_outputs, gathering, keep
from runner.engines.protocol import Task
from runner.errors import CallError, RunnerError
from runner.execution.cancellation import Signals
from runner.execution.events import Event
from runner.execution.run_job import JobSpec, run_job
from runner.execution.scheduler import Call
from runner.reporting.dispatcher import Watchers
from runner.reporting.rows import summary
from runner.workspace import contract
from runner.workspace.contract import Mode
from runner.workspace.results import JobResult, Outcome


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    build = build_args.build_of(args, os.environ)
    rules = build_args.rules_of(args, build, os.environ)
    warnings = _check_inputs(args.inputs)
    check_outputs(args.outputs)
    inputs = tuple(
        (path.name, args.inputs / path.name)
        for path in (contract.EXPERIENCE, contract.LOGS)
        if (args.inputs / path.name).is_dir()
    )
    if args.dry_run:
        from runner.commands.shared.dry_run import tell_job

        return tell_job(args, build, rules, inputs)
    log = args.log
    with (
        Watchers(args, rules.secrets, lambda _: session.log_path(log)) as watchers,
        session.ready(args, watchers, build, rules) as (call, signals),
    ):
        for warning in warnings:
            watchers(Event("warning", call.clock(), text=warning))
        watchers.plan(
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
        code = session.finish(args, rules, args.name, {}, [result], set(), watchers, signals.code)
    if args.format == "text" and args.events != "-":
        sys.stdout.write(summary([result], 0, session.gate_of(args)) + "\n")
    return code


def _run(
    args: Namespace, call: Call, signals: Signals, inputs: tuple[tuple[str, Path], ...]
) -> JobResult:
    def on_line(text: str) -> None:
        call.watch(Event("line", call.clock(), args.name, text))

    call.watch(Event("started", call.clock(), args.name))
    try:
        with gathering(args.outputs) as gathered:
            job_id = str(uuid5(NAMESPACE_URL, f"resim-job:{args.inputs.resolve()}"))
            task = Task(call.run, args.name, inputs)
            spec = JobSpec(task, job_id, gathered / "outputs", args.log)
            engine, build, prepared = call.engine, call.build, call.prepared
            result = session.watched(
                call,
                signals,
                lambda: run_job(engine, build, prepared, spec, call.rules, call.stop, on_line),
            )
            keep(result, gathered, args.outputs)
    except RunnerError as error:
        result = JobResult(args.name, "", Outcome.BROKEN, message=error.reason, hint=error.hint)
    call.watch(Event("finished", call.clock(), args.name, result=result))
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
