"""An ssh tunnel to a remote engine: its socket, forwarded to a local socket."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from resim_inspect.text import clean
from runner.engines.docker.podman_service import is_listening
from runner.errors import EngineError
from runner.storage.helper_process import guard_helper

SOCKET = "/var/run/docker.sock"
SECONDS = 20
HINT = (
    "Try it by hand: ssh must connect without a prompt. Name another socket than"
    f" {SOCKET} as ssh://USER@HOST/PATH."
)


class SshTunnel:
    """A tunnel that stays open until it is closed; `ssh` itself knows hosts, keys and jumps.

    Unlike one process per request, it gives a normal socket, with timeouts and without prompts
    for a password in the middle of a run.
    """

    def __init__(self, address: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="resim-ssh-")
        local_socket = Path(self._folder.name, "engine.sock")
        self.address = f"unix://{local_socket}"
        self._host = clean(address, 120)
        self._there = ""
        self._errors = Path(self._folder.name, "errors")
        try:
            command, self._there = ssh_command(address, local_socket)
            with self._errors.open("wb") as errors:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    # Ctrl-C must not end it: remote runs are stopped through the tunnel.
                    start_new_session=True,
                )
            guard_helper(self._process.pid, self._folder.name)
        except OSError as error:
            self._folder.cleanup()
            raise EngineError(
                f"ssh cannot be started for {self._host}: {error.strerror}.", "Install ssh."
            ) from error
        except EngineError:
            self._folder.cleanup()
            raise
        deadline = time.monotonic() + 2 * SECONDS
        while not is_listening(local_socket):
            if self._process.poll() is not None or time.monotonic() > deadline:
                reason = self.last_message() or "it does not answer"
                self.close()
                raise EngineError(f"ssh cannot connect to {self._host}: {reason}.", HINT)
            time.sleep(0.02)

    def problem(self) -> EngineError:
        """Reason why no engine answers although ssh has connected."""
        message = f" ({self.last_message()})" if self.last_message() else ""
        there = clean(self._there, 120)
        return EngineError(f"ssh connected, but no engine answers at {there}{message}.", HINT)

    def last_message(self) -> str:
        """Last error message of ssh; empty without one."""
        text = self._errors.read_text("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return clean(lines[-1], 200).rstrip(".") if lines else ""

    def close(self) -> None:
        """End the connection."""
        self._process.terminate()
        try:
            # ssh has nothing to save, and sometimes ignores TERM.
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def ssh_command(address: str, local_socket: Path) -> tuple[list[str], str]:
    """Command of ssh for `ssh://[USER@]HOST[:PORT][/SOCKET]`, and SOCKET; raises EngineError."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    # ssh would take a host that starts with - for an option.
    if not host or host.startswith("-") or parts.password or (parts.username or "").startswith("-"):
        raise EngineError(
            f"{clean(address, 120)} is not an address of the form ssh://USER@HOST[:PORT][/SOCKET].",
            "Configure keys and passwords in ssh.",
        )
    options = ("BatchMode=yes", "ExitOnForwardFailure=yes", f"ConnectTimeout={SECONDS}",
               "ServerAliveInterval=15", "ControlPath=none", "LogLevel=INFO")  # fmt: skip
    words = ["ssh", "-N", "-T", *(word for option in options for word in ("-o", option))]
    words += ["-l", parts.username] if parts.username else []
    words += ["-p", str(port)] if port else []
    there = parts.path if parts.path not in {"", "/"} else SOCKET
    return [*words, "-L", f"{local_socket}:{there}", "--", host], there
