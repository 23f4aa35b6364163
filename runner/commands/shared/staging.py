"""The folder `--outputs`: replaced by the outputs of a good run, and safe from a failed one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from resim_inspect.derived import EMISSIONS_SUFFIX
from resim_inspect.files import exists, is_file, is_folder
from resim_inspect.text import clean
from runner.errors import CallError
from runner.storage import staging
from runner.storage.fs import disk_errors, remove_tree, write_atomic
from runner.storage.staging import staging_folder as staging_folder
from runner.workspace.contract import METRICS, REJECTED
from runner.workspace.results import JobResult, Outcome

FAILED = ".resim-runner-failed.json"
"""Result of a failed run, in the folder of what the build wrote, which a later run replaces."""


def check_outputs(folder: Path) -> None:
    """Refuse a folder with other content, as it is replaced as a whole.

    Raises CallError and StorageError.
    """
    if folder.name in {"", ".."}:
        raise CallError(
            f"--outputs {clean(str(folder))} has no name of its own, and is replaced as a whole.",
            "Name a folder in it, such as --outputs out.",
        )
    is_ours = _is_ours(folder)
    if folder.is_symlink() or (exists(folder) and not is_folder(folder)):
        raise CallError(f"--outputs {clean(str(folder))} is not a folder.")
    if not is_ours:
        raise CallError(
            f"--outputs {clean(str(folder))} has other content than earlier outputs.",
            "Name a new folder, or one with a metrics.binproto, which is then replaced.",
        )


def keep(result: JobResult, folder: Path, target: Path) -> JobResult:
    """Move the new outputs of a run to their place; return its result, which names the place.

    A run that is done replaces earlier outputs. What a failed one wrote goes beside good outputs,
    to `target.failed`, and a file of metrics that are invalid is called metrics.binproto.rejected.
    """
    if result.outcome in {Outcome.CANCELLED, Outcome.BROKEN}:
        return result
    failed = staging.failed_folder(target)
    for stale in (target, failed):
        if is_file(stale / FAILED):
            remove_tree(stale)
    if result.outcome is Outcome.DONE:
        staging.swap_in(folder, target)
        return result
    new = folder / staging.NEW
    if not is_folder(new) or not any(new.iterdir()):
        return result
    if result.verdict is None or result.finding_count:
        with disk_errors(new):
            if (new / METRICS.name).is_file():
                (new / METRICS.name).rename(new / REJECTED.name)
    write_atomic(new / FAILED, result.as_bytes())
    destination = failed if is_file(target / METRICS.name) else target
    if not _is_ours(destination):
        text = f"{clean(str(destination))} has other content, so what the build wrote is not kept."
    else:
        staging.swap_in(folder, destination)
        text = f"What it wrote is in {clean(str(destination))}."
    return replace(result, hint=f"{result.hint} {text}".strip())


def _is_ours(folder: Path) -> bool:
    """Return True if a run may replace the folder: it is missing, empty, or earlier outputs.

    Raises StorageError for a folder that cannot be listed.
    """
    with disk_errors(folder):
        if folder.is_symlink() or not is_folder(folder):
            return not folder.is_symlink() and not exists(folder)
        names = {path.name for path in folder.iterdir()}
    emitted = any(name.endswith(EMISSIONS_SUFFIX) for name in names)
    return not names or emitted or bool(names & {METRICS.name, FAILED})
