"""Crash-safe storage of downloaded jobs in a workspace; each job appears completely or not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from resim_inspect.text import clean, size
from runner.errors import CallError, StorageError
from runner.storage.fs import disk_errors, remove_tree, write_atomic
from runner.storage.publish import NEW_OUTPUTS, OLD_OUTPUTS
from runner.workspace.contract import METRICS
from runner.workspace.layout import CONFIG, FORMAT, JOBS, LISTING, RunFolder, open_workspace

FETCHED = "fetched.json"
SCRATCH = ".fetch"
ROOM = 64 << 20
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
        if not (self.folder / CONFIG).exists():
            if any(not entry.name.startswith(".") for entry in self.folder.iterdir()):
                raise CallError(f"{about} has other content than a batch.", "Give a new folder.")
            return {}
        workspace = open_workspace(self.folder)
        if (workspace.project_id, workspace.batch_id) != (self.project_id, self.batch_id):
            raise CallError(
                f"{about} is the workspace of another batch ({workspace.batch_id}).",
                "Give a new folder.",
            )
        return {str(job.id): job.name for job in workspace.jobs}

    def check_room(self, wanted: int) -> None:
        """Raise StorageError if the disk has no room for that many bytes and `ROOM`."""
        free = shutil.disk_usage(self.folder).free
        if free < wanted + ROOM:
            raise StorageError(
                f"the disk has {size(free)} free, and {size(wanted + ROOM)} are needed:"
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
        self, jobs: Mapping[str, Mapping[str, Any]], notes: Mapping[str, Any] | None
    ) -> None:
        """Write `workspace.json` with the ids and the `notes` of the download; keep other keys."""
        path = self.folder / CONFIG
        values: dict[str, Any] = {}
        if path.exists():
            with disk_errors(path):
                values = json.loads(path.read_bytes())
        values |= {
            "format": FORMAT,
            "workspaceID": str(uuid5(NAMESPACE_URL, f"resim://{self.project_id}/{self.batch_id}")),
            "projectID": str(self.project_id),
            "batchID": str(self.batch_id),
            "jobs": dict(sorted({**values.get("jobs", {}), **jobs}.items())),
        }
        if notes is not None:
            values["fetched"] = dict(notes)
        write_atomic(path, (json.dumps(values, indent=1) + "\n").encode())

    def write_listing(self, jobs: Sequence[Mapping[str, Any]]) -> None:
        """Write `listing.json`, the table of the jobs, which needs no blobs."""
        write_atomic(self.folder / LISTING, _json({"format": 1, "jobs": list(jobs)}))


def read_state(run_folder: RunFolder) -> dict[str, Any]:
    """Read the state of a downloaded job; empty if there is none or it is damaged."""
    try:
        values = json.loads((run_folder.path / "run" / FETCHED).read_bytes())
    except (OSError, ValueError, RecursionError):
        # Without a valid state, the job is downloaded again, which repairs it.
        return {}
    return values if isinstance(values, dict) and values.get("format") == 1 else {}


def put(run_folder: RunFolder, document: bytes | None, files: Mapping[str, Path]) -> None:
    """Replace the outputs by a document and files, in one step; raises StorageError.

    Files are moved; their names must have passed `safe_name`. A document of None removes the
    outputs: the job has no metrics.
    """
    new, old = run_folder.path / NEW_OUTPUTS, run_folder.path / OLD_OUTPUTS
    with disk_errors(run_folder.path):
        remove_tree(new)
        remove_tree(old)
        (run_folder.path / "run" / FETCHED).unlink(missing_ok=True)
        if document is not None:
            new.mkdir(parents=True)
            (new / METRICS.name).write_bytes(document)
            for name, path in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                path.replace(new / name)
        else:
            run_folder.path.mkdir(parents=True, exist_ok=True)
        if run_folder.outputs.exists():
            run_folder.outputs.rename(old)
        if document is not None:
            new.rename(run_folder.outputs)
        remove_tree(old)


def put_logs(run_folder: RunFolder, logs: Mapping[str, Path]) -> None:
    """Replace the job's logs by files, in one step; raises StorageError."""
    new = run_folder.path / ".logs.new"
    with disk_errors(run_folder.path):
        remove_tree(new)
        new.mkdir(parents=True)
        for name, path in logs.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            path.replace(new / name)
        run_folder.experience.mkdir(parents=True, exist_ok=True)
        remove_tree(run_folder.logs)
        new.rename(run_folder.logs)


def write_state(run_folder: RunFolder, values: Mapping[str, Any]) -> None:
    """Record that a job is complete."""
    write_atomic(run_folder.path / "run" / FETCHED, _json({"format": 1, **values}))


def safe_name(name: str) -> str:
    """Normalize a relative file name; empty if it is invalid or leaves its folder."""
    path = PurePosixPath(name)
    parts = path.parts
    plain = name.isprintable() and "\\" not in name and len(name.encode("utf-8", "replace")) < 900
    if not plain or path.is_absolute() or ".." in parts or not parts or len(parts) > 16:
        return ""
    if parts == (METRICS.name,) or any(
        len(part.encode("utf-8", "replace")) > 255 for part in parts
    ):
        return ""
    return str(path)


def _json(values: Mapping[str, Any]) -> bytes:
    # Without indentation, which would take ten times as long.
    return (json.dumps(values) + "\n").encode()
