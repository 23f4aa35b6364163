"""Many jobs side by side: each result is on disk as soon as its run has ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue

from resim_inspect.validation.findings import Severity
from runner.engines.protocol import EngineInfo, Limits, Task
from runner.errors import RunnerError, StorageError, WorkerError
from runner.execution.cancellation import POLL_INTERVAL
from runner.execution.claimed_run import confirm, report_rerun, run_claimed
from runner.execution.events import Event
from runner.execution.result_cache import (
    Planned,
    fingerprint,
    job_cache_key,
    result_since,
    settings_digest,
)
from runner.execution.retries import run_with_retries
from runner.execution.run_context import JobSpec, RunContext
from runner.execution.run_job import run_job
from runner.storage.claims import ClaimError
from runner.storage.publish import new_log, new_outputs, publish
from runner.workspace.contract import check_inputs, inputs_below
from runner.workspace.layout import Job
from runner.workspace.results import NOT_STARTED, JobResult, Outcome

MAX_SUBMITTED = 1000
"""Number of jobs that an executor has at once, or two for each of its slots. A call with more of
them submits the others as jobs end, so that memory, the time of a submission and the time of a stop
do not grow with the call."""


def slots(info: EngineInfo, limits: Limits) -> int:
    """Return how many runs fit at once: by the engine's CPUs, and three quarters of its memory."""
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
    work_of: Callable[[Planned], Callable[[], JobResult]] | None = None,
) -> list[JobResult]:
    """Run the jobs without a valid result; return the results of all jobs, sorted by name.

    `signals` returns how many requests to stop have come. After a result that stops the call
    by its gate, running jobs are stopped and the others are not started. An `executor` of other
    processes needs `work_of`, which returns what they call to run a job, such as a `partial` of
    a function of a module.
    """
    results: dict[str, JobResult] = {
        p.job.name: p.recorded for p in planned if p.recorded is not None
    }
    for name, result in sorted(results.items()):
        context.notify(Event("kept", context.clock(), name, result=result))
        _stop_after(result, context)
    todo = [p for p in planned if p.recorded is None]

    def here(job: Planned) -> Callable[[], JobResult]:
        return partial(run_unless_stopped, job.job, fingerprint(job.stale), context)

    own = executor is None
    pool = executor or ThreadPoolExecutor(max(1, min(parallel, len(todo) or 1)))
    # To wait for any of all futures costs as much as there are, once for each of them.
    ended: SimpleQueue[Future[JobResult]] = SimpleQueue()
    jobs: dict[Future[JobResult], Job] = {}
    waiting = deque(todo)
    try:
        while waiting or jobs:
            while waiting and len(jobs) < max(MAX_SUBMITTED, 2 * parallel):
                planned_job = waiting.popleft()
                job = planned_job.job
                if context.stop.stage:
                    results[job.name] = _not_started(job)
                    continue
                future = pool.submit((work_of or here)(planned_job))
                jobs[future] = job
                future.add_done_callback(ended.put)
            done = _next_of(ended) if jobs else []
            requests = signals()
            for future in done:
                result = _result_of(future, jobs.pop(future), context)
                results[result.job] = result
                if work_of is not None:
                    _end_elsewhere(result, context)
            context.stop.follow(requests)
    except BaseException:
        # An exception is not a result: no run may continue unobserved.
        context.stop.advance()
        context.stop.advance()
        raise
    finally:
        if own:
            pool.shutdown(wait=True, cancel_futures=True)
    return [results[name] for name in sorted(results)]


def _next_of(ended: SimpleQueue[Future[JobResult]]) -> list[Future[JobResult]]:
    """Wait a moment for futures that have ended; return all that have, empty without one."""
    futures = []
    with suppress(Empty):
        futures.append(ended.get(timeout=POLL_INTERVAL))
        while True:
            futures.append(ended.get_nowait())
    return futures


def _result_of(future: Future[JobResult], job: Job, context: RunContext) -> JobResult:
    try:
        return future.result()
    except CancelledError:
        return _not_started(job)
    except WorkerError as error:
        return broken_job(job, error, context.clock())


def _end_elsewhere(result: JobResult, context: RunContext) -> None:
    """Report the end of a job in another process, which has events and a stop of its own."""
    if result.started or not context.stop.stage:
        context.notify(Event("finished", context.clock(), result.job, result=result))
    context.stop.release(result.job)
    _stop_after(result, context)


def _stop_after(result: JobResult, context: RunContext) -> None:
    if context.gate.stops(result) and context.stop.begin():
        text = f"The job {result.job} failed, and --fail-fast is set."
        context.notify(Event("stopping", context.clock(), text=text))


def run_unless_stopped(job: Job, earlier: str, context: RunContext) -> JobResult:
    """Run a job and publish its result, unless it is stopped; failures are results.

    `earlier` is the fingerprint of the recorded result that does not hold. One that was recorded
    since then, by a worker that outlived its call or was lost, is returned as it is.
    """
    blank = _not_started(job)
    if context.stop.covers(job.name):
        if not context.stop.stage:
            # Only this job was stopped: programs that follow the run learn that it does not start.
            context.notify(Event("finished", context.clock(), job.name, result=blank))
        return blank
    try:
        result = _run(job, earlier, context) or blank
    except RunnerError as error:
        result = broken_job(job, error, context.clock())
        if not isinstance(error, ClaimError | WorkerError):
            with suppress(StorageError):
                # The result is reported in any case; a full disk may not even take that.
                publish(job.folder, result)
    context.notify(Event("finished", context.clock(), job.name, result=result))
    context.stop.release(job.name)
    # Here and not only where results are collected: the next job would have begun by then.
    _stop_after(result, context)
    return result


def _not_started(job: Job) -> JobResult:
    return JobResult(job.name, str(job.id), Outcome.CANCELLED, message=NOT_STARTED)


def broken_job(job: Job, error: RunnerError, started: float) -> JobResult:
    """Return the result of a job that could not be run."""
    return JobResult(
        job.name,
        str(job.id),
        Outcome.BROKEN,
        message=error.reason,
        hint=error.hint,
        started=started,
    )


def _run(job: Job, earlier: str, context: RunContext) -> JobResult | None:
    """Run a job that no other process runs; return None if it was stopped before."""
    return run_claimed(
        context, job.folder, job.name, lambda ended: _run_claimed(job, earlier, context, ended)
    )


def _run_claimed(job: Job, earlier: str, context: RunContext, taken_from: str) -> JobResult:
    run_folder = job.folder
    for finding in check_inputs(run_folder.inputs):
        if finding.severity is Severity.ERROR:
            raise RunnerError(f"{finding.where} {finding.message}", finding.hint)
    key = job_cache_key(run_folder, context)
    recorded = result_since(run_folder, earlier, key.key)
    if recorded is not None:
        return recorded
    report_rerun(context, job.name, taken_from)
    # Not before: a finished job whose worker was lost comes here again, and does not run.
    context.notify(Event("started", context.clock(), job.name))
    spec = JobSpec(
        Task(context.call_id, job.name, inputs_below(run_folder.inputs)),
        str(job.id),
        new_outputs(run_folder),
        new_log(run_folder),
        key.key,
        settings_digest(context.build, context.policy),
        key.inputs,
    )
    result = run_with_retries(context, job.name, spec.outputs, lambda: run_job(context, spec))
    confirm(context, result, spec.outputs)
    publish(run_folder, result, key.digests.as_bytes())
    return result
