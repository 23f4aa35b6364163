"""A build's output: written to a file up to a limit, its last lines in memory, never blocking."""

from __future__ import annotations

import codecs
import os
import stat
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from resim_inspect.text import clean
from runner.errors import StorageError
from runner.redact import Redactor, Secrets
from runner.storage.fs import disk_errors
from runner.workspace.live_log import MAX_NOTE, LiveLogWriter, omission_note

MIB = 1 << 20
TAIL = 64 << 10
MAX_LINE = 2000
MAX_EMITTED_LINES = 2000


class LogSink:
    """Takes the two streams of one run. `write` never raises, so that no build is blocked.

    A log over `limit` bytes keeps its beginning and its last sixteenth; `on_line` gets the
    first 2,000 lines as clean text. Secrets are hidden before anything is kept. While the build
    writes more, its newest lines are in a file beside the log, for programs that
    follow it.
    """

    def __init__(
        self,
        path: Path | None,
        secrets: Secrets,
        limit: int = 64 * MIB,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self._lock = Lock()
        self._streams = (_Lines(Redactor(secrets)), _Lines(Redactor(secrets)))
        self._ring_size = max(TAIL, limit // 16)
        self._head = max(0, limit - self._ring_size - MAX_NOTE)
        self._ring: deque[bytes] = deque()
        self._ring_held = 0
        self._ring_lost = 0
        self._on_line = on_line
        self._emitted = 0
        self._file = None
        self._path = path
        self._live: LiveLogWriter | None = None
        self.size = 0
        """Number of bytes that the build wrote."""
        self.problem: StorageError | None = None
        """Reason why the file is incomplete."""
        if path is not None:
            with disk_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._file = path.open("wb", buffering=0)
            # Beside a log that is a pipe or a device, nothing is to be made.
            if stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
                self._live = LiveLogWriter(path, self._ring_size)
                with suppress(OSError):
                    self._live.close()

    def write(self, stream: int, data: bytes) -> None:
        """Take a chunk of stdout (1) or stderr (2)."""
        with self._lock:
            self.size += len(data)
            lines = self._streams[stream - 1]
            self._take(lines, lines.redactor.feed(data))

    def close(self) -> None:
        """Write what was held back; no chunk may follow."""
        with self._lock:
            for lines in self._streams:
                self._take(lines, lines.redactor.end())
                if self._on_line is not None and self._emitted < MAX_EMITTED_LINES:
                    for line in lines.end():
                        self._emit(line)
            if self._ring_lost:
                self._put(omission_note(self._ring_lost))
            for chunk in self._ring:
                self._put(chunk)
            self._ring.clear()
            self._end_live()
            if self._file is not None:
                self._file.close()
                self._file = None

    def tail(self, count: int = 12) -> tuple[str, ...]:
        """Return the last lines that are not blank, as clean text: stdout's, then stderr's.

        The two streams are not synchronised: in order of arrival, one cuts the other's lines.
        """
        out, err = (lines.last() for lines in self._streams)
        err = err[-count:]
        return tuple((out[-max(count - len(err), count // 2) :] + err)[-count:])

    def _take(self, lines: _Lines, data: bytes) -> None:
        if not data:
            return
        lines.tail = (lines.tail + data)[-TAIL:]
        if self._head >= len(data):
            self._head -= len(data)
            self._put(data)
        else:
            self._head = 0
            self._ring.append(data)
            self._ring_held += len(data)
            if self._live is not None:
                try:
                    self._live.write(reversed(self._ring))
                except OSError:
                    self._end_live()
            while self._ring_held > self._ring_size and len(self._ring) > 1:
                gone = self._ring.popleft()
                self._ring_held -= len(gone)
                self._ring_lost += len(gone)
        if self._on_line is not None and self._emitted < MAX_EMITTED_LINES:
            for line in lines.feed(data):
                self._emit(line)

    def _emit(self, line: str) -> None:
        if self._on_line is None or self._emitted >= MAX_EMITTED_LINES:
            return
        self._emitted += 1
        self._on_line(line)
        if self._emitted == MAX_EMITTED_LINES:
            self._on_line("… further lines are only in the log")

    def _end_live(self) -> None:
        if self._live is not None:
            with suppress(OSError):
                self._live.close()
            self._live = None

    def _put(self, data: bytes) -> None:
        if self._file is None or self._path is None:
            return
        try:
            with disk_errors(self._path):
                # A disk that is nearly full takes one part and refuses the rest.
                while data:
                    data = data[self._file.write(data) :]
        except StorageError as error:
            self.problem = error
            self._file.close()
            self._file = None


class _Lines:
    """Splits one stream into lines; an endless line is cut, invalid UTF-8 is replaced."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self.tail = b""

    def last(self) -> list[str]:
        text = self.tail.decode("utf-8", "replace")
        return [clean(line.rstrip("\r"), 400) for line in text.split("\n") if line.strip()]

    def feed(self, data: bytes) -> list[str]:
        # A carriage return alone is a progress bar: its last state is the line.
        *whole, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
        self._rest = self._rest[-4 * MAX_LINE :]
        return [_line(text) for text in whole]

    def end(self) -> list[str]:
        rest = self._rest + self._decoder.decode(b"", final=True)
        self._rest = ""
        return [_line(rest)] if rest else []


def _line(text: str) -> str:
    return clean(text.rstrip("\r").rsplit("\r", 1)[-1], MAX_LINE)
