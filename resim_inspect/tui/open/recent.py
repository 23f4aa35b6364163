"""What was opened lately, and paths to complete: the small files around the open screen."""

from __future__ import annotations

import json
import os
from pathlib import Path

from resim_inspect.tui.batch_address import AddressError, BatchAddress, is_address, parse_address

MOST = 30


def state_file() -> Path:
    """Where the list is kept: `$XDG_STATE_HOME/resim-inspect/recent.json`."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "resim-inspect" / "recent.json"


def read_recent() -> list[Path | BatchAddress]:
    """What was opened lately, the last first; paths that are gone are left out."""
    try:
        paths = json.loads(state_file().read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    if not isinstance(paths, list):
        return []
    found = (_read(path) for path in paths[:MOST] if isinstance(path, str) and "\0" not in path)
    return [path for path in found if path is not None]


def _read(text: str) -> Path | BatchAddress | None:
    if is_address(text):
        try:
            return parse_address(text)
        except AddressError:
            return None
    path = Path(text)
    return path if path.exists() else None


def remember(path: Path | BatchAddress) -> None:
    """Put it on top of the list; a home that cannot be written to is none of our business."""
    path = path if isinstance(path, BatchAddress) else path.absolute()
    paths = [str(path), *(str(p) for p in read_recent() if p != path)][:MOST]
    target = state_file()
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"format": 1, "paths": paths}, indent=1), encoding="utf-8")
        part.replace(target)
    except (OSError, UnicodeEncodeError):
        part.unlink(missing_ok=True)


def complete(text: str) -> str | None:
    """The longest way a path that is being typed can go on; None where it cannot."""
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
    # The letters that all of them share; where those are typed already, the first of them.
    shared = names[0]
    while not all(name.startswith(shared) for name in names):
        shared = shared[:-1]
    return text[: len(text) - len(start)] + (shared if len(shared) > len(start) else names[0])
