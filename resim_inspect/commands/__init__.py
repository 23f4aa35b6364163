"""The commands of `resim-inspect`, and what they share: their error, and the files of a path.

A command is a module with `add_arguments(parser)` and `run(args) -> int`; `cli` imports
it when it is called, so that no command pays for another.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from resim_inspect.errors import InspectError

METRICS_FILE = "metrics.binproto"
"""File name of a metrics build's output."""


class CommandError(InspectError):
    """A call that cannot be carried out: one sentence; the exit code is `ERROR`."""


def metrics_files(path: Path) -> Iterator[Path]:
    """Yield the files that a PATH means: itself, or every `metrics.binproto` below a folder.

    Folders come in the order of their names and links to folders are not followed; a
    missing or unreadable file is reported by its reader. Raises CommandError for a folder
    without a file.
    """
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, folders, files in os.walk(path):
        folders.sort()
        if METRICS_FILE in files:
            found = True
            yield Path(folder, METRICS_FILE)
    if not found:
        raise CommandError(f"{path}: no {METRICS_FILE} in this folder or below it")
