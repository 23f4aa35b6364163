"""The list of recently opened paths and batches, and completion of paths."""

from __future__ import annotations

import json
import os
from pathlib import Path

from resim_inspect.tui.batch_address import AddressError, BatchAddress, is_address, parse_address
from resim_inspect.tui.cloud.cache import make_missing_folders

MAX_RECENT = 30
"""Number of paths and addresses in the list."""


def state_file() -> Path:
    """Path of the list: `$XDG_STATE_HOME/resim-inspect/recent.json`."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "resim-inspect" / "recent.json"


def read_recent() -> list[Path | BatchAddress]:
    """Read the list, the most recent first, without paths that no longer exist."""
    try:
        paths = json.loads(state_file().read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    if not isinstance(paths, list):
        return []
    entries = (
        _parse(path) for path in paths[:MAX_RECENT] if isinstance(path, str) and "\0" not in path
    )
    return [entry for entry in entries if entry is not None]


def _parse(text: str) -> Path | BatchAddress | None:
    if is_address(text):
        try:
            return parse_address(text)
        except AddressError:
            return None
    path = Path(text)
    return path if path.exists() else None


def remember(path: Path | BatchAddress) -> None:
    """Put a path or an address on top of the list; do nothing if the file cannot be written."""
    path = path if isinstance(path, BatchAddress) else path.absolute()
    paths = [str(path), *(str(p) for p in read_recent() if p != path)][:MAX_RECENT]
    target = state_file()
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        make_missing_folders(target.parent)
        part.unlink(missing_ok=True)
        # The names of files are private to their user.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps({"format": 1, "paths": paths}, indent=1))
        part.replace(target)
    except (OSError, UnicodeEncodeError):
        part.unlink(missing_ok=True)


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
