"""The jobs that the paths of a command mean, for what is written from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError
from resim_inspect.document.discovery import METRICS_FILE
from resim_inspect.files import is_folder
from resim_inspect.text import BATCH_NAME, clean

if TYPE_CHECKING:
    from resim_inspect.export import JobFile


def job_files(paths: Sequence[Path]) -> list[JobFile]:
    """Find the jobs that paths mean, each with a name of its own.

    Raises CommandError for a path that does not exist or has no metrics.
    """
    from resim_inspect.export.file_names import distinct_name

    job_paths = [(path, job) for path in paths for job in _jobs_of(path)]
    uses = Counter(job.name for _, job in job_paths)
    jobs: list[JobFile] = []
    taken: set[str] = set()
    for path, job in job_paths:
        name = job.name if uses[job.name] == 1 else f"{clean(str(path))}/{job.name}"
        jobs.append(job._replace(name=distinct_name(name, taken)))
    return jobs


def _jobs_of(path: Path) -> Iterator[JobFile]:
    from resim_inspect.export import JobFile
    from resim_inspect.export.file_names import file_job_name
    from resim_inspect.job_rows import read_run
    from runner.workspace.bare_outputs import open_jobs
    from runner.workspace.errors import RunnerError
    from runner.workspace.layout import looks_like_workspace

    if not is_folder(path):
        yield JobFile(file_job_name(path), path)
        return
    is_workspace = looks_like_workspace(path)
    try:
        workspace = open_jobs(path)
    except RunnerError as error:
        raise CommandError(str(error)) from error
    for job in workspace.jobs:
        # A single job in the folder itself has the folder's name, which says nothing of outputs/.
        run = read_run(job.folder)
        is_itself = not is_workspace and job.folder.metrics == path / METRICS_FILE
        yield JobFile(
            file_job_name(job.folder.metrics) if is_itself else clean(job.name),
            job.folder.metrics,
            clean(job.experience_name) if is_workspace else None,
            run.seconds,
            run.note if is_workspace else "",
        )
    if workspace.batch_metrics is not None:
        yield JobFile(BATCH_NAME, workspace.batch_metrics, None, read_run(workspace.batch).seconds)


def refuse_inputs(out: Path, jobs: Sequence[JobFile], verb: str) -> None:
    """Raise CommandError for an output that is one of the files to read."""
    resolved = out.resolve()
    if any(job.path.resolve() == resolved for job in jobs):
        raise CommandError(f"{out} is one of the files to {verb}: choose another name")
