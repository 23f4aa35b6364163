"""Fingerprint of a program of this machine, which changes with its code."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

MAX_MODULES = 2000


def fingerprint(command: tuple[str, ...], program: str) -> str:
    """Digest of a command, the files that it names, and the Python modules beside them."""
    digest = hashlib.sha256(repr((command, program)).encode())
    for word in command[1:]:
        named = Path(word)
        if not named.is_file():
            continue
        files = [named]
        if named.suffix == ".py":
            files += _modules(named.resolve().parent)
        for file in files:
            try:
                digest.update(repr(str(file)).encode() + hashlib.sha256(file.read_bytes()).digest())
            except OSError:
                digest.update(b"unreadable")
    return "sha256:" + digest.hexdigest()


def _modules(folder: Path) -> list[Path]:
    found: list[Path] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        found += [Path(where, file) for file in sorted(files) if file.endswith(".py")]
        if len(found) > MAX_MODULES:
            break
    return found[:MAX_MODULES]
