"""Removal of what a dead runner left in an engine; needs the standard library only.

It runs in the runner's watchdog, where docker-py would cost a hundred times the memory.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from runner.storage.lease import LABEL_OWNER

SECONDS = 60.0
# Path of a listing, the key of its rows, and parameters of a removal.
KINDS = (
    ("/containers/json?all=1&", "/containers", "Id", "?force=1&v=1"),
    ("/networks?", "/networks", "Id", ""),
    ("/volumes?", "/volumes", "Name", "?force=1"),
)
GONE = {200, 204, 404}
BUSY = 409
"""The status of a removal that is in progress, or of a volume of such a container."""


def remove_orphans(address: str, certificates: str, owner: str) -> bool:
    """Remove containers, networks and volumes of an owner; return True if there were any.

    `address` is `unix://PATH` or `tcp://HOST:PORT`. Raises OSError if the engine does not answer
    or cannot remove one of them.
    """
    removed = False
    failed = 0
    for listing, path, key, query in KINDS:
        for row in _rows(_answer(address, certificates, "GET", listing + _filter(owner))):
            url = f"{path}/{quote(str(row[key]), safe='')}{query}"
            status, _ = _request(address, certificates, "DELETE", url)
            removed = True
            failed += status not in GONE and status != BUSY
    if failed:
        raise OSError(f"{failed} leftovers were not removed")
    return removed


def supports(address: str) -> bool:
    """Return True if this module can speak to an engine at the address."""
    return address.startswith(("unix://", "tcp://"))


def _filter(owner: str) -> str:
    return urlencode({"filters": json.dumps({"label": [f"{LABEL_OWNER}={owner}"]})})


def _rows(values: Any) -> Iterator[dict[str, Any]]:
    if isinstance(values, dict):
        values = values.get("Volumes")
    yield from (row for row in values or () if isinstance(row, dict))


def _answer(address: str, certificates: str, method: str, path: str) -> Any:
    status, body = _request(address, certificates, method, path)
    if status != 200:
        raise OSError(f"the engine answered {status}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise OSError("the engine gave an answer that is not JSON") from error


def _request(address: str, certificates: str, method: str, path: str) -> tuple[int, bytes]:
    with closing(connection_to(address, certificates)) as connection:
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise OSError("the engine broke off its answer") from error


def connection_to(address: str, certificates: str) -> http.client.HTTPConnection:
    """Return a connection to an engine, not yet opened; see `supports`."""
    if address.startswith("unix://"):
        return _UnixConnection(address.removeprefix("unix://"))
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or (2376 if certificates else 2375)
    if not certificates:
        return http.client.HTTPConnection(host, port, timeout=SECONDS)
    import ssl

    folder = Path(certificates)
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)


class _UnixConnection(http.client.HTTPConnection):
    """A connection to a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
