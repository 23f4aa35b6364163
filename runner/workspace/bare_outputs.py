"""Folders of outputs without a workspace, opened as one: each metrics file is a job."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid5

from resim_inspect.document.discovery import EXPECTED, metrics_files
from resim_inspect.errors import UnreadableError
from resim_inspect.files import is_folder
from resim_inspect.text import clean
from runner.workspace.contract import METRICS, OUTPUTS
from runner.workspace.errors import WorkspaceError
from runner.workspace.layout import (
    Job,
    RunFolder,
    Workspace,
    derived_id,
    looks_like_workspace,
    open_workspace,
)


class BareOutputFolder(RunFolder):
    """A run folder with its metrics.binproto directly in it."""

    @property
    def outputs(self) -> Path:
        """Path of the folder itself."""
        return self.path

    @property
    def metrics(self) -> Path:
        """Path of `metrics.binproto` in the folder."""
        return self.path / METRICS.name


class BareMetricsFile(RunFolder):
    """A run of which there is only a metrics file, of any name; `path` is the file."""

    @property
    def outputs(self) -> Path:
        """Path of the folder of the file."""
        return self.path.parent

    @property
    def metrics(self) -> Path:
        """Path of the file itself."""
        return self.path


def open_jobs(folder: Path) -> Workspace:
    """Open a workspace, or a folder of outputs as one; writes nothing; raises WorkspaceError.

    In a folder of outputs, each folder with `metrics.binproto` or `outputs/metrics.binproto` is
    a job, named by its relative path; without any, each `*.binproto` is one.
    """
    if not is_folder(folder) or looks_like_workspace(folder):
        return open_workspace(folder)
    own = derived_id(folder)
    jobs = []
    for run_folder in _run_folders(folder):
        name = run_folder.path.relative_to(folder).as_posix()
        name = folder.resolve().name if name == "." else name
        plain = os.fsencode(name).decode("utf-8", "backslashreplace")
        jobs.append(Job(name, uuid5(own, plain), plain, run_folder))
    if not jobs:
        raise WorkspaceError(
            f"{clean(str(folder))} has no jobs.",
            f"A job is a folder with a {METRICS.name}, or with one in {OUTPUTS.name}/.",
        )
    jobs.sort(key=lambda job: job.name)
    ids = uuid5(own, "/project"), uuid5(own, "/batch")
    return Workspace(folder, own, *ids, tuple(jobs), recorded=False)


def _run_folders(folder: Path) -> list[RunFolder]:
    try:
        files = list(metrics_files(folder, derived=True))
    except UnreadableError as error:
        if error.problem == EXPECTED:
            return []
        raise WorkspaceError(f"{clean(str(folder))} {error.problem}.") from error
    run_folders: dict[Path, RunFolder] = {}
    for file in files:
        if file.name != METRICS.name:
            run_folders[file] = BareMetricsFile(file)
        elif file.parent.name == OUTPUTS.name and file.parent != folder:
            run_folders[file.parent.parent] = RunFolder(file.parent.parent)
        else:
            run_folders.setdefault(file.parent, BareOutputFolder(file.parent))
    return list(run_folders.values())
