"""Sides of a comparison by their paths, and the tolerances of the project: for app and command."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from resim_inspect.comparison import JobFile, Side, Tolerances, file_tolerances, tolerances
from resim_inspect.document.discovery import metrics_files
from resim_inspect.errors import THE_PATH, UnreadableError
from resim_inspect.files import is_folder
from resim_inspect.settings import load_project
from resim_inspect.text import BATCH_NAME
from runner.workspace.bare_outputs import open_jobs
from runner.workspace.errors import RunnerError
from runner.workspace.layout import looks_like_workspace


def side_of(path: Path) -> Side:
    """Find the documents that a path means: one, or the jobs of a workspace or folder.

    Raises UnreadableError for a folder without metrics.
    """
    label = str(path)
    if not is_folder(path):
        return Side(label, (JobFile("", "", path),))
    is_workspace = looks_like_workspace(path)
    if not is_workspace:
        # A second file is enough to know that these are several.
        files = list(islice(metrics_files(path, derived=True), 2))
        if len(files) == 1:
            return Side(label, (JobFile("", "", files[0]),))
    try:
        workspace = open_jobs(path)
    except RunnerError as error:
        problem = f"cannot be compared: {error}"
        raise UnreadableError(problem, path, subject=THE_PATH) from error
    jobs = [JobFile(job.name, job.experience_name, job.folder.metrics) for job in workspace.jobs]
    if workspace.batch_metrics is not None:
        jobs.append(JobFile(BATCH_NAME, "", workspace.batch_metrics, is_batch=True))
    return Side(label, tuple(jobs), is_batch=True)


def project_tolerances(texts: list[str]) -> Tolerances:
    """Tolerances of the project file, and of the command line, which win.

    Raises ToleranceError and SettingsError.
    """
    project = load_project(Path())
    return tolerances(texts, file_tolerances(project.compare if project is not None else {}))
