"""A pool of HTTP/1.1 connections for plain GETs: the fast path of the transport.

A batch is thousands of small requests, and a general client spends most of its time on features
that none of them uses. Rare cases (a proxy, a compressed body, a URL with unusual characters)
raise `UnsupportedByFastPath` and are left to the general client.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from resim_inspect.files import is_folder
from resim_inspect.text import clean
from runner.api.client.body import BodyReader, content_length
from runner.api.client.errors import (
    BREAKS_CONNECTION,
    BREAKS_OFF,
    NO_ANSWER,
    NO_LENGTH,
    STALLS,
    UnsafeError,
    connection_problem,
    tls_error,
)
from runner.api.client.retry import RetryableError, RetryPolicy

_PLAIN = re.compile(r"[!-~]+")
_PIECE = 1 << 16
_MAX_HEAD = 1 << 16
_Key = tuple[str, str, int]


class UnsupportedByFastPath(Exception):  # noqa: N818 - nothing is wrong
    """The request needs the general client."""


class Http11ConnectionPool:
    """Idle connections by origin; many threads may use the pool, and one each connection."""

    def __init__(self, retry: RetryPolicy, authorities: str) -> None:
        """Create an empty pool; `authorities` is a file or folder of certificates to trust."""
        self._retry = retry
        self._authorities = authorities
        self._context: ssl.SSLContext | None = None
        self._idle: dict[_Key, list[socket.socket]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for sockets in idle.values():
            for connection in sockets:
                connection.close()

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Send a GET and read the head of the answer.

        Raises RetryableError, ApiError and UnsupportedByFastPath.
        """
        if _PLAIN.fullmatch(url) is None:
            raise UnsupportedByFastPath
        parts = urlsplit(url)
        host = parts.hostname or ""
        key = parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += (f"{name}: {value}" for name, value in headers.items())
        request = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        started = time.monotonic()
        connection = self._taken(key) or self._connect(url, key)
        try:
            connection.sendall(request)
            return self._head(key, connection, started)
        except TimeoutError as error:
            connection.close()
            raise RetryableError(NO_ANSWER) from error
        except OSError as error:
            connection.close()
            raise RetryableError(connection_problem(error)) from error
        except BaseException:
            connection.close()
            raise

    def release(self, key: _Key, connection: socket.socket) -> None:
        """Return a connection to the pool, after its answer was read completely."""
        with self._lock:
            self._idle.setdefault(key, []).append(connection)

    def _taken(self, key: _Key) -> socket.socket | None:
        while True:
            with self._lock:
                idle = self._idle.get(key)
                if not idle:
                    return None
                connection = idle.pop()
            # No answer is pending: a readable socket was closed by the server.
            if not _readable(connection):
                return connection
            connection.close()

    def _connect(self, url: str, key: _Key) -> socket.socket:
        scheme, host, port = key
        try:
            connection = socket.create_connection((host, port), self._retry.connect)
        except TimeoutError as error:
            raise RetryableError(NO_ANSWER) from error
        except socket.gaierror as error:
            raise RetryableError("cannot be found: the host does not exist") from error
        except (OSError, UnicodeError) as error:
            raise RetryableError(connection_problem(error)) from error
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if scheme == "https":
                connection = self.tls().wrap_socket(connection, server_hostname=host)
            connection.settimeout(self._retry.read)
        except ssl.SSLError as error:
            connection.close()
            raise tls_error(url, error) from error
        except OSError as error:
            connection.close()
            raise RetryableError(connection_problem(error)) from error
        return connection

    def tls(self) -> ssl.SSLContext:
        """Context of encrypted connections; raises UnsafeError if no certificates can be read."""
        with self._lock:
            if self._context is None:
                folder = is_folder(Path(self._authorities))
                try:
                    self._context = ssl.create_default_context(
                        cafile=None if folder else self._authorities,
                        capath=self._authorities if folder else None,
                    )
                except OSError as error:
                    reason = (
                        "it contains no certificates"
                        if isinstance(error, ssl.SSLError)
                        else error.strerror
                    )
                    raise UnsafeError(
                        "the certificates to trust cannot be read from"
                        f" {clean(self._authorities, 200)}: {reason}.",
                        "Correct REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE, or unset it.",
                    ) from error
                self._context.set_alpn_protocols(["http/1.1"])
            return self._context

    def _head(self, key: _Key, connection: socket.socket, started: float) -> Answer:
        data = b""
        while True:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                if len(data) > _MAX_HEAD:
                    raise RetryableError(BREAKS_CONNECTION)
                if time.monotonic() - started > self._retry.total_timeout:
                    raise RetryableError(f"takes more than {self._retry.total_timeout:g} s")
                piece = connection.recv(_PIECE)
                if not piece:
                    raise RetryableError(BREAKS_CONNECTION)
                data += piece
                continue
            first, *lines = data[:end].decode("latin-1").split("\r\n")
            data = data[end + 4 :]
            version, _, rest = first.partition(" ")
            status = rest[:3]
            if version not in {"HTTP/1.1", "HTTP/1.0"} or not re.fullmatch("[1-9][0-9]{2}", status):
                raise RetryableError(BREAKS_CONNECTION)
            if status[0] != "1":
                break
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            value = value.strip()
            # Two different lengths must not be taken for one.
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
            raise UnsupportedByFastPath
        keep = version == "HTTP/1.1" and "close" not in headers.get("connection", "").lower()
        return Answer(self, key, connection, int(status), headers, data, keep)


def _readable(connection: socket.socket) -> bool:
    """Return True if a read would not block."""
    if sys.platform == "win32":  # It has no poll, and its select takes a socket of any number.
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


class Answer:
    """Head of an answer, and the body that is read on request."""

    def __init__(
        self,
        pool: Http11ConnectionPool,
        key: _Key,
        connection: socket.socket,
        status: int,
        headers: dict[str, str],
        data: bytes,
        keep: bool,
    ) -> None:
        self.status = status
        self.headers = headers
        """Header values by lower-case name."""
        self._pool = pool
        self._key = key
        self._connection = connection
        self._data = data
        self._keep = keep

    def close(self) -> None:
        """Close the connection without reading the rest."""
        self._connection.close()

    @property
    def closes(self) -> bool:
        """True if the server closes the connection after the answer."""
        return not self._keep

    def body(self, reader: BodyReader, proves_end: bool) -> None:
        """Pass the body to the reader in pieces; raises if it is incomplete.

        A body without a length ends with the connection, which also ends a broken one: it is
        accepted only if the content `proves_end`.
        """
        length = content_length(self.headers.get("content-length", ""))
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            self._chunks(reader.take)
        elif length is not None:
            reader.announce(length)
            self._exactly(length, reader.take)
        elif proves_end and self.closes and "content-length" not in self.headers:
            self._until_closed(reader.take)
        else:
            raise RetryableError(NO_LENGTH)
        if self._keep and not self._data:
            self._pool.release(self._key, self._connection)
        else:
            self._connection.close()

    def _exactly(self, length: int, take: Callable[[bytes], object]) -> None:
        while length:
            data = self._data or self._more()
            piece, self._data = (
                (data, b"") if len(data) <= length else (data[:length], data[length:])
            )
            length -= len(piece)
            take(piece)

    def _until_closed(self, take: Callable[[bytes], object]) -> None:
        data, self._data = self._data, b""
        take(data)
        while piece := self._receive():
            take(piece)

    def _more(self) -> bytes:
        piece = self._receive()
        if not piece:
            raise RetryableError(BREAKS_OFF)
        return piece

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(_PIECE)
        except TimeoutError as error:
            raise RetryableError(STALLS) from error
        except OSError as error:
            raise RetryableError(BREAKS_OFF) from error

    def _line(self, take: Callable[[bytes], object]) -> bytes:
        while b"\r\n" not in self._data:
            if len(self._data) > _MAX_HEAD:
                raise RetryableError(BREAKS_OFF)
            self._data += self._more()
            take(b"")  # It is not of the body, but counts towards the timeout.
        line, _, self._data = self._data.partition(b"\r\n")
        return line

    def _chunks(self, take: Callable[[bytes], object]) -> None:
        while True:
            size = self._line(take).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size):
                raise RetryableError(BREAKS_OFF)
            length = int(size, 16)
            if not length:
                break
            self._exactly(length, take)
            if self._line(take):
                raise RetryableError(BREAKS_OFF)
        while self._line(take):
            pass  # Trailers are ignored.
