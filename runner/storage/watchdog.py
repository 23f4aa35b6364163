"""Watchdog of this process: a detached child that removes what a killed runner leaves behind.

A runner that is killed cannot remove its containers and folders. The child holds the other end of
a pipe, which the kernel closes when the runner ends in any way; then it does its tasks.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    " from runner.storage.watchdog_process import main; main()"
)
NAME = "resim-runner-watchdog"


class Watchdog:
    """Starts the child with the first task, and ends it with the run; used by many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._tasks: set[bytes] = set()
        self._left = False

    def guard(self, function: str, *arguments: str, final: bool = False) -> None:
        """Register a function of this package to be called if this process dies.

        `function` is `package.module:name`. It imports the standard library and modules that do
        the same, returns True if it removed anything, and raises an exception to be called again.
        A `final` function is called once, after the others have nothing left to remove.
        """
        if sys.platform == "win32":
            return
        task = json.dumps([function, list(arguments), final]).encode() + b"\n"
        # Without a watchdog the next run removes leftovers: no reason to refuse this one.
        with self._lock, suppress(OSError):
            if self._process is None:
                self._process = _start()
                atexit.register(self.close)
            if task not in self._tasks and self._process.stdin is not None:
                self._process.stdin.write(task)
                self._tasks.add(task)

    def leave(self) -> None:
        """Let the child do its tasks after `close`: something could not be removed in time."""
        self._left = True

    def close(self) -> None:
        """End the child with the run, unless it is to do its tasks; a new task starts another."""
        with self._lock:
            process, self._process = self._process, None
            left, self._left = self._left, False
            self._tasks.clear()
        if process is None or process.stdin is None:
            return
        if not left:
            # It has no state to lose, and may not even have started to read.
            process.kill()
        with suppress(OSError):
            process.stdin.close()
        if left:
            # It outlives this process, and is nothing to wait for.
            process.returncode = 0
        else:
            process.wait()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", PROGRAM, str(ROOT), NAME],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        # Signals of the terminal must not reach it.
        start_new_session=True,
    )


WATCHDOG = Watchdog()
"""The watchdog of this process, as a process has one owner of its leftovers."""
