"""A run that the app has started: a process in a session of its own, which may outlive the app."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from resim_inspect.tui.runner_process import own_session, runner_command, runner_environment
from resim_inspect.tui.runs.run_request import RunRequest

MAX_PROBLEM = 4096
"""Bytes of the runner's last words that are shown."""


class RunProcess:
    """The process of one run. Its events are read from files, as any other program reads them."""

    def __init__(
        self, request: RunRequest, environment: Mapping[str, str], folder: Path | None = None
    ) -> None:
        """Start the process; `folder` is its working directory. Raises OSError."""
        self.request = request
        # A file without a name rather than a pipe: a runner must not fail when the app is gone.
        self._errors = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - open as long as this object
        self._process = subprocess.Popen(
            runner_command(*request.arguments()),
            cwd=folder,
            env=runner_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            **own_session(),
        )

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """True until the process has ended."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Exit code of the process; None while it runs."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask the process to end by TERM; on Windows it ends at once."""
        self._process.terminate()

    def stderr_tail(self) -> str:
        """Return the end of what a process that has ended wrote to stderr, for `problem_of`."""
        size = os.fstat(self._errors.fileno()).st_size
        data = _read_at(self._errors.fileno(), max(0, size - MAX_PROBLEM))
        return data.decode("utf-8", "replace")


def _read_at(descriptor: int, offset: int) -> bytes:
    """Read from an offset without moving the position, at which the child appends."""
    if sys.platform != "win32":
        return os.pread(descriptor, MAX_PROBLEM, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, MAX_PROBLEM)
