"""Requests to the stub server as bytes on a socket."""

from __future__ import annotations

import contextlib
import socket

from tests.api.workspaces import TOKEN, Served

AUTHORIZED = f"Host: h:1\r\nAuthorization: Bearer {TOKEN}\r\n"


def connect(api: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", api.api.port), timeout=20)


def ask(api: Served, text: str | bytes) -> bytes:
    """Everything that comes back until the end of the connection."""
    with connect(api) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(text if isinstance(text, bytes) else text.encode())
        received = b""
        while True:
            try:
                piece = client.recv(1 << 16)
            except ConnectionError:
                return received
            if not piece:
                return received
            received += piece


def get(path: str, more: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\n{AUTHORIZED}{more}\r\n"


def is_well(api: Served) -> bool:
    return api.get(f"{api.base}/jobs")[0] == 200
