"""Showing a file outside of the terminal: in the browser, or the system's viewer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path


def has_display() -> bool:
    """Return True if a window can open here: not over SSH, not without a display."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def launch(path: Path) -> bool:
    """Open a page in the browser, any other file in the system's viewer; False on failure."""
    if path.suffix == ".html":
        return webbrowser.open(path.as_uri())
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        return webbrowser.open(path.as_uri())
    # The viewer outlives this command and writes nothing to its terminal.
    subprocess.Popen(
        [opener, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return True
