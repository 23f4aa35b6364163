"""Runs that hold the claim on their folder, so that no two processes run the same at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runner.engines.protocol import remove_leftovers
from runner.errors import WorkerError
from runner.execution.events import Event
from runner.execution.run_context import RunContext
from runner.storage.claims import claimed, is_claimed
from runner.storage.fs import remove_tree
from runner.storage.publish import recover_publication
from runner.workspace.layout import RunFolder
from runner.workspace.results import JobResult


def recover_unclaimed(run_folder: RunFolder) -> bool:
    """Recover an interrupted publication; return False for a folder that a process has claimed.

    A worker that outlived its call may be about to publish. Raises StorageError.
    """
    if is_claimed(run_folder):
        return False
    recover_publication(run_folder)
    return True


def run_claimed(
    context: RunContext,
    run_folder: RunFolder,
    name: str,
    run: Callable[[str], JobResult],
) -> JobResult | None:
    """Call `run` with the claim on a folder; return None if the run was stopped before.

    It gets the name of the process that had the claim and ended; empty without one. Raises
    RunnerError.
    """
    report = wait_report(context, name)
    with claimed(run_folder, report, lambda: context.stop.covers(name)) as claim:
        if claim is None:
            return None
        if claim.taken_from:
            # Its earlier holder may have left containers, and a publication that broke off.
            remove_leftovers(context.engine, context.note)
            recover_publication(run_folder)
        return run(claim.taken_from)


def wait_report(context: RunContext, name: str) -> Callable[[str], None]:
    """Return a function that says which process a run waits for, by its name."""

    def report(holder: str) -> None:
        text = f"{name} waits for {holder}, which runs it."
        context.notify(Event("warning", context.clock(), name, text))

    return report


def confirm(context: RunContext, result: JobResult, outputs: Path) -> None:
    """Confirm a result that is about to be published; raises WorkerError if it does not hold.

    Its outputs are removed then, as the next process starts from nothing.
    """
    try:
        context.confirm(result)
    except WorkerError:
        remove_tree(outputs)
        raise


def report_rerun(context: RunContext, name: str, taken_from: str) -> None:
    """Say that a job runs again after a process that had begun it; nothing without one."""
    if taken_from:
        text = f"{name} runs again: {taken_from} had started it, and ended before the job did."
        context.notify(Event("warning", context.clock(), name, text))
