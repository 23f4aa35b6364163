"""`resim-runner job`: one build on one job's inputs."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from resim_inspect.document.text import clean
from resim_inspect.validation.findings import Severity
from runner import contract, options, owner
from runner.batch import TICK, Call
from runner.commands import common
from runner.contract import METRICS, Mode
from runner.engines.base import Task
from runner.errors import CallError, RunnerError
from runner.events import Event
from runner.life import JobSpec, run_job
from runner.outputs import storage
from runner.publish import remove_tree
from runner.results import JobResult, Outcome
from runner.signals import Signals
from runner.watch.rows import summary
from runner.watch.tell import Watchers


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    build = options.build_of(args, os.environ)
    rules = options.rules_of(args, build, os.environ)
    warnings = _check_inputs(args.inputs)
    _check_outputs(args.outputs)
    inputs = tuple(
        (path.name, args.inputs / path.name)
        for path in (contract.EXPERIENCE, contract.LOGS)
        if (args.inputs / path.name).is_dir()
    )
    if args.dry_run:
        from runner.commands.plan import tell_job

        return tell_job(args, build, rules, inputs)
    log = args.log
    with (
        Watchers(args, rules.secrets, lambda _: common.log_path(log)) as watchers,
        common.ready(args, watchers, build, rules) as (call, signals),
    ):
        for warning in warnings:
            watchers(Event("warning", call.clock(), text=warning))
        watchers.plan(
            call.clock(),
            args.name,
            common.describe_build(build, call.prepared),
            common.describe_engine(call.engine),
            [args.name],
            jobs=1,
            todo=1,
            parallel=1,
        )
        result = _run(args, call, signals, inputs)
        code = common.finish(args, rules, args.name, {}, [result], set(), watchers, signals.code)
    if args.format == "text" and args.events != "-":
        sys.stdout.write(summary([result], 0) + "\n")
    return code


def _run(
    args: Namespace, call: Call, signals: Signals, inputs: tuple[tuple[str, Path], ...]
) -> JobResult:
    outputs: Path = args.outputs
    parent = outputs.absolute().parent
    with storage(outputs):
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(outputs)
        gather = Path(tempfile.mkdtemp(prefix=_prefix(outputs), dir=parent))
        (gather / "owner").write_text(owner.me())
    try:
        job_id = str(uuid5(NAMESPACE_URL, f"resim-job:{args.inputs.resolve()}"))
        spec = JobSpec(Task(call.run, args.name, inputs), job_id, gather / "outputs", args.log)
        call.watch(Event("started", call.clock(), args.name))
        result = _watched(call, signals, spec)
        if result.outcome not in {Outcome.CANCELLED, Outcome.BROKEN}:
            _replace(gather / "outputs", outputs, gather / "old")
    except RunnerError as error:
        result = JobResult(args.name, "", Outcome.BROKEN, message=error.reason, hint=error.hint)
    finally:
        remove_tree(gather)
    call.watch(Event("finished", call.clock(), args.name, result=result))
    return result


def _watched(call: Call, signals: Signals, spec: JobSpec) -> JobResult:
    """The run in a thread, so that this one can listen to signals."""

    def on_line(text: str) -> None:
        call.watch(Event("line", call.clock(), spec.task.job, text))

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(
            run_job, call.engine, call.build, call.prepared, spec, call.rules, call.stop, on_line
        )
        heard = 0
        while True:
            try:
                result = future.result(TICK)
                break
            except TimeoutError:
                if future.done():
                    raise
            while heard < signals.count and call.stop.stage < 2:
                heard += 1
                call.stop.advance()
            call.stop.tick()
    return replace(result, job=spec.task.job)


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


def _check_outputs(folder: Path) -> None:
    """Outputs are replaced as a whole: refuse a folder that holds something else."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CallError(f"--outputs {clean(str(folder))} is no folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / METRICS.name).is_file():
        raise CallError(
            f"--outputs {clean(str(folder))} holds other things than earlier outputs.",
            "Give a new folder, or one with a metrics.binproto, which is then replaced.",
        )


def _replace(new: Path, target: Path, old: Path) -> None:
    """Put new outputs in the place of earlier ones; without a metrics.binproto there are none."""
    with storage(target):
        if target.exists():
            target.rename(old)
        if (new / METRICS.name).is_file():
            new.rename(target)


def _prefix(outputs: Path) -> str:
    return f".{outputs.name}.resim-"


def _sweep(outputs: Path) -> None:
    """Remove what a runner that was killed gathered here."""
    for stale in outputs.absolute().parent.glob(_prefix(outputs) + "*/owner"):
        if owner.dead(stale.read_text()):
            remove_tree(stale.parent)
