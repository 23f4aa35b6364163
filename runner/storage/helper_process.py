"""End of a program that the runner started beside itself, if the runner is killed before it.

It runs in the runner's watchdog and needs the standard library only.
"""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress

from runner.storage.lease import process_start
from runner.storage.watchdog import WATCHDOG

END = "runner.storage.helper_process:end_helper"


def guard_helper(pid: int, folder: str) -> None:
    """Register a session leader and its folder with the watchdog, to be removed last."""
    WATCHDOG.guard(END, str(pid), process_start(pid), folder, final=True)


def end_helper(pid: str, start: str, folder: str) -> bool:
    """Kill the session of a process that started at `start`; remove the folder."""
    if start and process_start(int(pid)) == start:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(int(pid), signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    return True
