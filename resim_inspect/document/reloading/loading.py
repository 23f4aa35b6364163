"""Reading of a metrics file that may be half-written or rewritten at any time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from resim_inspect.derived import UNOBSERVED, Control, is_derived
from resim_inspect.document import Document, open_document
from resim_inspect.document.reloading.signatures import Signature, document_signature
from resim_inspect.errors import (
    ChangedError,
    EmptyFileError,
    MalformedError,
    TruncatedError,
    UnreadableError,
)
from resim_inspect.files import is_folder

_HALF_WRITTEN = (EmptyFileError, TruncatedError, MalformedError, ChangedError)


class Loaded(NamedTuple):
    """A document and the state of its file when it was read."""

    document: Document
    signature: Signature | None


def load(path: Path, control: Control = UNOBSERVED) -> Loaded:
    """Open a file; `control` follows and ends the evaluation of emissions. Raises DocumentError."""
    before = document_signature(path)
    return Loaded(open_document(path, control=control), before)


def load_when_written(
    path: Path,
    *,
    timeout: float = 2.0,
    pause: float = 0.1,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    cancelled: Callable[[], bool] = lambda: False,
) -> Loaded:
    """Open a file that may be half-written.

    A file that is empty, cut off or malformed is tried again for as long as it keeps
    changing, and for `timeout` seconds after its last change. Raises DocumentError.
    """
    last = document_signature(path)
    still_since = started = clock()
    while True:
        try:
            loaded = load(path)
        except (*_HALF_WRITTEN, UnreadableError):
            now = document_signature(path)
            if cancelled() or is_folder(path):
                raise
            if now != last:
                last, still_since = now, clock()
            elif clock() - still_since >= timeout:
                raise
        else:
            now = document_signature(path)
            # Emissions only grow: all of their states are whole.
            if (
                is_derived(path)
                or now == loaded.signature
                or cancelled()
                or clock() - started >= 15 * timeout
            ):
                return loaded
            # Written to while it was read: the bytes may be of two versions.
            loaded.document.close()
            last, still_since = now, clock()
        sleep(pause)
