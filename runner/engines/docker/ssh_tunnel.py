"""A way to an engine behind ssh: its socket there, as a socket here, through one connection."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from resim_inspect.text import clean
from runner.errors import EngineError

SOCKET = "/var/run/docker.sock"
SECONDS = 20
HINT = (
    "Try it by hand: ssh must get there without asking anything. Another socket than"
    f" {SOCKET} is said as ssh://USER@HOST/PATH."
)


class SshTunnel:
    """Open until it is closed; `ssh` itself knows hosts, keys and jumps.

    Unlike a process for each request, what comes out of it is a socket like any other: with
    timeouts, and nobody is asked for a password in the middle of a run.
    """

    def __init__(self, address: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="resim-ssh-")
        here = Path(self._folder.name, "engine.sock")
        self.address = f"unix://{here}"
        self._host = clean(address, 120)
        self._there = ""
        self._errors = Path(self._folder.name, "errors")
        try:
            command, self._there = ssh_command(address, here)
            with self._errors.open("wb") as errors:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    # Ctrl-C is for us: what runs there is ended through this.
                    start_new_session=True,
                )
        except OSError as error:
            self._folder.cleanup()
            raise EngineError(
                f"ssh cannot be started for {self._host}: {error.strerror}.", "Install ssh."
            ) from error
        except EngineError:
            self._folder.cleanup()
            raise
        deadline = time.monotonic() + 2 * SECONDS
        while not here.is_socket():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.said() or "it does not answer"
                self.close()
                raise EngineError(f"ssh does not reach {self._host}: {said}.", HINT)
            time.sleep(0.02)

    def problem(self) -> EngineError:
        """Why no engine answers, although ssh itself got there."""
        said = f" ({self.said()})" if self.said() else ""
        there = clean(self._there, 120)
        return EngineError(f"ssh gets there, but no engine answers at {there}{said}.", HINT)

    def said(self) -> str:
        """The last thing that ssh complained about; empty where it did not."""
        text = self._errors.read_text("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return clean(lines[-1], 200).rstrip(".") if lines else ""

    def close(self) -> None:
        """End the connection."""
        self._process.terminate()
        try:
            # There is nothing to be saved, and now and then it does not listen.
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def ssh_command(address: str, here: Path) -> tuple[list[str], str]:
    """The call of ssh for `ssh://[USER@]HOST[:PORT][/SOCKET]`, and SOCKET; raises EngineError."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    # A host that begins like an option would be one.
    if not host or host.startswith("-") or parts.password or (parts.username or "").startswith("-"):
        raise EngineError(
            f"{clean(address, 120)} is no address like ssh://USER@HOST[:PORT][/SOCKET].",
            "Keys and passwords are ssh's own matter.",
        )
    options = ("BatchMode=yes", "ExitOnForwardFailure=yes", f"ConnectTimeout={SECONDS}",
               "ServerAliveInterval=15", "ControlPath=none", "LogLevel=INFO")  # fmt: skip
    words = ["ssh", "-N", "-T", *(word for option in options for word in ("-o", option))]
    words += ["-l", parts.username] if parts.username else []
    words += ["-p", str(port)] if port else []
    there = parts.path if parts.path not in {"", "/"} else SOCKET
    return [*words, "-L", f"{here}:{there}", "--", host], there
