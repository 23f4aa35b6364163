"""Writes a workspace: ids, results and outputs appear whole or not at all, whenever we die."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resim_inspect.text import clean
from runner.errors import WorkspaceError
from runner.storage.output_extraction import storage
from runner.workspace.layout import CONFIG, JOBS, Place, Workspace, config_values, open_workspace
from runner.workspace.results import JobResult, Outcome, result_from_bytes

NEW_OUTPUTS = ".outputs.new"
OLD_OUTPUTS = ".outputs.old"
PENDING = "result.json.new"
MEMORY = "inputs.json"
LOCK = ".lock"


def new_outputs(place: Place) -> Path:
    """Where a run's outputs are gathered before they become the job's."""
    return place.folder / NEW_OUTPUTS


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name and rename it; raises StorageError."""
    temporary = path.with_name(f".{path.name}.tmp")
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)


def publish(place: Place, result: JobResult, memory: bytes | None = None) -> None:
    """Make a result and the outputs in `new_outputs` the job's; raises StorageError.

    The result is written first, under another name: from then on `settle` can finish what
    a crash interrupts. A run that was cancelled leaves what was there before.
    """
    if result.outcome is Outcome.CANCELLED:
        remove_tree(new_outputs(place))
        return
    if result.outcome is Outcome.BROKEN:
        # Nothing is known of the build: the outputs of an earlier run stay as they are.
        remove_tree(new_outputs(place))
    if memory is not None:
        write_whole(place.folder / "run" / MEMORY, memory)
    write_whole(place.folder / "run" / PENDING, result.as_bytes())
    settle(place)


def settle(place: Place) -> None:
    """Finish a publication that was interrupted, and clear away what never came to one."""
    pending = place.folder / "run" / PENDING
    new = new_outputs(place)
    old = place.folder / OLD_OUTPUTS
    with storage(place.folder):
        try:
            result = result_from_bytes(pending.read_bytes())
        except FileNotFoundError:
            result = None
        except ValueError:
            # Never renamed half-written, so this is somebody else's doing: not to be trusted.
            pending.unlink()
            result = None
        if result is not None:
            if result.outcome is not Outcome.BROKEN and (new.exists() or not result.files):
                remove_tree(old)
                if place.outputs.exists() or place.outputs.is_symlink():
                    place.outputs.rename(old)
                if new.exists():
                    new.rename(place.outputs)
            pending.replace(place.result)
    for stale in (new, old):
        remove_tree(stale)


def remove_tree(path: Path) -> None:
    """Remove a folder, if it is there."""
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path, ignore_errors=True)


def record(workspace: Workspace) -> None:
    """Write the ids down, so that they stay when the folder moves; keeps keys of others."""
    if workspace.recorded:
        return
    path = workspace.folder / CONFIG
    values: dict[str, Any] = {}
    if path.exists():
        values = json.loads(path.read_bytes())
    ours = config_values(workspace)
    jobs = values.get("jobs", {}) | ours.pop("jobs")
    write_whole(path, (json.dumps({**values, **ours, "jobs": jobs}, indent=1) + "\n").encode())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else writes to this workspace meanwhile; raises WorkspaceError if somebody does.

    The system lets go of the lock when its holder dies, however it dies.
    """
    path = folder / LOCK
    with storage(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with storage(path):
            free = _lock(descriptor)
        if not free:
            raise WorkspaceError(
                f"another run is at work in {clean(str(folder))}.", "Wait for it, or stop it."
            )
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock an open file; False where somebody else has."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def make_workspace(source: Path, folder: Path) -> Workspace:
    """Make a workspace of a folder of inputs, by links to them; raises WorkspaceError.

    `source` may hold `NAME/inputs/{experience,logs}`, `NAME/{experience,logs}`, or logs with
    one experience for all: `experience/` beside `NAME/logs/` or beside `logs/NAME/`. Jobs that
    the workspace has already are left alone.
    """
    found = find_inputs(source)
    if not found:
        raise WorkspaceError(
            f"{clean(str(source))} holds no inputs of jobs.",
            "Known: NAME/inputs/{experience,logs}, NAME/{experience,logs},"
            " experience/ with NAME/logs/ or with logs/NAME/.",
        )
    for name, (experience, logs) in found.items():
        place = Place(folder / JOBS / name)
        with storage(place.inputs):
            place.inputs.mkdir(parents=True, exist_ok=True)
            for link, target in ((place.experience, experience), (place.logs, logs)):
                if target is not None and not (link.exists() or link.is_symlink()):
                    link.symlink_to(target.resolve(), target_is_directory=True)
    workspace = open_workspace(folder)
    record(workspace)
    return open_workspace(folder)


def find_inputs(source: Path) -> dict[str, tuple[Path | None, Path]]:
    """Jobs in a folder of inputs, by name: the experience, if there is one, and the logs."""
    if not source.is_dir():
        raise WorkspaceError(f"{clean(str(source))} is no folder.")
    names = sorted(entry.name for entry in source.iterdir() if entry.is_dir())
    names = [name for name in names if not name.startswith(".")]
    shared = source / "experience" if "experience" in names else None
    if shared is not None and "logs" in names:
        logs = source / "logs"
        inner = sorted(e.name for e in logs.iterdir() if e.is_dir() and not e.name.startswith("."))
        return {name: (shared, logs / name) for name in inner}
    found: dict[str, tuple[Path | None, Path]] = {}
    for name in names:
        for inputs in (source / name / "inputs", source / name):
            if (inputs / "logs").is_dir():
                own = inputs / "experience"
                found[name] = (own if own.is_dir() else shared, inputs / "logs")
                break
    return found
