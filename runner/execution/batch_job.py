"""The batch of a workspace as one run of it: claimed, run with retries, and published."""

from __future__ import annotations

from runner.engines.protocol import Build
from runner.errors import RunnerError
from runner.execution.batch_run import SCRATCH, BatchRunRequest, run_served
from runner.execution.claimed_run import confirm, report_rerun, run_claimed
from runner.execution.result_cache import result_since
from runner.execution.retries import run_with_retries
from runner.execution.run_context import RunContext
from runner.storage.fs import remove_tree
from runner.storage.publish import new_log, new_outputs, publish
from runner.workspace.contract import Mode
from runner.workspace.results import NOT_STARTED, JobResult, Outcome


def prepare_api_image(context: RunContext, request: BatchRunRequest) -> None:
    """Pull the API's own image, if it has one, before anything runs; raises ImageError."""
    if request.api_image:
        build = context.build
        api = Build(image=request.api_image, platform=build.platform, pull=build.pull)
        context.engine.prepare(api, context.note)


def run_batch(
    context: RunContext, request: BatchRunRequest, key: str, earlier: str = ""
) -> JobResult:
    """Run the batch of a workspace and publish its result; raises RunnerError.

    `earlier` is the fingerprint of the recorded result that does not hold; one that was recorded
    since then with the same cache key is returned as it is.
    """
    run_folder = request.workspaces[0].batch
    scratch = run_folder.path / SCRATCH

    def run(taken_from: str) -> JobResult:
        recorded = result_since(run_folder, earlier, key)
        if recorded is not None:
            return recorded
        report_rerun(context, request.name, taken_from)
        remove_tree(scratch)
        new, log = new_outputs(run_folder), new_log(run_folder)

        def attempt() -> JobResult:
            return run_served(context, request, new, log, scratch, key)

        result = run_with_retries(context, request.name, new, attempt, mode=request.mode.value)
        confirm(context, result, new)
        publish(run_folder, result)
        return result

    result = run_claimed(context, run_folder, request.name, run)
    if result is not None:
        return result
    name, identity, mode = request.name, str(request.id), request.mode.value
    return JobResult(name, identity, Outcome.CANCELLED, message=NOT_STARTED, mode=mode)


def broken_batch(mode: Mode, identity: str, error: RunnerError) -> JobResult:
    """Return the result of a batch or a report that could not be run."""
    return JobResult(
        mode.value,
        identity,
        Outcome.BROKEN,
        message=error.reason,
        hint=error.hint,
        mode=mode.value,
    )
