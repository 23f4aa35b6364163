"""Writes what was fetched: each job whole or not at all, and the same bytes whenever we die."""

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
"""Bytes that must be free before anything is fetched."""


@dataclass(frozen=True)
class Target:
    """The workspace that a batch goes to."""

    folder: Path
    project_id: UUID
    batch_id: UUID

    def check(self) -> dict[str, str]:
        """Refuse a folder that is something else; returns folders of known jobs by id.

        Raises CallError and WorkspaceError.
        """
        about = clean(str(self.folder))
        if not (self.folder / CONFIG).exists():
            if any(not entry.name.startswith(".") for entry in self.folder.iterdir()):
                raise CallError(f"{about} holds other things than a batch.", "Give a new folder.")
            return {}
        workspace = open_workspace(self.folder)
        if (workspace.project_id, workspace.batch_id) != (self.project_id, self.batch_id):
            raise CallError(
                f"{about} is the workspace of another batch ({workspace.batch_id}).",
                "Give a new folder.",
            )
        return {str(job.id): job.name for job in workspace.jobs}

    def check_room(self, wanted: int) -> None:
        """Raises StorageError where the disk has no room for so many bytes, and some more."""
        free = shutil.disk_usage(self.folder).free
        if free < wanted + ROOM:
            raise StorageError(
                f"the disk has {size(free)} free, and {size(wanted + ROOM)} are needed:"
                f" {clean(str(self.folder))}.",
                "Free some space and run again.",
            )

    def run_folder(self, name: str) -> RunFolder:
        """Where a job lies."""
        return RunFolder(self.folder / JOBS / name)

    @property
    def scratch(self) -> Path:
        """What is kept until the jobs it belongs to are complete."""
        return self.folder / SCRATCH

    def write_config(
        self, jobs: Mapping[str, Mapping[str, Any]], told: Mapping[str, Any] | None
    ) -> None:
        """`workspace.json`: ids, and what of it comes from where; keys of others stay."""
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
        if told is not None:
            values["fetched"] = dict(told)
        write_atomic(path, (json.dumps(values, indent=1) + "\n").encode())

    def write_listing(self, jobs: Sequence[Mapping[str, Any]]) -> None:
        """`listing.json`: what the lists say of each job, before and after the blobs came."""
        write_atomic(self.folder / LISTING, _json({"format": 1, "jobs": list(jobs)}))


def read_state(run_folder: RunFolder) -> dict[str, Any]:
    """What was fetched of a job, as it was written down; empty where nothing is known."""
    try:
        values = json.loads((run_folder.path / "run" / FETCHED).read_bytes())
    except (OSError, ValueError, RecursionError):
        # Without it, or with a broken one, the job is fetched again: that heals it.
        return {}
    return values if isinstance(values, dict) and values.get("format") == 1 else {}


def put(run_folder: RunFolder, document: bytes | None, files: Mapping[str, Path]) -> None:
    """Make a document and the files beside it the outputs, in one step.

    Files are moved; names that would leave the folder are refused by `safe_name` before. None:
    the job has no metrics, and what lay there stays away. Raises StorageError.
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
    """Make files the job's logs, in one step; raises StorageError."""
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
    """Write down that a job is complete."""
    write_atomic(run_folder.path / "run" / FETCHED, _json({"format": 1, **values}))


def safe_name(name: str) -> str:
    """A file's name relative to its folder; empty where it would leave it, or is none."""
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
    # For programs: laid out for people it would take ten times as long.
    return (json.dumps(values) + "\n").encode()
