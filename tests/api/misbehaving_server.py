"""A server that behaves as it is told, however badly: for tests of the client."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

Behaviour = Callable[[socket.socket], bool]
"""Answers one request; says whether the connection goes on."""


class Request(NamedTuple):
    """A request: its target, and its headers by lower-case name."""

    target: str
    headers: dict[str, str]
    at: float


def answer(
    status: int = 200, body: bytes = b"", *headers: str, length: int | None = None
) -> Behaviour:
    """An answer with a status, a body and more headers; `length` may lie."""

    def behave(client: socket.socket) -> bool:
        lines = [
            f"HTTP/1.1 {status} X",
            f"Content-Length: {len(body) if length is None else length}",
        ]
        client.sendall("\r\n".join([*lines, *headers, "", ""]).encode() + body)
        return length is None or length == len(body)

    return behave


def document(value: Any) -> Behaviour:
    """JSON."""
    return answer(200, json.dumps(value).encode(), "Content-Type: application/json")


def raw(data: bytes, *, pause: float = 0.0, then: bytes = b"") -> Behaviour:
    """Bytes as they are, and after a pause some more; then the end."""

    def behave(client: socket.socket) -> bool:
        client.sendall(data)
        if pause:
            time.sleep(pause)
        client.sendall(then)
        return False

    return behave


def reset(client: socket.socket) -> bool:
    """Break the connection hard."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    return False


def stall(seconds: float) -> Behaviour:
    """Say nothing for a while, then end."""
    return raw(b"", pause=seconds)


def drip(data: bytes, every: float, size: int = 1) -> Behaviour:
    """Announce everything, and send a byte now and then, or `size` bytes."""

    def behave(client: socket.socket) -> bool:
        client.sendall(f"HTTP/1.1 200 X\r\nContent-Length: {len(data)}\r\n\r\n".encode())
        for start in range(0, len(data), size):
            client.sendall(data[start : start + size])
            time.sleep(every)
        return True

    return behave


class MisbehavingServer:
    """Answers requests for each path by its script, in turn, then by its last step."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.peak = 0
        self._scripts: dict[str, deque[Behaviour]] = {}
        self._open = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """URL of the server."""
        return f"http://127.0.0.1:{self.port}"

    def on(self, path: str, *script: Behaviour) -> str:
        """Set the behaviours for a path, query aside; return its URL."""
        self._scripts[path] = deque(script)
        return self.url + path

    def scripts(self) -> list[tuple[str, tuple[Behaviour, ...]]]:
        """Remaining behaviours by path."""
        return [(path, tuple(script)) for path, script in self._scripts.items()]

    def asked(self, path: str) -> list[Request]:
        """The requests for a path, query aside."""
        return [each for each in self.requests if each.target.partition("?")[0] == path]

    def counts(self) -> dict[str, int]:
        """Number of requests by path."""
        times_asked: dict[str, int] = defaultdict(int)
        for each in self.requests:
            times_asked[each.target.partition("?")[0]] += 1
        return dict(times_asked)

    def close(self) -> None:
        """Listen no more."""
        # Closing alone would not wake the thread that waits for clients.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self._open += 1
            self.peak = max(self.peak, self._open)
        try:
            with client, client.makefile("rb") as stream:
                while self._one(client, stream):
                    pass
        except OSError:
            pass
        finally:
            with self._lock:
                self._open -= 1

    def _one(self, client: socket.socket, stream: Any) -> bool:
        line = stream.readline().decode()
        if not line:
            return False
        target = line.split()[1]
        headers = {}
        for header in iter(lambda: stream.readline().decode().strip(), ""):
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        path = target.partition("?")[0]
        with self._lock:
            self.requests.append(Request(target, headers, time.monotonic()))
            script = self._scripts.get(path)
            behave = answer(404) if script is None else script[0]
            if script is not None and len(script) > 1:
                script.popleft()
        return behave(client)


@contextmanager
def misbehaving_server() -> Iterator[MisbehavingServer]:
    """Run a misbehaving server for the length of a block."""
    server = MisbehavingServer()
    try:
        yield server
    finally:
        server.close()
