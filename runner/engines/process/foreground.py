"""A process on the terminal of this one, in the foreground until it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def in_foreground(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process with a group of its own; return its exit code, 128 + n for a signal n.

    Keys such as Ctrl-C reach that group alone. What is left of the group at the end is killed.
    """
    try:
        with _terminal_of(process.pid):
            code = process.wait()
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _terminal_of(group: int) -> Iterator[None]:
    """Hand the terminal to a process group, and take it back; do nothing without a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    terminal, own = sys.stdin.fileno(), os.getpgrp()
    # A process in the background that takes the terminal back would be stopped.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with suppress(OSError):
            os.tcsetpgrp(terminal, group)
            # It may have been stopped for reading before it had the terminal.
            os.killpg(group, signal.SIGCONT)
        yield
    finally:
        with suppress(OSError):
            os.tcsetpgrp(terminal, own)
        signal.signal(signal.SIGTTOU, before)
