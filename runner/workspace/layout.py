"""How a batch lies on disk, read: its jobs, their folders, ids and results."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from resim_inspect.text import clean
from runner.errors import WorkspaceError
from runner.workspace.contract import EXPERIENCE, LOGS, METRICS
from runner.workspace.results import JobResult, result_from_bytes

CONFIG = "workspace.json"
JOBS = "jobs"
BATCH = "batch"
FORMAT = 1


class Place(NamedTuple):
    """One run's folder: `jobs/NAME` or `batch`."""

    folder: Path

    @property
    def inputs(self) -> Path:
        """What the build reads."""
        return self.folder / "inputs"

    @property
    def experience(self) -> Path:
        """`inputs/experience`."""
        return self.folder / "inputs" / EXPERIENCE.name

    @property
    def logs(self) -> Path:
        """`inputs/logs`."""
        return self.folder / "inputs" / LOGS.name

    @property
    def outputs(self) -> Path:
        """What the build wrote."""
        return self.folder / "outputs"

    @property
    def metrics(self) -> Path:
        """The `metrics.binproto`, there or not."""
        return self.folder / "outputs" / METRICS.name

    @property
    def log(self) -> Path:
        """What the build said."""
        return self.folder / "run" / "log.txt"

    @property
    def result(self) -> Path:
        """What came of it."""
        return self.folder / "run" / "result.json"

    def read_result(self) -> JobResult | None:
        """The recorded result; None where nothing ran; raises WorkspaceError for a broken file."""
        try:
            data = self.result.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WorkspaceError(f"{self.result} cannot be read: {error.strerror}.") from error
        try:
            return result_from_bytes(data)
        except ValueError as error:
            raise WorkspaceError(f"{self.result} {error}.", "Delete it to run again.") from error


@dataclass(frozen=True)
class Job:
    """A job of a workspace; `name` is its folder's name, as it is on disk."""

    name: str
    id: UUID
    experience_name: str
    place: Place


@dataclass(frozen=True)
class Workspace:
    """A batch on disk: its ids and its jobs, sorted by name."""

    folder: Path
    id: UUID
    project_id: UUID
    batch_id: UUID
    jobs: tuple[Job, ...]
    recorded: bool
    """Whether the ids stand in `workspace.json`; if not, they follow from the folder's path."""

    @property
    def batch(self) -> Place:
        """Where the batch's own metrics lie."""
        return Place(self.folder / BATCH)

    def job(self, name: str) -> Job | None:
        """The job of that name."""
        return next((job for job in self.jobs if job.name == name), None)


def looks_like_workspace(folder: Path) -> bool:
    """Whether a folder is a workspace: it has `workspace.json`, or `jobs/` with a job in it."""
    if (folder / CONFIG).is_file():
        return True
    return any(
        (folder / JOBS / name / part).is_dir()
        for name in _folders(folder / JOBS)
        for part in ("inputs", "outputs")
    )


def open_workspace(folder: Path) -> Workspace:
    """Read a workspace without changing it; raises WorkspaceError.

    One directory listing and one small file, whatever the number of jobs: what lies inside
    of a job's folder is looked at when it is asked for.
    """
    if not folder.is_dir():
        reason = "is no folder" if folder.exists() else "does not exist"
        raise WorkspaceError(f"{clean(str(folder))} {reason}.")
    if not looks_like_workspace(folder):
        raise WorkspaceError(
            f"{clean(str(folder))} is no workspace: it has no {CONFIG} and no {JOBS}/ with jobs.",
            f"A workspace has {JOBS}/NAME/inputs/experience and {JOBS}/NAME/inputs/logs.",
        )
    values = _read_config(folder / CONFIG)
    workspace_id = _uuid(values, "workspaceID") or derived_id(folder)
    recorded = values.get("jobs", {})
    if not isinstance(recorded, dict):
        raise WorkspaceError(f'{folder / CONFIG}: "jobs" is no object.')
    jobs = []
    for name in _folders(folder / JOBS):
        about = recorded.get(name, {})
        if not isinstance(about, dict):
            raise WorkspaceError(f'{folder / CONFIG}: the job "{clean(name)}" is no object.')
        shown = about.get("experienceName")
        jobs.append(
            Job(
                name,
                _uuid(about, "jobID") or uuid5(workspace_id, _text(name)),
                shown if isinstance(shown, str) and shown else _text(name),
                Place(folder / JOBS / name),
            )
        )
    return Workspace(
        folder,
        workspace_id,
        # A slash is in no job's name, so these never meet a job's id.
        _uuid(values, "projectID") or uuid5(workspace_id, "/project"),
        _uuid(values, "batchID") or uuid5(workspace_id, "/batch"),
        tuple(jobs),
        recorded=bool(values) and {job.name for job in jobs} <= set(recorded),
    )


def derived_id(folder: Path) -> UUID:
    """The id of a workspace that has none recorded: from its absolute path, without chance."""
    return uuid5(NAMESPACE_URL, "resim-workspace:" + _text(str(folder.resolve())))


def config_values(workspace: Workspace) -> dict[str, Any]:
    """`workspace.json` as JSON values."""
    return {
        "format": FORMAT,
        "workspaceID": str(workspace.id),
        "projectID": str(workspace.project_id),
        "batchID": str(workspace.batch_id),
        "jobs": {
            _text(job.name): {"jobID": str(job.id), "experienceName": job.experience_name}
            for job in workspace.jobs
        },
    }


def _text(name: str) -> str:
    """A name from disk without lone surrogates, which JSON and UUIDs cannot carry."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _folders(folder: Path) -> list[str]:
    """The folders in a folder, sorted by name, without hidden ones."""
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if not e.name.startswith(".") and e.is_dir())
    except OSError:
        return []


def _read_config(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WorkspaceError(f"{path} is no JSON: {clean(str(error), 120)}.") from error
    if not isinstance(values, dict):
        raise WorkspaceError(f"{path} is JSON, but no object.")
    if values.get("format", FORMAT) != FORMAT:
        raise WorkspaceError(
            f"{path} is of format {clean(str(values['format']), 20)}; this version knows {FORMAT}."
        )
    return values


def _uuid(values: dict[str, Any], key: str) -> UUID | None:
    value = values.get(key)
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise WorkspaceError(f'{key} "{clean(str(value), 60)}" is no UUID.') from error
