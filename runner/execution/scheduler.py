"""Many jobs side by side: each result is on disk as soon as its run has ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace

from resim_inspect.validation.findings import Severity
from runner.engines.protocol import EngineInfo, Limits, Task
from runner.errors import RunnerError, StorageError
from runner.execution.cancellation import POLL_INTERVAL
from runner.execution.events import Event
from runner.execution.result_cache import Planned, inputs_of, job_cache_key, settings_digest
from runner.execution.retries import run_with_retries
from runner.execution.run_context import JobSpec, RunContext
from runner.execution.run_job import run_job
from runner.storage.publish import new_outputs, publish
from runner.workspace import contract
from runner.workspace.layout import Job
from runner.workspace.results import JobResult, Outcome


def slots(info: EngineInfo, limits: Limits) -> int:
    """Return how many runs fit at once: by the engine's CPUs, and three quarters of its digests."""
    by_cpu = max(1, int(info.cpus / (limits.cpus or 1)))
    if not info.memory or limits.memory_mib is None:
        return by_cpu
    return max(1, min(by_cpu, int(0.75 * info.memory / (limits.memory_mib << 20))))


def run_all(
    planned: Sequence[Planned],
    context: RunContext,
    parallel: int,
    *,
    signals: Callable[[], int] = lambda: 0,
    executor: Executor | None = None,
) -> list[JobResult]:
    """Run the jobs without a valid result; return the results of all jobs, sorted by name.

    `signals` returns how many requests to stop have come. After a result that stops the call
    by its gate, running jobs are stopped and the others are not started.
    """
    results: dict[str, JobResult] = {
        p.job.name: p.recorded for p in planned if p.recorded is not None
    }
    for name, result in sorted(results.items()):
        context.notify(Event("kept", context.clock(), name, result=result))
        _stop_after(result, context)
    todo = [p.job for p in planned if p.recorded is None]
    own = executor is None
    pool = executor or ThreadPoolExecutor(max(1, min(parallel, len(todo) or 1)))
    try:
        pending = {pool.submit(_run_unless_stopped, job, context) for job in todo}
        while pending:
            done, pending = wait(pending, POLL_INTERVAL, FIRST_COMPLETED)
            for future in done:
                result = future.result()
                results[result.job] = result
                # Again: a worker elsewhere has a stop of its own.
                _stop_after(result, context)
            context.stop.follow(signals())
    except BaseException:
        # An exception is not a result: no run may continue unobserved.
        context.stop.advance()
        context.stop.advance()
        raise
    finally:
        if own:
            pool.shutdown(wait=True, cancel_futures=True)
    return [results[name] for name in sorted(results)]


def _stop_after(result: JobResult, context: RunContext) -> None:
    if context.gate.stops(result) and context.stop.begin():
        text = f"{result.job} failed, and --fail-fast is set."
        context.notify(Event("stopping", context.clock(), text=text))


def _run_unless_stopped(job: Job, context: RunContext) -> JobResult:
    blank = JobResult(job.name, str(job.id), Outcome.CANCELLED, message="it was not started.")
    if context.stop.covers(job.name):
        if not context.stop.stage:
            # A job that was stopped alone: those who follow the run learn that it does not start.
            context.notify(Event("finished", context.clock(), job.name, result=blank))
        return blank
    context.notify(Event("started", context.clock(), job.name))
    try:
        result = _run(job, context)
    except RunnerError as error:
        result = replace(
            blank,
            outcome=Outcome.BROKEN,
            message=error.reason,
            hint=error.hint,
            started=context.clock(),
        )
        with suppress(StorageError):
            # The result is reported in any case; a full disk may not even take that.
            publish(job.folder, result)
    context.notify(Event("finished", context.clock(), job.name, result=result))
    context.stop.release(job.name)
    # Here and not only where results are collected: the next job would have begun by then.
    _stop_after(result, context)
    return result


def _run(job: Job, context: RunContext) -> JobResult:
    run_folder = job.folder
    for finding in contract.check_inputs(run_folder.inputs):
        if finding.severity is Severity.ERROR:
            raise RunnerError(f"{finding.where} {finding.message}", finding.hint)
    key = job_cache_key(run_folder, context)
    spec = JobSpec(
        Task(context.call_id, job.name, inputs_of(run_folder)),
        str(job.id),
        new_outputs(run_folder),
        run_folder.log,
        key.key,
        settings_digest(context.build, context.policy),
        key.inputs,
    )
    result = run_with_retries(context, job.name, spec.outputs, lambda: run_job(context, spec))
    publish(run_folder, result, key.digests.as_bytes())
    return result
