"""Failed runs of workspaces: the metrics that they left are not served to a build.

A run that failed may have left a valid file all the same, such as one that did not end in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from resim_inspect.text import clean
from runner.workspace.layout import RunFolder, Workspace
from runner.workspace.results import Outcome

SHOWN = 3
"""Number of failed runs that a sentence names."""


class FailedRuns(NamedTuple):
    """Runs whose last result is not `done`, by name."""

    jobs: tuple[tuple[str, Path], ...]
    """Names of jobs, and the paths of their metrics, which may be missing."""
    batches: tuple[tuple[str, Path], ...]
    """Names of workspaces, and the paths of their batches' own metrics."""

    @property
    def metrics(self) -> frozenset[Path]:
        """Paths of metrics that are not to be served."""
        return frozenset(path for _, path in (*self.jobs, *self.batches))

    def sentences(self) -> list[str]:
        """Return a sentence on the jobs and one on the batches, if any failed."""
        kinds = (self.jobs, "job", "jobs", ""), (self.batches, "batch", "batches", " of its own")
        texts = []
        for runs, singular, plural, own in kinds:
            if not runs:
                continue
            shown = ", ".join(clean(name, 60) for name, _ in runs[:SHOWN])
            shown += ", …" * (len(runs) > SHOWN)
            is_single = len(runs) == 1
            clause = "It is" if is_single else "They are"
            number = f"{len(runs):,} {singular if is_single else plural}"
            texts.append(f"{number} failed: {shown}. {clause} served without metrics{own}.")
        return texts


def failed_runs(workspaces: Sequence[Workspace], *, batches: bool) -> FailedRuns:
    """Return the failed runs of workspaces; those of the batches only on request."""
    jobs = tuple(
        (job.name, job.folder.metrics)
        for workspace in workspaces
        for job in workspace.jobs
        if _failed(job.folder)
    )
    own = tuple(
        (workspace.folder.resolve().name, workspace.batch.metrics)
        for workspace in workspaces
        if batches and _failed(workspace.batch)
    )
    return FailedRuns(jobs, own)


def _failed(run_folder: RunFolder) -> bool:
    # A damaged result says nothing about the outputs, which stay in use.
    result = run_folder.readable_result()
    return result is not None and result.outcome is not Outcome.DONE
