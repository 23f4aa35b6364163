"""Further attempts for runs that broken infrastructure ended, and never for those of a build."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from runner.errors import EngineError, ImageError, StorageError
from runner.execution.cancellation import POLL_INTERVAL
from runner.execution.events import Event
from runner.execution.run_context import RunContext
from runner.storage.fs import remove_tree
from runner.workspace.results import JobResult, Outcome

FIRST_PAUSE = 1.0
"""Seconds before the second attempt; each further pause is twice as long."""
MAX_PAUSE = 30.0


def run_with_retries(
    context: RunContext,
    job: str,
    outputs: Path,
    run: Callable[[], JobResult],
    *,
    mode: str = "job",
    pause: Callable[[float], None] = time.sleep,
) -> JobResult:
    """Run a build, and again up to `policy.retries` times while the engine or a disk fails.

    `outputs` is the folder of the new outputs, which must not exist before an attempt. An error
    of the last attempt is raised. A build that fails, times out or is stopped has one attempt.
    """
    seconds = FIRST_PAUSE
    last = context.policy.retries + 1
    for attempt in range(1, last):
        try:
            result = run()
            reason = result.message
        except ImageError:
            # An image that is missing or does not fit is missing the next time, too.
            raise
        except (EngineError, StorageError) as error:
            result, reason = None, error.reason
        broken = result is None or result.outcome is Outcome.BROKEN
        if result is not None and (not broken or context.stop.covers(job)):
            return replace(result, attempts=attempt)
        text = (
            f"{job}: {reason} It is run again in {seconds:g} s (attempt {attempt + 1} of {last})."
        )
        about = {"attempt": attempt + 1, "mode": mode}
        context.notify(Event("retry", context.clock(), job, text, data=about))
        _wait(context, job, seconds, pause)
        seconds = min(2 * seconds, MAX_PAUSE)
        remove_tree(outputs)
    return replace(run(), attempts=last)


def _wait(context: RunContext, job: str, seconds: float, pause: Callable[[float], None]) -> None:
    """Wait, unless the job is stopped in the meantime."""
    for _ in range(round(seconds / POLL_INTERVAL)):
        if context.stop.covers(job):
            return
        pause(POLL_INTERVAL)
