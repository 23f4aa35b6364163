"""Check of a storage before a run: a small file is created, read and removed.

A storage that cannot be used is then one error of the call, and not one of every job.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

from resim_inspect.text import clean
from runner.errors import CallError, StorageError
from runner.storage.object_store import ObjectStore, check_url

OF_ONE_PROCESS = "memory"
"""Protocol of fsspec's storage in the memory of a process."""
CONTENT = b"written by resim-runner to check the storage\n"


def check_usable(url: str) -> bool:
    """Create, read and remove a file of a storage; return True if it has exclusive creation.

    Raises CallError for a URL that no worker can use, and StorageError.
    """
    check_url(url)
    if url.partition(":")[0].lower() == OF_ONE_PROCESS:
        raise CallError(
            f"the storage {clean(url, 120)} is in the memory of this process, which workers cannot"
            " reach.",
            "Name a storage that all machines reach, such as s3://bucket/folder.",
        )
    store, name = ObjectStore(url), f"resim-check-{uuid4().hex}"
    try:
        _use(store, name)
    except StorageError:
        # The first error is the reason.
        with suppress(StorageError):
            store.remove(name)
        raise
    store.remove(name)
    return store.is_exclusive


def _use(store: ObjectStore, name: str) -> None:
    """Create a file twice, which fails the second time, and read it."""
    store.create(name, CONTENT)
    if store.create(name, CONTENT):
        store.is_exclusive = False
    if store.read(name) != CONTENT:
        raise StorageError(
            f"the storage {clean(store.url, 120)} does not return what was written to it.",
            "Use a storage whose files can be read as soon as they are written.",
        )
