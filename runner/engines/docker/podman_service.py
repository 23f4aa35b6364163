"""A podman service of the runner, for machines with podman and no socket of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from runner.errors import EngineError
from runner.storage.helper_process import guard_helper


def is_listening(path: Path) -> bool:
    """Return True for a socket of this machine that takes connections.

    A socket exists before its server listens, and refuses connections until then.
    """
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
    except OSError:
        return False
    return True


class PodmanService:
    """A service that runs until it is closed; without its runner it ends by a timeout."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="resim-podman-")
        path = Path(self._folder.name, "podman.sock")
        self.address = f"unix://{path}"
        try:
            self._process = subprocess.Popen(
                ["podman", "system", "service", "--time=300", self.address],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                # Podman's monitor writes files to its working directory.
                cwd=self._folder.name,
            )
        except OSError as error:
            self._folder.cleanup()
            raise EngineError(
                f"podman cannot be started: {error.strerror}.", "Install podman, or start docker."
            ) from error
        guard_helper(self._process.pid, self._folder.name)
        for _ in range(200):
            if is_listening(path):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.close()
        raise EngineError(
            "podman's service did not start.", "Run `podman system service` to see the reason."
        )

    def close(self) -> None:
        """End the service."""
        # Rootless podman is two processes: the started one, and one in its namespace.
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._folder.cleanup()

    def _signal(self, number: signal.Signals) -> None:
        # The process may have ended already.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
