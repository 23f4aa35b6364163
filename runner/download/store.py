"""Crash-safe storage of downloaded jobs in a workspace; each job appears completely or not."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from resim_inspect.files import exists, read_small
from resim_inspect.text import clean, size
from runner.errors import CallError, StorageError
from runner.storage.fs import disk_errors, remove_tree, write_locked
from runner.storage.publish import NEW_LOGS, NEW_OUTPUTS, OLD_OUTPUTS
from runner.workspace.contract import METRICS, names_in
from runner.workspace.layout import CONFIG, FORMAT, JOBS, LISTING, RunFolder, open_workspace

FETCHED = "fetched.json"
SCRATCH = ".fetch"
_NAME_ERRORS = {
    *(errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)
}
"""Errors that concern the name of a file, not the disk."""
RESERVED_BYTES = 64 << 20
"""Bytes that must stay free on the disk."""


@dataclass(frozen=True)
class Target:
    """Workspace that a batch is downloaded to."""

    folder: Path
    project_id: UUID
    batch_id: UUID

    def check(self) -> dict[str, str]:
        """Check the folder, and return the folder names of its jobs by id.

        Raises CallError and WorkspaceError.
        """
        about = clean(str(self.folder))
        if not exists(self.folder / CONFIG):
            if names_in(self.folder):
                raise CallError(f"{about} has other content than a batch.", "Name a new folder.")
            return {}
        workspace = open_workspace(self.folder)
        if (workspace.project_id, workspace.batch_id) != (self.project_id, self.batch_id):
            raise CallError(
                f"{about} is the workspace of another batch ({workspace.batch_id}).",
                "Name a new folder.",
            )
        return {str(job.id): job.name for job in workspace.jobs}

    def check_free_space(self, wanted: int) -> None:
        """Raise StorageError if the disk has no room for that many bytes and `RESERVED_BYTES`."""
        free = shutil.disk_usage(self.folder).free
        if free < wanted + RESERVED_BYTES:
            raise StorageError(
                f"the disk has {size(free)} free, and {size(wanted + RESERVED_BYTES)} are needed:"
                f" {clean(str(self.folder))}.",
                "Free some space and run again.",
            )

    def run_folder(self, name: str) -> RunFolder:
        """Run folder of a job."""
        return RunFolder(self.folder / JOBS / name)

    @property
    def scratch(self) -> Path:
        """Folder of the journals and files of incomplete jobs."""
        return self.folder / SCRATCH

    def write_config(
        self,
        jobs: Mapping[str, Mapping[str, Any]],
        notes: Mapping[str, Any] | None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Write `workspace.json` with the ids, `facts` about the batch, and `notes`.

        Other keys are kept, of the file and of each job.
        """
        path = self.folder / CONFIG
        values: dict[str, Any] = {}
        if exists(path):
            with disk_errors(path):
                values = json.loads(read_small(path))
        entries: dict[str, Any] = values.get("jobs", {})
        entries |= {name: {**entries.get(name, {}), **entry} for name, entry in jobs.items()}
        values |= {
            **(facts or {}),
            "format": FORMAT,
            "workspaceID": str(uuid5(NAMESPACE_URL, f"resim://{self.project_id}/{self.batch_id}")),
            "projectID": str(self.project_id),
            "batchID": str(self.batch_id),
            "jobs": dict(sorted(entries.items())),
        }
        if notes is not None:
            values["fetched"] = dict(notes)
        write_locked(path, (json.dumps(values, indent=1) + "\n").encode())

    def write_listing(self, jobs: Sequence[Mapping[str, Any]]) -> None:
        """Write `listing.json`, the table of the jobs, which needs no blobs."""
        write_locked(self.folder / LISTING, _json({"format": FORMAT, "jobs": list(jobs)}))


def read_state(run_folder: RunFolder) -> dict[str, Any]:
    """Read the state of a downloaded job; empty if it is not complete, or damaged.

    The job is complete if its files are there and have the sizes that were recorded.
    """
    try:
        values = json.loads(read_small(run_folder.run / FETCHED))
    except (OSError, ValueError, RecursionError):
        # Without a valid state, the job is downloaded again, which repairs it.
        return {}
    if not _is_state(values):
        return {}
    sizes = {name: _size(run_folder.path / name) for name in values["sizes"]}
    return values if sizes == values["sizes"] else {}


def put(
    run_folder: RunFolder, document: Iterable[bytes] | None, files: Mapping[str, Path]
) -> dict[str, str]:
    """Replace the outputs by a document in pieces and by files, in one step.

    Files are moved. A document of None means that the job has no metrics. Returns the names of
    files that the file system does not accept, with the reason; raises StorageError.
    """
    new, old = run_folder.path / NEW_OUTPUTS, run_folder.path / OLD_OUTPUTS
    refused: dict[str, str] = {}
    with disk_errors(run_folder.path):
        remove_tree(new)
        remove_tree(old)
        (run_folder.run / FETCHED).unlink(missing_ok=True)
        run_folder.path.mkdir(parents=True, exist_ok=True)
        if document is not None or files:
            new.mkdir()
            if document is not None:
                with (new / METRICS.name).open("wb") as file:
                    file.writelines(document)
                    # The job's state, written later, says that the file is there.
                    file.flush()
                    os.fsync(file.fileno())
            refused = _move(files, new)
        if run_folder.outputs.exists():
            run_folder.outputs.rename(old)
        if new.exists():
            new.rename(run_folder.outputs)
        remove_tree(old)
    return refused


def put_logs(run_folder: RunFolder, logs: Mapping[str, Path]) -> dict[str, str]:
    """Replace the job's logs by files, which are moved; returns and raises like `put`."""
    new = run_folder.path / NEW_LOGS
    with disk_errors(run_folder.path):
        remove_tree(new)
        new.mkdir(parents=True)
        refused = _move(logs, new)
        run_folder.experience.mkdir(parents=True, exist_ok=True)
        remove_tree(run_folder.logs)
        new.rename(run_folder.logs)
    return refused


def _move(files: Mapping[str, Path], folder: Path) -> dict[str, str]:
    refused = {}
    for name, path in files.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            path.replace(folder / name)
        except OSError as error:
            if error.errno not in _NAME_ERRORS:
                raise
            refused[name] = f"is refused by the file system: {error.strerror}"
    return refused


def file_sizes(run_folder: RunFolder, files: Iterable[Path]) -> dict[str, int]:
    """Sizes of files in bytes, by path relative to the job's folder; raises StorageError."""
    with disk_errors(run_folder.path):
        return {
            path.relative_to(run_folder.path).as_posix(): path.stat().st_size
            for path in sorted(files)
        }


def write_state(run_folder: RunFolder, values: Mapping[str, Any]) -> None:
    """Record that a job is complete."""
    # A job whose state is lost is only downloaded again.
    write_locked(run_folder.run / FETCHED, _json({"format": FORMAT, **values}), durable=False)


def _is_state(values: Any) -> bool:
    """Return True for the state of a complete job, with all parts that others read."""
    if not isinstance(values, dict) or values.get("format") != 1:
        return False
    told, listing = values.get("told"), values.get("listing")
    sizes: object = values.get("sizes")
    if not (isinstance(told, dict) and isinstance(listing, dict) and isinstance(sizes, dict)):
        return False
    reconstructed: Any = told.get("reconstructed")
    missing: Any = told.get("missing")
    metrics: Any = listing.get("metrics")
    if not all(isinstance(value, list) for value in (reconstructed, missing, metrics)):
        return False
    texts = [*reconstructed, *missing, listing.get("name"), listing.get("status")]
    return all(isinstance(text, str) for text in texts) and all(
        isinstance(metric, dict) and {"name", "status"} <= metric.keys() for metric in metrics
    )


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return None


def _json(values: Mapping[str, Any]) -> bytes:
    # Without indentation, which would take ten times as long.
    return (json.dumps(values) + "\n").encode()
