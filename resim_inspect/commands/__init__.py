"""What the commands share: exit codes, errors for people, colour, and which files a path means.

A command is a module with `add_arguments(parser)` and `run(args) -> int`; `cli` imports
it when it is called, so that no command pays for another.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import TextIO

from resim_inspect.errors import InspectError

METRICS_FILE = "metrics.binproto"
"""The name that a metrics build gives its output."""


class ExitCode(IntEnum):
    """What the process says to the shell; of several the larger wins."""

    OK = 0
    INVALID = 1
    """At least one file is not valid."""
    ERROR = 2
    """A file could not be read, or the call was wrong."""
    INTERNAL = 70
    """A fault in this program."""


class CommandError(InspectError):
    """A call that cannot be done: one sentence for people; the command ends with `ERROR`."""


def use_color(choice: str, stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`: `always`, `never`, or by terminal and NO_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def light_terminal() -> bool:
    """Whether the terminal says that its background is light; most say nothing and are dark."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return background in {"7", "15"}


def metrics_files(path: Path) -> Iterator[Path]:
    """The files that a PATH means: itself, or for a folder every `metrics.binproto` below it.

    Folders come in the order of their names and links to folders are not followed; a
    file that is missing or unreadable is the reader's to report. CommandError for a folder
    without one.
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
