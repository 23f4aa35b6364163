"""Copying: to the terminal's clipboard, and to a file for terminals that refuse."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.files import is_folder, write_whole
from resim_inspect.text import clean

if TYPE_CHECKING:
    from textual.app import App


def clipboard_file() -> Path:
    """Path of the file that holds the last copy, in the user's runtime or temporary folder."""
    folder = os.environ.get("XDG_RUNTIME_DIR")
    base = Path(folder) if folder and is_folder(Path(folder)) else None
    if base is None:
        base = Path(tempfile.gettempdir()) / f"resim-inspect-{_user()}"
    return base / "resim-inspect-copy.txt"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def put(app: App[object], text: str) -> Path | None:
    """Copy through OSC 52 and say nothing; return the file that has the text too, if any."""
    # The name of a file may have bytes that are not text.
    content = text.encode("utf-8", "replace")
    app.copy_to_clipboard(content.decode())
    path = clipboard_file()
    try:
        write_whole(path, content, private=True, durable=False)
    except OSError:
        return None
    return path


def copy(app: App[object], text: str) -> None:
    """Copy through OSC 52, keep the text in a file too, and say both."""
    if not text:
        return
    path = put(app, text)
    shown = clean(text, 60)
    where = f"\nalso in {path}" if path is not None else ""
    app.notify(f"{shown}{where}", title="Copied", timeout=4, markup=False)
