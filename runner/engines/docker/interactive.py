"""A container on the terminal of this process: keys go in, output comes out, sizes follow."""

from __future__ import annotations

import http.client
import json
import os
import select
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from resim_inspect.text import clean
from runner.engines.docker.client import BROKEN, DockerClient, engine_errors, refusal
from runner.engines.docker.container import ContainerRun
from runner.engines.docker.container_settings import start_failure
from runner.engines.docker.orphans import connection_to
from runner.engines.protocol import RunExit
from runner.errors import EngineError

CHUNK = 64 << 10
MAX_ANSWER = 1 << 20
HEADER = 8
"""Size of the header of each chunk of a container without a terminal: stream, 0, 0, 0, length."""


def is_terminal() -> bool:
    """Return True if both ends of a shell are this process's terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class _NoLog:
    """A sink for the output of a container that is on the terminal."""

    def write(self, stream: int, data: bytes) -> None:
        """Do nothing."""


class InteractiveRun(ContainerRun):
    """A container whose streams are those of this process."""

    def __init__(
        self, client: DockerClient, container: str, address: str, certificates: str
    ) -> None:
        super().__init__(client, container, _NoLog())
        self._place = (address, certificates)
        self._connection: http.client.HTTPConnection | None = None
        self._terminal = is_terminal()

    def start(self) -> None:
        """Attach to all streams, then start the container; raises EngineError."""
        if sys.platform == "win32":
            raise EngineError("an interactive shell needs Linux or macOS.")
        self._attach()
        try:
            self._client.api.start(self.id)
        except BROKEN as error:
            failed: RunExit | None = start_failure(refusal(error))
            if failed is None:
                raise
            raise EngineError(
                f"the shell does not start: {failed.error.rstrip('.')}.",
                "Name a program of the image after --.",
            ) from error

    def _attach(self) -> None:
        self._connection = connection_to(*self._place)
        upgrade = {"Connection": "Upgrade", "Upgrade": "tcp", "Content-Length": "0"}
        path = f"/containers/{self.id}/attach?stream=1&stdin=1&stdout=1&stderr=1"
        try:
            self._connection.request("POST", path, headers=upgrade)
            answer = self._connection.getresponse()
        except http.client.HTTPException as error:
            raise EngineError("the engine broke off the connection to the shell.") from error
        if answer.status not in {101, 200} or self._connection.sock is None:
            why = _reason(answer.read(MAX_ANSWER)) or f"it answered {answer.status}."
            raise EngineError(f"the engine does not connect to the shell: {why}")
        self._connection.sock.settimeout(None)

    def relay(self) -> None:
        """Pass keys and output on until the container ends; raises EngineError."""
        stream = None if self._connection is None else self._connection.sock
        if stream is None:
            return
        with engine_errors("broke off the connection to the shell"), self._raw_terminal():
            self._resize()
            _pass_on(stream, None if self._terminal else Frames())
        # The end of the streams comes just before that of the container.
        while not self.wait(20):
            pass

    def remove(self) -> str:
        """Close the connection and remove the container."""
        if self._connection is not None:
            self._connection.close()
        return super().remove()

    def _resize(self) -> None:
        if self._terminal:
            size = shutil.get_terminal_size()
            with suppress(*BROKEN):
                self._client.api.resize(self.id, size.lines, size.columns)

    @contextmanager
    def _raw_terminal(self) -> Iterator[None]:
        """Let every key go to the container, Ctrl-C as well, and follow the terminal's size."""
        if sys.platform == "win32" or not self._terminal:
            yield
            return
        import termios
        import tty

        def on_resize(_number: int, _frame: FrameType | None) -> None:
            self._resize()

        before = termios.tcgetattr(sys.stdin)
        handler = signal.signal(signal.SIGWINCH, on_resize)
        try:
            tty.setraw(sys.stdin)
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
            signal.signal(signal.SIGWINCH, handler)


class Frames:
    """Splits the output of a container without a terminal into stdout and stderr."""

    def __init__(self) -> None:
        self._rest = b""

    def write(self, data: bytes) -> None:
        """Write the frames that are complete."""
        self._rest += data
        while len(self._rest) >= HEADER:
            length = int.from_bytes(self._rest[4:HEADER], "big")
            if len(self._rest) < HEADER + length:
                return
            number = 2 if self._rest[0] == 2 else 1
            _write(number, self._rest[HEADER : HEADER + length])
            self._rest = self._rest[HEADER + length :]


def _reason(body: bytes) -> str:
    """Return the message in an engine's answer as the end of a sentence; empty without one."""
    try:
        message = json.loads(body)["message"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return clean(str(message), 300).rstrip(".") + "."


def _pass_on(stream: socket.socket, frames: Frames | None) -> None:
    inputs: list[int | socket.socket] = [sys.stdin.fileno(), stream]
    while True:
        ready, _, _ = select.select(inputs, [], [])
        if stream in ready:
            data = stream.recv(CHUNK)
            if not data:
                return
            if frames is None:
                _write(1, data)
            else:
                frames.write(data)
        if sys.stdin.fileno() in ready:
            keys = os.read(sys.stdin.fileno(), CHUNK)
            if keys:
                stream.sendall(keys)
            else:
                inputs.remove(sys.stdin.fileno())
                stream.shutdown(socket.SHUT_WR)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
