"""Discovery of jobs in a folder that is not a workspace: by each metrics.binproto in it."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid5

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


def open_jobs(folder: Path) -> Workspace:
    """Open a workspace, or a folder of outputs as one; writes nothing; raises WorkspaceError.

    In a folder of outputs, each folder with `metrics.binproto` or `outputs/metrics.binproto` is
    a job, named by its relative path.
    """
    if not folder.is_dir() or looks_like_workspace(folder):
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
    found: list[RunFolder] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        path = Path(where)
        if (path / OUTPUTS.name / METRICS.name).is_file():
            found.append(RunFolder(path))
            folders.remove(OUTPUTS.name)
        elif METRICS.name in files:
            found.append(BareOutputFolder(path))
    return found
