"""Ownership of leftovers: the labels and files that name an owner, and whether it has ended."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from resim_inspect.files import read_small
from runner.workspace.process_identity import current_owner as current_owner
from runner.workspace.process_identity import host_identity as host_identity
from runner.workspace.process_identity import is_stale as is_stale
from runner.workspace.process_identity import pid_in as pid_in
from runner.workspace.process_identity import process_start as process_start

LABEL = "ai.resim.inspect"
LABEL_OWNER = LABEL + ".owner"
LABEL_RUN = LABEL + ".run"
LABEL_JOB = LABEL + ".job"

_MAX_RECORD = 4096
"""Limit in bytes of a file that names an owner."""


def owner_record(folder: Path, name: str) -> str:
    """Return the text of the file `name` in a folder of this user; else an empty one.

    In a shared folder other users can create any name, so that theirs names no process to end.
    """
    try:
        about = folder.lstat()
        is_own = not hasattr(os, "getuid") or about.st_uid == os.getuid()
        if not (is_own and stat.S_ISDIR(about.st_mode)):
            return ""
        return read_small(folder / name, _MAX_RECORD).decode("utf-8", "replace")
    except OSError:
        return ""
