"""Layout of a batch on disk, read-only: jobs, their folders, ids and results."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from resim_inspect.files import exists, is_file, is_folder, read_small
from resim_inspect.text import clean
from runner.workspace.batch_info import (
    NO_BATCH_INFO,
    NO_JOB_INFO,
    BatchInfo,
    JobInfo,
    batch_info,
    batch_values,
    job_info,
    job_values,
    uuid_value,
)
from runner.workspace.contract import EXPERIENCE, LOGS, METRICS
from runner.workspace.errors import WorkspaceError
from runner.workspace.results import JobResult, result_from_bytes

CONFIG = "workspace.json"
JOBS = "jobs"
BATCH = "batch"
LISTING = "listing.json"
"""Name of the file with statuses and values from the batch's lists, of a fetched workspace."""
FORMAT = 1


class RunFolder(NamedTuple):
    """Folder of one run: `jobs/NAME` or `batch`."""

    path: Path

    @property
    def inputs(self) -> Path:
        """Path of the build's inputs."""
        return self.path / "inputs"

    @property
    def experience(self) -> Path:
        """Path of `inputs/experience`."""
        return self.path / "inputs" / EXPERIENCE.name

    @property
    def logs(self) -> Path:
        """Path of `inputs/logs`."""
        return self.path / "inputs" / LOGS.name

    @property
    def outputs(self) -> Path:
        """Path of the build's outputs."""
        return self.path / "outputs"

    @property
    def metrics(self) -> Path:
        """Path of `metrics.binproto`, which may be missing."""
        return self.path / "outputs" / METRICS.name

    @property
    def run(self) -> Path:
        """Path of the folder of the runner's own files."""
        return self.path / "run"

    @property
    def log(self) -> Path:
        """Path of the build's log."""
        return self.run / "log.txt"

    @property
    def result(self) -> Path:
        """Path of result.json."""
        return self.run / "result.json"

    def read_result(self) -> JobResult | None:
        """Read the recorded result; None if missing; raises WorkspaceError for a broken file."""
        try:
            data = read_small(self.result)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WorkspaceError(f"{self.result} cannot be read: {error.strerror}.") from error
        try:
            return result_from_bytes(data)
        except ValueError as error:
            raise WorkspaceError(f"{self.result} {error}.", "Delete it to run again.") from error

    def readable_result(self) -> JobResult | None:
        """Read the recorded result; None if it is missing or damaged."""
        try:
            return self.read_result()
        except WorkspaceError:
            return None


@dataclass(frozen=True)
class Job:
    """A job of a workspace; `name` is its folder's name, as it is on disk."""

    name: str
    id: UUID
    experience_name: str
    folder: RunFolder
    info: JobInfo = NO_JOB_INFO


@dataclass(frozen=True)
class Workspace:
    """A batch on disk: its ids and its jobs, sorted by name."""

    folder: Path
    id: UUID
    project_id: UUID
    batch_id: UUID
    jobs: tuple[Job, ...]
    recorded: bool
    """True if `workspace.json` has the ids; else they are derived from the folder's path."""
    info: BatchInfo = NO_BATCH_INFO

    @property
    def batch(self) -> RunFolder:
        """Run folder of the batch's own metrics."""
        return RunFolder(self.folder / BATCH)

    @property
    def batch_metrics(self) -> Path | None:
        """Path of the batch's own metrics file; None without one, or where it is that of a job."""
        path = self.batch.metrics
        is_job = any(job.folder.metrics == path for job in self.jobs)
        return path if is_file(path) and not is_job else None

    def job(self, name: str) -> Job | None:
        """Job of that name, or None."""
        return next((job for job in self.jobs if job.name == name), None)


def looks_like_workspace(folder: Path) -> bool:
    """Return True for a folder with `workspace.json`, or with `jobs/` and a job in it."""
    if is_file(folder / CONFIG):
        return True
    return any(
        is_folder(folder / JOBS / name / part)
        for name in _folders(folder / JOBS)
        for part in ("inputs", "outputs")
    )


def _check_access(*paths: Path, listed: Path | None = None) -> None:
    """Raise WorkspaceError if the user may not examine a path, or list a folder; it may be missing.

    What cannot be examined would look as if it did not exist.
    """
    try:
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                path.stat()
        if listed is not None and is_folder(listed):
            os.scandir(listed).close()
    except PermissionError as error:
        location = clean(str(error.filename))
        hint = "Change the permissions, or run the command as a user who may read it."
        raise WorkspaceError(f"{location} cannot be read: {error.strerror}.", hint) from error
    except OSError:
        # Its reader says why.
        return


def open_workspace(folder: Path) -> Workspace:
    """Read a workspace without changing it; raises WorkspaceError.

    It reads one directory listing and one small file, however many jobs there are: the content
    of a job's folder is read on request.
    """
    _check_access(folder)
    if not is_folder(folder):
        reason = "is not a directory" if exists(folder) else "does not exist"
        raise WorkspaceError(f"{clean(str(folder))} {reason}.")
    _check_access(folder / JOBS, listed=folder / JOBS)
    if not looks_like_workspace(folder):
        # Jobs that cannot be examined look as if they were none.
        names = _folders(folder / JOBS)
        _check_access(*(folder / JOBS / name / "inputs" for name in names))
        raise WorkspaceError(
            f"{clean(str(folder))} is not a workspace: it has no {CONFIG} and no {JOBS}/ with"
            " jobs.",
            f"A workspace has {JOBS}/NAME/inputs/experience and {JOBS}/NAME/inputs/logs.",
        )
    path = folder / CONFIG
    values = _read_config(path)
    workspace_id = _id(values, "workspaceID", path) or derived_id(folder)
    recorded = values.get("jobs", {})
    if not isinstance(recorded, dict):
        raise WorkspaceError(f'{path}: "jobs" is not an object.')
    jobs = []
    for name in _folders(folder / JOBS):
        about = recorded.get(_text(name), {})
        if not isinstance(about, dict):
            raise WorkspaceError(f'{path}: the job "{clean(name)}" is not an object.')
        shown = about.get("experienceName")
        jobs.append(
            Job(
                name,
                uuid_value(about.get("jobID"), f'{path}: the job "{clean(name)}": "jobID"')
                or uuid5(workspace_id, _text(name)),
                shown if isinstance(shown, str) and shown else _text(name),
                RunFolder(folder / JOBS / name),
                job_info(about, name, path),
            )
        )
    return Workspace(
        folder,
        workspace_id,
        # A job's name has no slash, so these never equal a job's id.
        _id(values, "projectID", path) or uuid5(workspace_id, "/project"),
        _id(values, "batchID", path) or uuid5(workspace_id, "/batch"),
        tuple(jobs),
        recorded=_has_ids(values, [job.name for job in jobs]),
        info=batch_info(values, path),
    )


def _id(values: Mapping[str, Any], key: str, path: Path) -> UUID | None:
    return uuid_value(values.get(key), f'{path}: "{key}"')


def _has_ids(values: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Return True if no id has to be derived; a file may also have other facts alone."""
    if not {"workspaceID", "projectID", "batchID"} <= set(values):
        return False
    return all("jobID" in values.get("jobs", {}).get(_text(name), {}) for name in names)


def derived_id(folder: Path) -> UUID:
    """Id of a workspace without a recorded one, derived from its absolute path."""
    return uuid5(NAMESPACE_URL, "resim-workspace:" + _text(str(folder.resolve())))


def config_values(workspace: Workspace) -> dict[str, Any]:
    """Ids and facts of a workspace as JSON values for `workspace.json`."""
    return {
        "format": FORMAT,
        "workspaceID": str(workspace.id),
        "projectID": str(workspace.project_id),
        "batchID": str(workspace.batch_id),
        **batch_values(workspace.info),
        "jobs": {
            _text(job.name): {
                "jobID": str(job.id),
                "experienceName": job.experience_name,
                **job_values(job.info),
            }
            for job in workspace.jobs
        },
    }


def _text(name: str) -> str:
    """A name from disk without lone surrogates, which JSON and UUIDs cannot carry."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _folders(folder: Path) -> list[str]:
    """Names of the folders in a folder, sorted, without hidden ones."""
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if not e.name.startswith(".") and e.is_dir())
    except OSError:
        return []


def _read_config(path: Path) -> dict[str, Any]:
    try:
        data = read_small(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WorkspaceError(f"{path} is not valid JSON: {clean(str(error), 120)}.") from error
    if not isinstance(values, dict):
        raise WorkspaceError(f"{path} is not a JSON object.")
    if values.get("format", FORMAT) != FORMAT:
        raise WorkspaceError(
            f"{path} has format {clean(str(values['format']), 20)}; this version reads {FORMAT}."
        )
    return values
