"""Folders in an object store: files with their digests, and a list that is written last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.text import clean
from runner.errors import StorageError
from runner.storage.fs import disk_errors
from runner.storage.input_archive import DigestCache, walk
from runner.storage.object_store import ObjectStore

MAX_FILES = 1_000_000


class StoredFile(NamedTuple):
    """A file of a folder: its name with `/`, and the sha256 of its content in hex.

    A folder has an empty digest, so that empty ones are kept.
    """

    name: str
    digest: str


def list_folder(roots: Iterable[tuple[str, Path]], cache: DigestCache) -> list[StoredFile]:
    """Return the files and folders below some, by their names; raises RunnerError."""
    return [
        StoredFile(item.name, "" if item.is_folder else cache.digest(item))
        for name, root in roots
        for item in walk(root, name)
    ]


def upload(store: ObjectStore, prefix: str, files: Iterable[StoredFile], base: Path) -> None:
    """Upload files of a folder below a prefix; raises StorageError."""
    for file in files:
        if file.digest:
            store.put(base / file.name, f"{prefix}/{file.name}")


def download(store: ObjectStore, prefix: str, files: Iterable[StoredFile], base: Path) -> None:
    """Download files into a folder; raises StorageError, also for one with another content."""
    for file in files:
        path, digest = base / file.name, hashlib.sha256()
        with disk_errors(path):
            (path.parent if file.digest else path).mkdir(parents=True, exist_ok=True)
            if not file.digest:
                continue
            with path.open("xb") as target:
                store.copy_to(f"{prefix}/{file.name}", target, digest.update)
        if digest.hexdigest() != file.digest:
            raise StorageError(
                f"{clean(file.name)} of the storage {clean(store.url)} has changed since it"
                " was listed.",
                "Run again, and do not change files while a run is under way.",
            )


def as_values(files: Iterable[StoredFile]) -> list[list[str]]:
    """Return a list of files as JSON values."""
    return [list(file) for file in files]


def from_values(values: Any) -> list[StoredFile]:
    """Read a list of files back; raises ValueError, also for a name outside of the folder."""
    if not isinstance(values, list) or len(values) > MAX_FILES:
        raise ValueError("is not a list of files")
    files = []
    for value in values:
        if not (
            isinstance(value, list)
            and len(value) == 2
            and all(isinstance(part, str) for part in value)
            and _is_below(value[0])
        ):
            raise ValueError("lists a file that is not valid")
        files.append(StoredFile(*value))
    return files


def _is_below(name: str) -> bool:
    """Return True for a relative name that stays in its folder, on every system."""
    parts = name.split("/")
    return not (set(parts) & {"", ".", ".."}) and not any(c in name for c in "\\:\0")
