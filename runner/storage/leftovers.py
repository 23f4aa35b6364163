"""Things that runs left behind, each with its removal, and those of a workspace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import is_file, is_folder, is_temporary
from resim_inspect.text import clean, size
from runner.errors import RunnerError, StorageError
from runner.storage.claims import is_claimed
from runner.storage.fs import remove_tree
from runner.storage.publish import (
    NEW_LOGS,
    NEW_OUTPUTS,
    OLD_OUTPUTS,
    PENDING,
    recover_publication,
)
from runner.workspace.layout import RunFolder, Workspace
from runner.workspace.live_log import LIVE_SUFFIX
from runner.workspace.run_record import record_of_workspace

API_FILES = ".api"
"""Folder of the stub server's files, beside the batch."""


class Leftover(NamedTuple):
    """Something that can be removed; the text has no control characters."""

    text: str
    remove: Callable[[], str]
    """Remove it; return the reason why that is not possible, empty if it is gone."""


def remove_all(leftovers: Iterable[Leftover]) -> Iterator[str]:
    """Remove things one after the other; yield the text of each, and what went wrong."""
    for leftover in leftovers:
        problem = leftover.remove()
        yield clean(f"{leftover.text} ({problem})" if problem else leftover.text)


def leftovers_of_workspace(workspace: Workspace, *, results: bool) -> Iterator[Leftover]:
    """Yield what a workspace holds beside its inputs: parts of runs that broke off, their record.

    With `results` also all outputs, logs and results. The caller holds the workspace's lock.
    Raises StorageError for a folder that cannot be read.
    """
    folders = [(f"the job {job.name}", job.folder) for job in workspace.jobs]
    for name, folder in [*folders, ("the batch", workspace.batch)]:
        if is_claimed(folder):
            # A worker that outlived its call still writes here.
            continue
        if is_file(folder.run / PENDING) and not results:
            text = clean(f"unpublished results of {name}, to be published")
            yield Leftover(text, partial(_publish, folder))
        else:
            yield from _parts(name, folder, (NEW_OUTPUTS, OLD_OUTPUTS, NEW_LOGS, API_FILES))
            if not results:
                yield from _partial_files(name, folder.run)
        if results:
            yield from _parts(name, folder, ("outputs", "run"))
    yield from _partial_files("the workspace", workspace.folder)
    record = record_of_workspace(workspace.folder).path
    if _exists(record):
        yield _tree("record of the last run", record)


def _parts(name: str, folder: RunFolder, parts: Iterable[str]) -> Iterator[Leftover]:
    for part in parts:
        if _exists(folder.path / part):
            yield _tree(f"{part} of {name}", folder.path / part)


def _partial_files(name: str, folder: Path) -> Iterator[Leftover]:
    """Yield the files that killed programs were writing."""
    if is_folder(folder):
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            reason = f"{clean(str(folder))} cannot be read: {error.strerror}."
            raise StorageError(reason) from error
        for path in paths:
            if is_temporary(path.name) or path.name.endswith(LIVE_SUFFIX):
                yield _tree(f"half-written {path.name} of {name}", path)


def _exists(path: Path) -> bool:
    # Of a link also without its target.
    return os.path.lexists(path)


def _tree(text: str, path: Path) -> Leftover:
    return Leftover(clean(f"{text}, {size(_size(path))}"), partial(remove_path, path))


def remove_path(path: Path) -> str:
    """Remove a file or a folder; return the reason why it is still there, else nothing."""
    try:
        if path.is_file():
            path.unlink()
        else:
            remove_tree(path)
    except OSError as error:
        return f"{clean(str(path))} cannot be removed: {error.strerror}."
    return f"{clean(str(path))} cannot be removed completely." if _exists(path) else ""


def _publish(folder: RunFolder) -> str:
    try:
        recover_publication(folder)
    except RunnerError as error:
        return error.reason
    return ""


def _size(path: Path) -> int:
    """Number of bytes of a file, or of the files in a folder; links are not followed."""
    if not is_folder(path):
        with suppress(OSError):
            return path.lstat().st_size
    total = 0
    for folder, _, files in os.walk(path):
        for name in files:
            with suppress(OSError):
                total += Path(folder, name).lstat().st_size
    return total
