"""Reader of the messages of a stub API in another process: that it is ready, and its counts."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

from resim_inspect.text import clean

MAX_LINE = 1 << 20
TAIL = 4000


class CountsReader:
    """A sink for the output of `server.py --counts -`; other lines are ignored."""

    def __init__(self) -> None:
        self.ready = Event()
        """Set once the server listens."""
        self.counts: dict[str, Any] | None = None
        """Latest counts, None before the first ones."""
        self._rest = b""
        self._errors = b""

    def write(self, stream: int, data: bytes) -> None:
        """Take a chunk of stdout (1) or stderr (2)."""
        if stream == 2:
            self._errors = (self._errors + data)[-TAIL:]
            return
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest if len(rest) <= MAX_LINE else b""
        for line in lines:
            self._take(line)

    def last_error(self) -> str:
        """Last line of stderr, cleaned for messages."""
        lines = self._errors.decode("utf-8", "replace").split("\n")
        return clean(next((line.strip() for line in reversed(lines) if line.strip()), ""), 200)

    def _take(self, line: bytes) -> None:
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(values, dict):
            return
        if "port" in values:
            self.ready.set()
        elif isinstance(values.get("requests"), int) and isinstance(values.get("lists"), dict):
            self.counts = values
