"""The list of recently opened paths and batches, and completion of paths."""

from __future__ import annotations

import os
from pathlib import Path

from resim_inspect.files import absolute, exists
from resim_inspect.tui.batch_address import AddressError, BatchAddress, is_address, parse_address
from resim_inspect.tui.user_state import read_list, write_state

STATE = "recent"
"""Name of the state file with the list."""
MAX_RECENT = 30
"""Number of paths and addresses in the list."""


def read_recent() -> list[Path | BatchAddress]:
    """Read the list, the most recent first, without paths that no longer exist."""
    paths = read_list(STATE, "paths")
    entries = (
        parse_entry(path)
        for path in paths[:MAX_RECENT]
        if isinstance(path, str) and "\0" not in path
    )
    return [entry for entry in entries if entry is not None]


def parse_entry(text: str) -> Path | BatchAddress | None:
    """A path that exists, or an address, from its text; None for anything else."""
    if is_address(text):
        try:
            return parse_address(text)
        except AddressError:
            return None
    path = Path(text)
    return path if exists(path) else None


def remember(path: Path | BatchAddress) -> None:
    """Put a path or an address on top of the list; do nothing if the file cannot be written."""
    path = path if isinstance(path, BatchAddress) else absolute(path)
    paths = [str(path), *(str(p) for p in read_recent() if p != path)][:MAX_RECENT]
    write_state(STATE, {"paths": paths})


def complete(text: str) -> str | None:
    """Return the longest completion of a path that is being typed; None if there is none."""
    if not text or "\0" in text:
        return None
    expanded = os.path.expanduser(text)  # noqa: PTH111 - Path drops the last slash
    folder, start = os.path.split(expanded)
    try:
        with os.scandir(folder or ".") as scan:
            names = sorted(
                entry.name + (os.sep if entry.is_dir() else "")
                for entry in scan
                if entry.name.startswith(start) and (start or not entry.name.startswith("."))
            )
    except OSError:
        return None
    if not names:
        return None
    # Their common prefix; the first name if that has been typed already.
    shared = names[0]
    while not all(name.startswith(shared) for name in names):
        shared = shared[:-1]
    return text[: len(text) - len(start)] + (shared if len(shared) > len(start) else names[0])
