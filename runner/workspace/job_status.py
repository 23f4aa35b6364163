"""The status of every job of a workspace: by its recorded result, or by a run that is under way."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from resim_inspect.files import is_file
from resim_inspect.text import NOT_RUN
from runner.workspace.errors import WorkspaceError
from runner.workspace.layout import (
    RunFolder,
    Workspace,
    looks_like_workspace,
    open_workspace,
)
from runner.workspace.results import JobResult, Outcome, why_of
from runner.workspace.run_follower import run_state
from runner.workspace.run_record import (
    RunRecord,
    live_holder,
    record_of_outputs,
    record_of_workspace,
)
from runner.workspace.run_state import JobProgress, Life, Phase, RunKey, RunState

INTERRUPTED = "interrupted"
"""The outcome of a job whose runner died."""
ENDED_BEFORE = "its runner ended before the job did."
"""The reason for `interrupted`."""
UNREADABLE = "unreadable"
"""The outcome of a job with a damaged `result.json`."""
BATCH = RunKey("batch", "batch")


@dataclass(frozen=True)
class JobStatus:
    """Status of one job. Texts are as in the files: clean them before display."""

    key: RunKey
    outcome: str | None
    """An `Outcome`, `queued`, `running`, `interrupted`, `unreadable`; None if it never ran."""
    verdict: str | None = None
    seconds: float | None = None
    """Duration of the run; so far, for one that is under way."""
    why: str = ""
    """The reason for an outcome or a verdict that is not good."""
    result: JobResult | None = None
    """Result of the run; None for a job without one."""

    def as_dict(self) -> dict[str, object]:
        """Return the values of `status --format json`."""
        return {
            "name": self.key.name,
            "outcome": self.outcome,
            "verdict": self.verdict,
            "seconds": self.seconds,
            "why": NOT_RUN if self.outcome is None else self.why,
        }


@dataclass(frozen=True)
class WorkspaceStatus:
    """Status of a workspace at one moment."""

    jobs: tuple[JobStatus, ...]
    batch: JobStatus | None
    """Status of the batch; None if it never ran and is not planned."""
    state: RunState
    """State of the present or last run."""


def workspace_status(
    workspace: Workspace, clock: Callable[[], float] = time.time
) -> WorkspaceStatus:
    """Return the status of every job and of the batch; raises WorkspaceError."""
    state = run_state(record_of_workspace(workspace.folder), clock)
    now = clock()
    jobs = tuple(_status(RunKey("job", job.name), job.folder, state, now) for job in workspace.jobs)
    batch = _status(BATCH, workspace.batch, state, now)
    return WorkspaceStatus(jobs, batch if batch.outcome is not None else None, state)


def record_at(folder: Path) -> RunRecord:
    """Return the record of a workspace, or of the run with a folder `--outputs`.

    Raises WorkspaceError for a folder that is neither.
    """
    return single_run_at(folder) or record_of_workspace(open_workspace(folder).folder)


def single_run_at(folder: Path) -> RunRecord | None:
    """Return the record of the run with a folder `--outputs`; None for any other folder."""
    record = record_of_outputs(folder)
    return record if not looks_like_workspace(folder) and is_file(record.events) else None


def outputs_status(outputs: Path, clock: Callable[[], float] = time.time) -> WorkspaceStatus:
    """Return the status of the run with a folder `--outputs`; raises WorkspaceError."""
    state = run_state(record_of_outputs(outputs), clock)
    statuses = [_by_progress(job, state, clock()) for job in state.jobs.values()]
    return WorkspaceStatus(tuple(each for each in statuses if each is not None), None, state)


def counts_of(statuses: Sequence[JobStatus]) -> dict[str, int]:
    """Return how many jobs have each outcome; those that never ran are `not run yet`."""
    counts: dict[str, int] = {}
    for status in statuses:
        name = status.outcome or NOT_RUN
        counts[name] = counts.get(name, 0) + 1
    return counts


def _status(key: RunKey, folder: RunFolder, state: RunState, now: float) -> JobStatus:
    progress = state.jobs.get(key)
    is_orphan = (
        progress is not None
        and progress.phase is Phase.RUNNING
        and progress.result is None
        and state.life is not Life.ALIVE
    )
    if progress is not None and not is_orphan and state.life in {Life.ALIVE, Life.DIED}:
        current = _by_progress(progress, state, now)
        if current is not None:
            return current
    try:
        result = folder.read_result()
    except WorkspaceError as error:
        return JobStatus(key, UNREADABLE, why=str(error))
    if progress is not None and is_orphan:
        return _after_run(progress, folder, result, now)
    if result is None and progress is not None:
        # A job that was stopped has no recorded result.
        result = progress.result
    return JobStatus(key, None) if result is None else _by_result(key, result)


def _after_run(
    progress: JobProgress, folder: RunFolder, result: JobResult | None, now: float
) -> JobStatus:
    """Return the status of a job that had begun when its run died or broke off.

    A worker on another machine may have outlived the run, and finishes and records the job.
    """
    job = _continued(progress, folder, result)
    if job.result is not None:
        return _by_result(job.key, job.result)
    if not job.holder:
        return JobStatus(job.key, INTERRUPTED, why=ENDED_BEFORE)
    seconds = round(max(0.0, now - job.started), 3)
    why = f"by {job.holder}, which outlived the run."
    return JobStatus(job.key, Phase.RUNNING.value, seconds=seconds, why=why)


def with_continued_jobs(
    state: RunState, folder_of: Callable[[RunKey], RunFolder | None]
) -> RunState:
    """Return the state of a run with what workers did to its jobs after it died or broke off.

    Begun jobs have the result that a worker recorded, or the name of the process that runs them.
    `folder_of` returns None for a job outside a workspace, which has no workers.
    """
    if state.life not in {Life.FINISHED, Life.DIED} or not state.running:
        return state
    jobs = dict(state.jobs)
    for job in state.running:
        folder = folder_of(job.key)
        if folder is None or job.result is not None:
            continue
        jobs[job.key] = _continued(job, folder, folder.readable_result())
    return replace(state, jobs=MappingProxyType(jobs))


def _continued(progress: JobProgress, folder: RunFolder, result: JobResult | None) -> JobProgress:
    """Return a begun job of a run that has ended, with its new result or its present holder."""
    if result is not None and result.started + result.seconds > progress.started:
        return replace(progress, phase=Phase.FINISHED, result=result)
    holder = live_holder(folder)
    return progress if holder is None else replace(progress, holder=holder.name)


def _by_progress(progress: JobProgress, state: RunState, now: float) -> JobStatus | None:
    """Return the status by a run that is under way, or died; None if it says nothing."""
    key = progress.key
    if progress.result is not None:
        return _by_result(key, progress.result)
    if progress.phase is Phase.RUNNING:
        if state.life is Life.DIED:
            return JobStatus(key, INTERRUPTED, why=ENDED_BEFORE)
        seconds = round(max(0.0, now - progress.started), 3)
        why = f"on {progress.worker}" if progress.worker else ""
        if progress.stopping or state.stopping:
            why = f"it is being stopped{f', {why}' if why else ''}."
        return JobStatus(key, Phase.RUNNING.value, seconds=seconds, why=why)
    if state.life is Life.ALIVE:
        return JobStatus(key, Phase.QUEUED.value)
    return None


def _by_result(key: RunKey, result: JobResult) -> JobStatus:
    verdict = result.verdict
    if result.outcome is Outcome.CANCELLED:
        verdict = None
    return JobStatus(
        key, result.outcome.value, verdict, float(result.seconds), why_of(result), result
    )
