"""Stub server of ReSim's API for builds, from a folder that `index_builder` made.

This file runs alone, with `python3 server.py FOLDER`, in any image that has Python 3.8. So it
imports the standard library only, has its own atomic write, and is longer than other modules.

The server only reads. `index.json` has all answers, objects and lists, keyed by path: a request
is looked up there and never becomes a path on disk. Rows of lists may have a blob; its URL is
made from the request's Host and a random secret, since builds fetch blobs without a token.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import os
import re
import signal
import stat
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Generator, Iterator, cast  # noqa: UP035 - as 3.8 has them
from urllib.parse import parse_qs, unquote

INDEX = "index.json"
BACKLOG = 4096  # connections waiting to be accepted; builds open thousands at once
MAX_HEAD = 65536  # bytes
MAX_REST = 1 << 20  # bytes of a request's body that are read and dropped
PIECE = 1 << 18  # bytes of a blob in memory at once, per connection
MAX_NAMED = 50  # lost blobs and unknown paths that are listed by name
CHECK_INTERVAL = 0.5  # seconds between two checks of all connections
# Seconds. Idle connections stay open long: the official client fails when one closes.
FIRST_TIMEOUT, IDLE_TIMEOUT = 60.0, 900.0
HEAD_TIMEOUT, WRITE_TIMEOUT, LINGER_TIMEOUT = 30.0, 120.0, 3.0

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z")
# Valid first bytes of a request: none yet, half of an empty line, or a method.
_BEGINNING = re.compile(rb"\r?\Z|[!#$%&'*+.^_`|~0-9A-Za-z-]")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_CLAUSE = re.compile(r"\s*(\w+)\s*(<=|>=|=|<|>)\s*(?:\"([^\"]*)\"|(\S+))\s*\Z")
_ONCE = ("host", "content-length", "transfer-encoding", "authorization")
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    410: "Gone",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


class Refusal(Exception):  # noqa: N818 - an answer, not an internal error
    """Refusal of a request, answered with a status and a sentence."""

    def __init__(self, status: int, message: str, *, close: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.close = close


class Blob:
    """A range of a file, to be sent."""

    def __init__(self, number: int, path: str, offset: int, length: int) -> None:
        self.number = number
        self.path = path
        self.offset = offset
        self.length = length

    def pieces(self) -> Generator[bytes, None, None]:
        """Yield the bytes; raises OSError if the file no longer has them."""
        flags = os.O_RDONLY
        for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
            flags |= getattr(os, name, 0)
        descriptor = os.open(self.path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size < self.offset + self.length:
                raise OSError("the file has changed since it was prepared")
            os.lseek(descriptor, self.offset, os.SEEK_SET)
            rest = self.length
            while rest:
                piece = os.read(descriptor, min(PIECE, rest))
                if not piece:
                    raise OSError("the file became shorter")
                rest -= len(piece)
                yield piece
        finally:
            os.close(descriptor)


class Answers:
    """Answers from the index, with a record of what was listed and what was served completely."""

    def __init__(self, folder: Path, data: bytes | None = None) -> None:
        index = json.loads((folder / INDEX).read_bytes() if data is None else data)
        self.token: bytes = index["token"].encode()
        self.secret: bytes = index["secret"].encode()
        self.project: str = index["project"].lower()
        self.objects: dict[str, Any] = index["objects"]
        self.lists: dict[str, Any] = index["lists"]
        files = [str(folder / name) for name in index["files"]]
        self.blobs: list[tuple[str, int, int]] = [
            (files[file], offset, length) for file, offset, length in index["blobs"]
        ]
        self.listed = bytearray(len(self.blobs))
        self.served = bytearray(len(self.blobs))
        self.asked: set[str] = set()

    def path(self, target: str) -> tuple[str, dict[str, list[str]]]:
        """Path of a request target without prefixes, and its parameters."""
        if re.match(r"https?://", target):
            target = "/" + target.split("://", 1)[1].partition("/")[2]
        raw, _, query = target.partition("?")
        parts = [unquote(part) for part in raw.partition("#")[0].split("/") if part]
        if parts and parts[0] == "v1":
            del parts[0]
        # Without anything below it, the project itself is asked for.
        if len(parts) > 2 and parts[0] == "projects" and parts[1].lower() == self.project:
            del parts[:2]
        # A quoted slash, %2F, must not split a part.
        parts = [part.replace("/", "%2F") for part in parts]
        try:
            parameters = parse_qs(query, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            raise Refusal(400, "the request has too many parameters") from None
        return "/".join(parts), parameters

    def blob(self, path: str) -> Blob | None:
        """Blob of a path such as `blobs/SECRET/17`; None for other paths; raises Refusal."""
        parts = path.split("/")
        if parts[0] != "blobs" or len(parts) != 3:
            return None
        known = hmac.compare_digest(parts[1].encode("utf-8", "replace"), self.secret)
        if not known or not re.match(r"[0-9]{1,9}\Z", parts[2]):
            raise Refusal(404, "the blob does not exist")
        number = int(parts[2])
        if number >= len(self.blobs):
            raise Refusal(404, "the blob does not exist")
        return Blob(number, *self.blobs[number])

    def authorized(self, header: str) -> bool:
        """Return True if the header has the token; compares in constant time."""
        scheme, _, token = header.partition(" ")
        token_bytes = token.strip().encode("utf-8", "replace")
        return hmac.compare_digest(token_bytes, self.token) and scheme.lower() == "bearer"

    def document(self, path: str, parameters: dict[str, list[str]], host: str) -> dict[str, Any]:
        """JSON document of a path; raises Refusal."""
        # Ids are hexadecimal, in upper or lower case.
        key = path if path in self.objects or path in self.lists else _lower_ids(path)
        if key in self.objects:
            self.asked.add(key)
            document: dict[str, Any] = self.objects[key]
            return document
        if key not in self.lists:
            raise Refusal(404, "the path does not exist")
        self.asked.add(key)
        about = self.lists[key]
        rows = list(_wanted(about, parameters))
        start, end = _page(parameters, len(rows))
        answer: dict[str, Any] = {
            about["name"]: [self._row(about, row, host) for row in rows[start:end]]
        }
        answer["nextPageToken"] = f"after-{end}" if end < len(rows) else ""
        if about.get("total"):
            answer["total"] = len(rows)
        return answer

    def _row(self, about: dict[str, Any], row: dict[str, Any], host: str) -> dict[str, Any]:
        full = {**about["common"], **row}
        number = full.pop("blob", None)
        for hidden in ("spare", "tagIDs"):
            full.pop(hidden, None)
        if number is not None:
            self.listed[number] = 1
            full[about["url"]] = f"http://{host}/blobs/{self.secret.decode()}/{number}"
        return full

    def counts(self) -> dict[str, Any]:
        """Counts by list, and the names of listed blobs that were never served."""
        lists: dict[str, dict[str, int]] = {}
        lost: list[dict[str, str]] = []
        lost_count = 0
        for path, about in self.lists.items():
            kind = about["name"]
            counts = lists.setdefault(
                kind, {"asked": 0, "of": 0, "blobs": 0, "listed": 0, "served": 0, "spare": 0}
            )
            counts["of"] += 1
            counts["asked"] += path in self.asked
            for row in about["rows"]:
                number = row.get("blob")
                if number is None:
                    continue
                if row.get("spare"):
                    counts["spare"] += 1
                    continue
                counts["blobs"] += 1
                counts["listed"] += self.listed[number]
                counts["served"] += self.served[number]
                if self.listed[number] and not self.served[number]:
                    lost_count += 1
                    if len(lost) < MAX_NAMED:
                        of = about.get("of", "")
                        lost.append({"list": kind, "of": of, "name": row.get("name", "")})
        return {"lists": lists, "lost": lost_count, "lost_names": lost}


def _lower_ids(path: str) -> str:
    parts = path.split("/")
    return "/".join(part.lower() if position % 2 else part for position, part in enumerate(parts))


def _wanted(about: dict[str, Any], parameters: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Rows of a list that pass a request's filters; unknown filters are ignored."""
    exact, shared = (
        {
            field: {word for text in parameters[name] for word in text.split(",") if word}
            for name, field in about.get(kind, {}).items()
            if name in parameters
        }
        for kind in ("exact", "any")
    )
    parts = [
        (field, parameters[name][0].lower())
        for name, field in about.get("part", {}).items()
        if name in parameters
    ]
    clauses = list(_clauses(about, parameters.get("search", [])))
    for row in about["rows"]:
        values = {**about["common"], **row}
        if (
            all(values.get(field) in words for field, words in exact.items() if words)
            and all(words & set(values.get(field, ())) for field, words in shared.items() if words)
            and all(part in str(values.get(field, "")).lower() for field, part in parts)
            and all(holds(values) for holds in clauses)
        ):
            yield row


def _clauses(about: dict[str, Any], texts: list[str]) -> Iterator[Callable[[dict[str, Any]], bool]]:
    """Conditions such as `branch_id = "…" AND created_at > "…"`; others are ignored."""
    for text in texts:
        # The look-behind begins at each run of blanks once: without it, the time is quadratic.
        for clause in re.split(r"(?<!\s)\s+AND\s+", text):
            match = _CLAUSE.match(clause)
            field = about.get("search", {}).get(match.group(1)) if match else None
            if match is None or field is None:
                continue
            sign, value = match.group(2), match.group(3) or match.group(4) or ""
            if field.endswith("Timestamp"):
                value = value.replace(" ", "T")

            def holds(
                values: dict[str, Any], field: str = field, sign: str = sign, value: str = value
            ) -> bool:
                have = str(values.get(field, ""))
                if sign == "=":
                    return have.lower() == value.lower()
                # The first 19 characters of ISO 8601 times in UTC sort like the times.
                have, want = have[:19], value[:19]
                if sign in (">", ">="):
                    return have >= want
                return have <= want

            yield holds


def _page(parameters: dict[str, list[str]], total: int) -> tuple[int, int]:
    """First row and end of the requested page: all rows, unless a size is given."""
    start, size = 0, total
    if parameters.get("pageToken", [""])[0]:
        match = re.match(r"after-([0-9]{1,9})\Z", parameters["pageToken"][0])
        if match is None:
            raise Refusal(400, "the page token does not exist")
        start = min(int(match.group(1)), total)
    if parameters.get("pageSize", [""])[0]:
        text = parameters["pageSize"][0]
        if not re.match(r"[0-9]{1,9}\Z", text) or int(text) < 1:
            raise Refusal(400, "pageSize is not a positive number")
        size = int(text)
    return start, min(start + size, total)


class Connection(asyncio.Protocol):
    """Connection of a client; its requests are answered in order."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.buffer = bytearray()
        self.pieces: Generator[bytes, None, None] | None = None
        self.blob: Blob | None = None
        self.blocked = False
        self.closing = False
        self.keep = True
        self.bodiless = False
        self.rest = MAX_REST
        self.active = time.monotonic()
        self.deadline = self.active + FIRST_TIMEOUT
        self.transport = cast(asyncio.Transport, None)  # until connection_made

    @property
    def idle(self) -> bool:
        """True if no request and no answer is in progress."""
        return not (self.buffer or self.blob or self.blocked)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # pause_writing comes with the first unsent byte, resume_writing once all is sent.
        transport.set_write_buffer_limits(high=0)
        self.server.opened(self)

    def connection_lost(self, exc: BaseException | None) -> None:  # noqa: ARG002
        if self.blob is not None:
            self.server.events["broken"] += 1
        self._end_blob()
        self.server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        if self.closing:
            self.rest -= len(data)
            if self.rest < 0:
                self.transport.abort()
            return
        self.active = time.monotonic()
        if not self.buffer:
            self.deadline = self.active + HEAD_TIMEOUT
        self.buffer += data
        self._advance()
        if len(self.buffer) > MAX_HEAD and not self.closing:
            self.transport.pause_reading()

    def pause_writing(self) -> None:
        self.blocked = True
        self.deadline = time.monotonic() + WRITE_TIMEOUT

    def resume_writing(self) -> None:
        self.blocked = False
        if self.closing:
            self.deadline = time.monotonic() + LINGER_TIMEOUT
        self._pump()
        self._advance()
        if len(self.buffer) <= MAX_HEAD and not self.transport.is_closing():
            self.transport.resume_reading()

    def _advance(self) -> None:
        """Answer complete requests while the client accepts the answers."""
        while not (self.closing or self.blocked or self.blob):
            while self.buffer[:2] == b"\r\n":
                del self.buffer[:2]
            end = self.buffer.find(b"\r\n\r\n", 0, MAX_HEAD + 4)
            if end < 0:
                if len(self.buffer) > MAX_HEAD:
                    self.refuse(Refusal(431, "the request's head is too large", close=True))
                elif not _BEGINNING.match(self.buffer):
                    self.refuse(Refusal(400, "the request is not HTTP", close=True))
                return
            head = bytes(self.buffer[:end])
            del self.buffer[: end + 4]
            self.server.requested()
            try:
                self._answer(head)
            except Refusal as refusal:
                self.refuse(refusal)
            if not self.blocked:
                self.deadline = time.monotonic() + (HEAD_TIMEOUT if self.buffer else IDLE_TIMEOUT)

    def _answer(self, head: bytes) -> None:
        method, target, headers, self.keep = _parse(head)
        self.bodiless = method == "HEAD"
        if method != "GET":
            raise Refusal(405, "the API is read-only and answers only GET requests", close=True)
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            raise Refusal(400, "a GET request must not have a body", close=True)
        answers = self.server.answers
        path, parameters = answers.path(target)
        blob = answers.blob(path)
        self.server.last = path[:200] if blob is None else f"blobs/{blob.number}"
        if blob is not None:
            self._start_blob(blob)
            return
        if not answers.authorized(headers.get("authorization", "")):
            raise Refusal(401, "the token is missing or wrong")
        if path == "counts":
            document = self.server.counts()
        else:
            try:
                document = answers.document(path, parameters, self._host(headers))
            except Refusal as refusal:
                if refusal.status == 404:
                    self.server.unknown_path(target)
                raise
        self._send(200, "application/json", json.dumps(document).encode())

    def _host(self, headers: dict[str, str]) -> str:
        """Host of this server in the client's words, for the URLs of blobs."""
        host = headers.get("host", "")
        if not host:
            address, port = self.transport.get_extra_info("sockname")[:2]
            host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        if not _HOST.match(host):
            raise Refusal(400, "the Host header is not a valid host")
        return host

    def _start_blob(self, blob: Blob) -> None:
        pieces = blob.pieces()
        try:
            first = next(pieces, b"")
        except OSError:
            raise Refusal(410, "this blob no longer exists") from None
        self.blob, self.pieces = blob, pieces
        self._send(200, "application/octet-stream", first, blob.length)
        self._pump()

    def _pump(self) -> None:
        """Send pieces until the client is too slow or the blob is complete."""
        while self.pieces is not None and not self.blocked and not self.transport.is_closing():
            try:
                piece = next(self.pieces, None)
            except OSError:
                # The status was sent already: only a broken connection can tell the client.
                self.transport.abort()
                return
            if piece is None:
                assert self.blob is not None
                self.server.answers.served[self.blob.number] = 1
                self._end_blob()
                self.deadline = time.monotonic() + IDLE_TIMEOUT
                if not self.keep:
                    self._close()
            else:
                self.server.sent += len(piece)
                self.transport.write(piece)

    def _end_blob(self) -> None:
        if self.pieces is not None:
            self.pieces.close()
        self.pieces = self.blob = None

    def refuse(self, refusal: Refusal) -> None:
        """Answer with a refusal, which may end the connection."""
        self.keep = self.keep and not refusal.close
        body = json.dumps({"message": str(refusal)}).encode()
        self._send(refusal.status, "application/json", body)

    def _send(self, status: int, kind: str, body: bytes, length: int | None = None) -> None:
        self.server.answered[status] += 1
        self.server.sent += len(body)
        more = ""
        if status == 405:
            more = "Allow: GET\r\n"
        if status == 401:
            more = "WWW-Authenticate: Bearer\r\n"
        if not self.keep:
            more += "Connection: close\r\n"
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body) if length is None else length}\r\n"
            f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{more}\r\n"
        )
        self.transport.write(head.encode() + (b"" if self.bodiless else body))
        if not self.keep and self.blob is None:
            self._close()

    def _close(self) -> None:
        """Close for writing and drop further input; an immediate close could lose the answer."""
        self.closing = True
        self.buffer.clear()
        self.deadline = time.monotonic() + (WRITE_TIMEOUT if self.blocked else LINGER_TIMEOUT)
        if self.transport.can_write_eof():
            self.transport.write_eof()


def _parse(head: bytes) -> tuple[str, str, dict[str, str], bool]:
    """Method, target, headers by lower-case name, and True for a persistent connection."""
    first, *lines = head.split(b"\r\n")
    words = first.split(b" ")
    if len(words) != 3 or words[2] not in (b"HTTP/1.1", b"HTTP/1.0") or not _NAME.match(words[0]):
        raise Refusal(400, "the request is not HTTP/1.1", close=True)
    if not words[1].startswith((b"/", b"http://", b"https://", b"*")) or not words[1].isascii():
        raise Refusal(400, "the request has no path", close=True)
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        key = name.decode("latin-1").lower()
        if not colon or not _NAME.match(name) or (key in headers and key in _ONCE):
            raise Refusal(400, "a header is malformed or repeated", close=True)
        headers[key] = value.strip().decode("latin-1")
    option = headers.get("connection", "").lower()
    keep = option != "close" if words[2] == b"HTTP/1.1" else option == "keep-alive"
    return words[0].decode(), words[1].decode(), headers, keep


class Server:
    """The server: connections, their deadlines, and the counts."""

    def __init__(
        self,
        folder: Path,
        counts: Callable[[dict[str, Any]], None] | None = None,
        index: bytes | None = None,
    ):
        self.answers = Answers(folder, index)
        self.connections: set[Connection] = set()
        self.max_connections = 1000
        self.port = 0
        self.sent = self.requests = self.peak = 0
        self.answered: Counter[int] = Counter()
        self.events: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.last = ""
        self._counts = counts
        self._reported = -1
        self._last = time.monotonic()
        self._server: asyncio.AbstractServer | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen on `port`, or on any free port for 0; `self.port` is the port then."""
        self.max_connections = max(64, _open_files() - 64)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), host, port, backlog=BACKLOG
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._watch = loop.create_task(self._check())

    async def stop(self) -> None:
        """Stop listening, close all connections, and report the final counts."""
        if self._server is not None and self._watch is not None:
            self._watch.cancel()
            self._server.close()
            for connection in list(self.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
            self._server = None
            self._report(final=True)

    def opened(self, connection: Connection) -> None:
        """Register a connection; beyond the limit, close the one that is idle longest."""
        self.connections.add(connection)
        self.peak = max(self.peak, len(self.connections))
        if len(self.connections) > self.max_connections:
            idle = [other for other in self.connections if other.idle and other is not connection]
            evicted = min(idle, key=lambda other: other.active, default=connection)
            self.connections.discard(evicted)
            self.events["evicted"] += 1
            evicted.transport.abort()

    def requested(self) -> None:
        """Count a request."""
        self.requests += 1
        self._last = time.monotonic()

    def unknown_path(self, target: str) -> None:
        """Count a request for an unknown path; the first paths are kept."""
        self.events["unknown"] += 1
        if len(self.unknown) < MAX_NAMED:
            self.unknown.append(target.partition("?")[0][:200])

    def counts(self, final: bool = False) -> dict[str, Any]:
        """Counts of what was served so far, as JSON values."""
        return {
            "format": 1,
            "final": final,
            "requests": self.requests,
            "answers": {str(status): count for status, count in sorted(self.answered.items())},
            "bytes": self.sent,
            "unknown": self.events["unknown"],
            "unknown_paths": list(self.unknown),
            "last": self.last,
            "broken": self.events["broken"],
            "overdue": self.events["overdue"],
            "evicted": self.events["evicted"],
            "connections": len(self.connections),
            "peak_connections": self.peak,
            "idle_seconds": round(time.monotonic() - self._last, 1),
            **self.answers.counts(),
        }

    async def _check(self) -> None:
        """Close connections past their deadlines, and report changed counts."""
        while True:
            await asyncio.sleep(CHECK_INTERVAL)
            now = time.monotonic()
            for connection in [each for each in self.connections if each.deadline < now]:
                if connection.closing or connection.idle or connection.blocked:
                    self.events["overdue"] += not (connection.closing or connection.idle)
                    connection.transport.abort()
                else:
                    self.events["overdue"] += 1
                    connection.refuse(Refusal(408, "the request took too long", close=True))
            self._report()

    def _report(self, final: bool = False) -> None:
        if self._counts is not None and (final or self._reported != self.requests):
            self._reported = self.requests
            self._counts(self.counts(final))


def _open_files() -> int:
    """Raise the limit of open files to at most 65,536; return the limit."""
    try:
        import resource
    except ImportError:
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def counts_to(name: str) -> Callable[[dict[str, Any]], None]:
    """Writer of counts: atomically to a file, or as lines to standard output for `-`."""
    if name == "-":
        return lambda counts: print(json.dumps(counts), flush=True)  # noqa: T201
    path = Path(name)
    temporary = path.with_name(path.name + ".new")

    def write(counts: dict[str, Any]) -> None:
        temporary.write_text(json.dumps(counts) + "\n")
        temporary.replace(path)

    return write


async def serve(
    server: Server, host: str, port: int, ready: Callable[[Server], None], seconds: float = 0.0
) -> None:
    """Serve until SIGINT or SIGTERM, or for `seconds`; call `ready` once the server listens."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    await server.start(host, port)
    try:
        ready(server)
        await asyncio.wait_for(ended.wait(), seconds or None)
    except asyncio.TimeoutError:  # noqa: UP041 - another class before 3.11
        pass
    finally:
        await server.stop()


def main(arguments: list[str]) -> int:
    """Run the program; it prints its address as one line of JSON."""
    parser = argparse.ArgumentParser(description="Serve a prepared folder as ReSim's API.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--counts", default="", help="write the counts of requests to this file; - is stdout"
    )
    parser.add_argument(
        "--seconds", type=float, default=0.0, help="stop after this many seconds (0: never)"
    )
    args = parser.parse_args(arguments)

    def ready(server: Server) -> None:
        print(json.dumps({"host": args.host, "port": server.port}), flush=True)  # noqa: T201

    try:
        server = Server(args.folder, counts_to(args.counts) if args.counts else None)
        asyncio.run(serve(server, args.host, args.port, ready, args.seconds))
    except (OSError, ValueError, KeyError) as error:
        print(f"the folder {args.folder} cannot be served: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
