"""Crash-safe writes to a workspace: ids, results and outputs appear completely or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resim_inspect.files import exists, is_folder, read_small
from resim_inspect.text import clean
from runner.errors import WorkspaceError
from runner.storage.fs import disk_errors, flush_tree, remove_link, remove_tree, write_locked
from runner.storage.kept_outputs import set_aside
from runner.storage.locks import try_lock
from runner.workspace.layout import (
    CONFIG,
    JOBS,
    RunFolder,
    Workspace,
    config_values,
    open_workspace,
)
from runner.workspace.results import JobResult, Outcome, result_from_bytes

NEW_OUTPUTS = ".outputs.new"
OLD_OUTPUTS = ".outputs.old"
NEW_LOGS = ".logs.new"
PENDING = "result.json.new"
DIGESTS = "inputs.json"
LOCK = ".lock"


def new_outputs(run_folder: RunFolder) -> Path:
    """Path of a run's outputs before they are published."""
    return run_folder.path / NEW_OUTPUTS


def new_log(run_folder: RunFolder) -> Path:
    """Path of a run's log, for a build that begins now; raises StorageError."""
    remove_link(run_folder.log)
    return run_folder.log


def publish(run_folder: RunFolder, result: JobResult, digests: bytes | None = None) -> None:
    """Publish a result and the outputs in `new_outputs` as the job's; raises StorageError.

    The result is written first, under another name: from then on `recover_publication` can
    complete what a crash interrupts. A cancelled run leaves the earlier result and outputs.
    Outputs that no run made are set aside.
    """
    if result.outcome is Outcome.CANCELLED:
        remove_tree(new_outputs(run_folder))
        return
    if result.outcome is Outcome.BROKEN:
        # The build's outputs are unknown: those of an earlier run stay.
        remove_tree(new_outputs(run_folder))
    with disk_errors(run_folder.path):
        flush_tree(new_outputs(run_folder))
    if digests is not None:
        # Without them, the inputs are only read again.
        write_locked(run_folder.run / DIGESTS, digests, durable=False)
    write_locked(run_folder.run / PENDING, result.as_bytes())
    recover_publication(run_folder)


def recover_publication(run_folder: RunFolder) -> None:
    """Complete an interrupted publication, and remove leftovers of runs that published nothing."""
    pending = run_folder.run / PENDING
    new = new_outputs(run_folder)
    old = run_folder.path / OLD_OUTPUTS
    with disk_errors(run_folder.path):
        try:
            result = result_from_bytes(read_small(pending))
        except FileNotFoundError:
            result = None
        except ValueError:
            # The runner renames complete files only, so this content is not the runner's.
            pending.unlink()
            result = None
        if result is not None:
            broken = result.outcome is Outcome.BROKEN
            # Where new outputs were to be and are not, they are in place already.
            in_place = not broken and bool(result.files) and not new.exists()
            if not in_place:
                set_aside(run_folder)
            if not broken and not in_place:
                remove_tree(old)
                if run_folder.outputs.exists() or run_folder.outputs.is_symlink():
                    run_folder.outputs.rename(old)
                if new.exists():
                    new.rename(run_folder.outputs)
            pending.replace(run_folder.result)
    for stale in (new, old):
        remove_tree(stale)


def record(workspace: Workspace) -> None:
    """Write the ids to workspace.json, so that they survive a move; all other keys are kept."""
    if workspace.recorded:
        return
    path = workspace.folder / CONFIG
    values: dict[str, Any] = {}
    if exists(path):
        values = json.loads(read_small(path))
    ours = config_values(workspace)
    jobs = dict(values.get("jobs", {}))
    for name, job in ours.pop("jobs").items():
        jobs[name] = job | _present(jobs.get(name, {}))
    values = ours | _present(values) | {"jobs": jobs}
    write_locked(path, (json.dumps(values, indent=1) + "\n").encode())


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the workspace's exclusive lock; raises WorkspaceError if another process holds it.

    The operating system releases the lock when its holder ends, however it ends.
    """
    path = folder / LOCK
    with disk_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with disk_errors(path):
            free = try_lock(descriptor)
        if not free:
            raise WorkspaceError(
                f"another run is active in {clean(str(folder))}.",
                "Wait for it, or stop it: `resim-runner stop` does.",
            )
        yield
    finally:
        os.close(descriptor)


def make_workspace(source: Path, folder: Path) -> Workspace:
    """Create a workspace from a folder of inputs, with links to them; raises WorkspaceError.

    `source` may hold `NAME/inputs/{experience,logs}`, `NAME/{experience,logs}`, or logs with
    one experience for all: `experience/` beside `NAME/logs/` or beside `logs/NAME/`. Jobs that
    the workspace already has are not changed.
    """
    inputs_of = find_inputs(source)
    if not inputs_of:
        raise WorkspaceError(
            f"{clean(str(source))} holds no inputs of jobs.",
            "Supported layouts: NAME/inputs/{experience,logs}, NAME/{experience,logs},"
            " experience/ with NAME/logs/ or with logs/NAME/.",
        )
    for name, (experience, logs) in inputs_of.items():
        run_folder = RunFolder(folder / JOBS / name)
        with disk_errors(run_folder.inputs):
            run_folder.inputs.mkdir(parents=True, exist_ok=True)
            for link, target in ((run_folder.experience, experience), (run_folder.logs, logs)):
                if target is not None and not (link.exists() or link.is_symlink()):
                    link.symlink_to(target.resolve(), target_is_directory=True)
    workspace = open_workspace(folder)
    record(workspace)
    return open_workspace(folder)


def find_inputs(source: Path) -> dict[str, tuple[Path | None, Path]]:
    """Jobs in a folder of inputs, as name -> (experience or None, logs); raises WorkspaceError."""
    if not is_folder(source):
        raise WorkspaceError(f"{clean(str(source))} is not a directory.")
    names = _folders_in(source)
    shared = source / "experience" if "experience" in names else None
    if shared is not None and "logs" in names:
        logs = source / "logs"
        return {name: (shared, logs / name) for name in _folders_in(logs)}
    inputs_of: dict[str, tuple[Path | None, Path]] = {}
    for name in names:
        for inputs in (source / name / "inputs", source / name):
            if is_folder(inputs / "logs"):
                own = inputs / "experience"
                inputs_of[name] = (own if is_folder(own) else shared, inputs / "logs")
                break
    return inputs_of


def _folders_in(folder: Path) -> list[str]:
    try:
        names = sorted(entry.name for entry in folder.iterdir() if is_folder(entry))
    except OSError as error:
        raise WorkspaceError(f"{clean(str(folder))} cannot be read: {error.strerror}.") from error
    return [name for name in names if not name.startswith(".")]
