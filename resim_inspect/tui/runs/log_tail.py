"""Follows a growing log by its offset, in bounded memory, and turns its bytes into safe lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from resim_inspect.inputs.terminal_text import SEQUENCE, displayed_line
from runner.workspace.live_log import MAX_NOTE, LiveLog

FIRST_BUDGET = 8 << 20
"""Bytes that are read of a log that was there before; of a larger one only the end is read."""
READ_BUDGET = 1 << 20
"""Bytes that are read at once of what it grows by; of more than that only the end is read."""
CHUNK = 256 << 10
"""Bytes that are split into lines at once."""
MAX_LINE = 4096
"""Bytes of a line; a longer one goes on in the next."""
FINGERPRINT = 64
"""Bytes before the offset that are compared: other ones mean that the file was rewritten."""
SEQUENCE_LENGTH = 32
"""Bytes within which a control sequence is kept together when a long line is cut."""

_UNUSUAL = re.compile(r"[^\n -~]")


class LogPiece(NamedTuple):
    """Lines that a log has grown by."""

    lines: list[str]
    unfinished: str = ""
    """The last line so far, whose end has not been written yet."""
    restarted: bool = False
    """True if the file was rewritten: the lines from before do not belong to it."""
    skipped: int = 0
    """Bytes before these lines that were left out."""
    size: int = 0
    """Bytes of the whole file."""


class LogTail:
    """State of one log as read so far; for one thread at a time."""

    def __init__(self, path: Path, budget: int = READ_BUDGET, first: int = FIRST_BUDGET) -> None:
        self.path = path
        self._budget = budget
        self._first_budget = first
        self._offset = 0
        self._rest = b""
        """Bytes of the line whose end has not been read."""
        self._last = b""
        """Bytes right before the offset."""
        self._live: LiveLog | None = None
        """The newest lines of a log that has reached its limit, while they are read."""

    def read(self) -> LogPiece | None:
        """Read what is new; None if nothing is, or if the file cannot be read now.

        Of a log that has reached its limit, the newest lines are read that the runner keeps
        beside it. No file is kept open: it may be replaced or deleted at any time.
        """
        try:
            if self._live is None:
                live = LiveLog(self.path)
                # Looked for first: beside it the log has no more than its beginning.
                exists = live.exists()
                piece = self._read_file()
                if piece is not None or not exists:
                    return piece
                self._live = live
            part = self._live.read(self._budget, newest=True)
            if part is not None:
                return self._read_live(*part)
            live, self._live = self._live, None
            return self._read_file(live)
        except OSError:
            return None

    def _read_live(self, data: bytes, skipped: int) -> LogPiece | None:
        if not data or self._live is None:
            return None
        return self._piece(data, self._offset + self._live.position, skipped=skipped)

    def _read_file(self, live: LiveLog | None = None) -> LogPiece | None:
        """Read what the file has grown by, with `live` after what was read of its overflow."""
        with self.path.open("rb") as file:
            size = file.seek(0, 2)
            restarted = size < self._offset or not self._continues(file)
            missing = 0
            if restarted:
                self._offset, self._rest, self._last = 0, b"", b""
            elif size == self._offset:
                return None
            elif live is not None:
                offset, missing = live.end_in_log(file.read(MAX_NOTE))
                self._offset = min(self._offset + offset, size)
            budget = self._budget if self._offset else self._first_budget
            skipped = max(0, size - self._offset - budget)
            file.seek(max(0, self._offset + skipped - FINGERPRINT))
            before = file.read(min(FINGERPRINT, self._offset + skipped))
            data = file.read(budget)
        self._offset += skipped + len(data)
        self._last = (before + data)[-FINGERPRINT:]
        return self._piece(data, self._offset, skipped=skipped + missing, restarted=restarted)

    def _piece(self, data: bytes, size: int, *, skipped: int, restarted: bool = False) -> LogPiece:
        if skipped:
            # Left out too: the line that was being read, and the one that the rest begins in.
            start = data.find(b"\n", 0, MAX_LINE) + 1
            skipped += len(self._rest) + start
            self._rest, data = b"", data[start:]
        lines: list[str] = []
        for at in range(0, len(data), CHUNK):
            # In pieces, between which the thread that draws has its turn.
            lines += self._split(data[at : at + CHUNK])
        return LogPiece(lines, _unfinished(self._rest), restarted, skipped, size)

    def _continues(self, file: BinaryIO) -> bool:
        """Return True if the file still has the bytes that were read last."""
        file.seek(self._offset - len(self._last))
        return file.read(len(self._last)) == self._last

    def _split(self, data: bytes) -> list[str]:
        """Split into lines; what follows the last line break is kept for the next time."""
        whole, separator, rest = (self._rest + data).rpartition(b"\n")
        lines: list[str] = []
        if separator:
            plain = _without_sequences(whole)
            lines = plain or [part for line in whole.split(b"\n") for part in _cut(line)]
        if len(rest) > MAX_LINE:
            # Of a progress bar, which returns to the start of its line, only the last state counts.
            rest = rest[rest.rfind(b"\r", 0, -1) + 1 :]
            while len(rest) > MAX_LINE:
                end = _end_of_part(rest)
                lines.append(_shown(rest[:end]))
                rest = rest[end:]
        self._rest = rest
        return lines


def _without_sequences(data: bytes) -> list[str] | None:
    """Return lines of ASCII without control sequences, all at once; None if that is not enough."""
    if not data.isascii():
        return None
    text = data.decode("ascii")
    if "\x1b" in text:
        text = SEQUENCE.sub("", text)
    if _UNUSUAL.search(text) is not None:
        return None
    lines = text.split("\n")
    return lines if max(map(len, lines)) <= MAX_LINE else None


def _cut(line: bytes) -> list[str]:
    """Return a line as it is shown, a long one in several parts."""
    parts = []
    while len(line) > MAX_LINE:
        end = _end_of_part(line)
        parts.append(_shown(line[:end]))
        line = line[end:]
    return [*parts, _shown(line)]


def _end_of_part(line: bytes) -> int:
    """Return where the first part of a long line ends: between characters and sequences."""
    end = MAX_LINE
    sequence = line.rfind(b"\x1b", end - SEQUENCE_LENGTH, end)
    if sequence > 0:
        return sequence
    for back in range(4):
        if line[end - back] & 0xC0 != 0x80:
            return end - back
    return end


def _unfinished(rest: bytes) -> str:
    """Return a line whose end is missing, without the character or sequence it may end in."""
    sequence = rest.rfind(b"\x1b", max(0, len(rest) - SEQUENCE_LENGTH))
    if sequence >= 0 and SEQUENCE.match(rest[sequence:].decode("latin-1")) is None:
        rest = rest[:sequence]
    for back in range(1, min(4, len(rest)) + 1):
        byte = rest[-back]
        if byte & 0xC0 != 0x80:
            if byte >= 0xC0 and back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4):
                rest = rest[:-back]
            break
    return _shown(rest)


def _shown(line: bytes) -> str:
    return displayed_line(line.decode("utf-8", "replace"))
