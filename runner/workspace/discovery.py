"""Jobs in a folder that is no workspace: wherever a metrics.binproto lies, there is one."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid5

from resim_inspect.text import clean
from runner.errors import WorkspaceError
from runner.workspace.contract import METRICS, OUTPUTS
from runner.workspace.layout import (
    Job,
    Place,
    Workspace,
    derived_id,
    looks_like_workspace,
    open_workspace,
)


class LoosePlace(Place):
    """A folder that has its metrics.binproto right in it."""

    @property
    def outputs(self) -> Path:
        """The folder itself."""
        return self.folder

    @property
    def metrics(self) -> Path:
        """The file in it."""
        return self.folder / METRICS.name


def open_jobs(folder: Path) -> Workspace:
    """A workspace, or one of all jobs in a folder; changes nothing; raises WorkspaceError.

    There, every folder with a `metrics.binproto` or with `outputs/metrics.binproto` is a job,
    by its path as its name.
    """
    if not folder.is_dir() or looks_like_workspace(folder):
        return open_workspace(folder)
    own = derived_id(folder)
    jobs = []
    for place in _places(folder):
        name = place.folder.relative_to(folder).as_posix()
        name = folder.resolve().name if name == "." else name
        plain = os.fsencode(name).decode("utf-8", "backslashreplace")
        jobs.append(Job(name, uuid5(own, plain), plain, place))
    if not jobs:
        raise WorkspaceError(
            f"{clean(str(folder))} holds no jobs.",
            f"A job is a folder with a {METRICS.name}, or with one in {OUTPUTS.name}/.",
        )
    jobs.sort(key=lambda job: job.name)
    ids = uuid5(own, "/project"), uuid5(own, "/batch")
    return Workspace(folder, own, *ids, tuple(jobs), recorded=False)


def _places(folder: Path) -> list[Place]:
    found: list[Place] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(where)
        if (here / OUTPUTS.name / METRICS.name).is_file():
            found.append(Place(here))
            folders.remove(OUTPUTS.name)
        elif METRICS.name in files:
            found.append(LoosePlace(here))
    return found
