"""Lifecycle of one run: start, wait, stop if necessary, take the outputs out, evaluate them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import NamedTuple

from resim_inspect.text import clean
from runner.engines.protocol import RunExit, Running
from runner.errors import OutputsError, RunnerError, StorageError
from runner.execution import failure_hints
from runner.execution.cloud_names import prefix_clashes
from runner.execution.evaluation import Evaluation, evaluate
from runner.execution.events import Event
from runner.execution.log_capture import LogSink
from runner.execution.run_context import JobSpec, RunContext, RunPolicy
from runner.storage.output_extraction import Taken
from runner.workspace.contract import LOGS, ROOT
from runner.workspace.results import NOT_STARTED, JobResult, Outcome, result_from_values

MAX_WAIT = 20.0
"""Seconds of one wait for the engine."""
KILL_WAIT = 30.0
"""Seconds that a killed run may take to end."""
IDENTITY = ("job", "job_id", "image_id", "key", "inputs", "settings")
"""Names and digests of a result, which are compared: no build writes them."""
LOG_CUT = "The end of its log is missing: the engine did not deliver it."


@dataclass(frozen=True)
class _Run:
    """A run in its context, and the result that it has so far."""

    context: RunContext
    spec: JobSpec
    log: LogSink
    blank: JobResult


class _Outputs(NamedTuple):
    """The outputs of a run, and its result as far as they determine it."""

    taken: Taken
    evaluation: Evaluation
    result: JobResult


def run_job(context: RunContext, spec: JobSpec) -> JobResult:
    """Run a build once. Failures of the build and of the engine are results, not exceptions.

    Outputs that could be taken out are in `spec.outputs` afterwards, valid or not.
    """
    build, policy, job = context.build, context.policy, spec.task.job
    blank = JobResult(
        job,
        spec.job_id,
        Outcome.CANCELLED,
        message=NOT_STARTED,
        started=context.clock(),
        image=build.image or " ".join(build.command),
        image_id=context.prepared.identity,
        cache_key=spec.cache_key,
        inputs_digest=spec.inputs_digest,
        settings_digest=spec.settings_digest,
    )
    if context.stop.covers(job):
        return blank

    def on_line(text: str) -> None:
        context.notify(Event("line", context.clock(), job, text))

    begun = time.monotonic()
    try:
        log = LogSink(spec.log, policy.secrets, policy.log_limit, on_line)
    except StorageError as error:
        return _broken(blank, error)
    try:
        result = _run(_Run(context, spec, log, blank))
    except RunnerError as error:
        result = _broken(blank, error)
    finally:
        log.close()
    if log.problem is not None and result.outcome is not Outcome.CANCELLED:
        result = replace(
            result,
            outcome=Outcome.BROKEN,
            message=f"its log could not be written: {log.problem}",
            hint=log.problem.hint,
        )
    bad = result.outcome is not Outcome.DONE
    result = replace(
        result,
        seconds=round(time.monotonic() - begun, 3),
        log_bytes=log.size,
        log_tail=log.tail() if bad else (),
    )
    if policy.secrets:
        # A build may also write them into the names of its metrics.
        values = result.as_dict()
        identity = {name: values[name] for name in IDENTITY}
        result = result_from_values(policy.secrets.hide_values(values) | identity)
    return result


def _broken(blank: JobResult, error: RunnerError) -> JobResult:
    return replace(blank, outcome=Outcome.BROKEN, message=error.reason, hint=error.hint)


def _run(job: _Run) -> JobResult:
    context, policy, name = job.context, job.context.policy, job.spec.task.job
    running = context.engine.start(context.build, context.prepared, job.spec.task, job.log)
    remark = ""
    try:
        context.stop.add(running, name)
        in_time = _wait(running, policy)
        context.stop.discard(running)
        if context.stop.covers(name):
            return replace(job.blank, message="it was stopped.")
        ended = running.exit_info()
        outputs = _take_outputs(job, running)
        result = replace(
            outputs.result,
            exit_code=ended.code,
            peak_memory_bytes=ended.usage.peak_memory,
            cpu_seconds=_rounded(ended.usage.cpu_seconds),
        )
        if in_time:
            result = _ended_result(job, result, ended, outputs)
        else:
            why = failure_hints.of_timeout(policy.timeout, job.log.tail(), ended, context.build)
            refused = outputs.taken.refused
            hint = f"{why.hint} {failure_hints.capitalized(refused)}".strip()
            result = replace(result, outcome=Outcome.TIMEOUT, message=why.message, hint=hint)
        if context.build.like_cloud:
            _prefix_clashes(job)
        if ended.log_cut:
            remark = LOG_CUT
    finally:
        context.stop.discard(running)
        remark = f"{remark} {running.remove()}".strip()
    return replace(result, hint=f"{result.hint} {remark}".strip()) if remark else result


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _prefix_clashes(job: _Run) -> None:
    """Rename outputs as ReSim's worker does, and say so; raises StorageError."""
    context, name = job.context, job.spec.task.job
    logs = dict(job.spec.task.inputs).get(LOGS.name)
    for old, new in prefix_clashes(job.spec.outputs, logs) if logs else ():
        text = f"{name}: {clean(old, 80)} is kept as {clean(new, 80)}, as a log has its name."
        context.notify(Event("warning", context.clock(), name, text))


def _wait(running: Running, policy: RunPolicy) -> bool:
    """Wait for the build to end; return False if it had to be ended after its time limit."""
    deadline = time.monotonic() + policy.timeout
    while (left := deadline - time.monotonic()) > 0:
        if running.wait(min(left, MAX_WAIT)):
            return True
    running.terminate()
    if not running.wait(policy.grace):
        running.kill()
        running.wait(KILL_WAIT)
    return False


def _take_outputs(job: _Run, running: Running) -> _Outputs:
    """Take the outputs of a build that has ended, in time or not, and evaluate them."""
    try:
        taken = running.take_outputs(job.spec.outputs, job.context.policy.caps)
    except OutputsError as error:
        taken = Taken(refused=error.reason, hint=error.hint)
    evaluation = Evaluation()
    if taken.files or not taken.refused:
        configs = job.context.policy.metrics_config
        evaluation = evaluate(job.spec.outputs, taken, configs)
    result = replace(
        job.blank,
        outcome=Outcome.FAILED,
        message="",
        verdict=evaluation.verdict,
        emissions=evaluation.emissions,
        approximate=evaluation.approximate,
        metrics=evaluation.metrics,
        statuses=dict(evaluation.statuses),
        failing=evaluation.failing,
        findings=evaluation.findings,
        finding_count=evaluation.finding_count,
        files=taken.files,
        size=taken.size,
    )
    return _Outputs(taken, evaluation, result)


def _ended_result(job: _Run, result: JobResult, ended: RunExit, outputs: _Outputs) -> JobResult:
    """Return the result of a build that ended by itself."""
    engine, build = job.context.engine, job.context.build
    taken, evaluation = outputs.taken, outputs.evaluation
    if ended.code:
        oom_hidden = not engine.info.reports_oom and "--memory-mib" not in engine.info.unkept
        tail = job.log.tail()
        why = failure_hints.of_exit(ended, tail, build, oom_hidden=oom_hidden)
        hint = why.hint
        if any(str(ROOT) in line for line in tail):
            hint = engine.no_outputs_hint(build) or hint
        return replace(result, message=why.message, hint=hint)
    if taken.refused:
        return replace(result, message=taken.refused, hint=taken.hint)
    if evaluation.message:
        hint = evaluation.hint
        if not taken.files:
            hint = engine.no_outputs_hint(build) or hint
        return replace(result, message=evaluation.message, hint=hint)
    return replace(result, outcome=Outcome.DONE)
