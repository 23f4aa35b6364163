"""The app in a pseudo-terminal: keys go in, and what its screen shows is waited for."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.terminal_screen import TerminalScreen

ROOT = Path(__file__).parents[2]
TIMEOUT = 60.0
COLUMNS, ROWS = 120, 40
CONTROL = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|.)")


class Terminal:
    """A program in a pseudo-terminal of 120 × 40."""

    def __init__(self, *words: str | Path, program: str = "", **env: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *(["-c", program] if program else ["-m", "resim_inspect"]), *words],
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color", **env},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""
        self.screen = TerminalScreen(COLUMNS, ROWS)

    @property
    def text(self) -> str:
        """All text that was written so far, without escape sequences."""
        return CONTROL.sub(b"", self.seen).decode("utf-8", "replace")

    def wait_for(self, *words: str) -> None:
        """Read until the screen shows all of these at once."""
        end = time.monotonic() + TIMEOUT
        while not all(map(self.screen.text.__contains__, words)):
            assert self.read(end), f"waited for {words}, the screen shows:\n{self.screen.text}"

    def read(self, end: float) -> bool:
        """Read what comes next; False when nothing does."""
        ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        try:
            piece = os.read(self.master, 1 << 16)
        except OSError:  # what Linux says when the other end is closed
            return False
        self.seen += piece
        self.screen.feed(piece)
        return bool(piece)

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self.master, keys)

    def close(self, keys: bytes) -> int:
        """Press keys that leave the program; its exit code."""
        self.press(keys)
        end = time.monotonic() + TIMEOUT
        while self.read(end):
            pass
        code = self.process.wait(TIMEOUT)
        os.close(self.master)
        return code
