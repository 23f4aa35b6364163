"""Lines typed at a terminal, read beside the work of the program."""

from __future__ import annotations

import os
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread

MAX_LINE = 4096
"""Bytes of a line; more are a line of their own."""


class TypedLines:
    """Lines of a file descriptor, read by a thread that ends with the process.

    It reads the descriptor itself: a thread that waits in Python's own buffer of stdin would
    hold its lock while the process exits.
    """

    def __init__(self, descriptor: int) -> None:
        self._queue: Queue[str | None] = Queue()
        self.at_end = False
        """True when the input has ended and every line was taken."""
        Thread(target=self._read, args=(descriptor,), daemon=True).start()

    def _read(self, descriptor: int) -> None:
        rest = b""
        with suppress(OSError):
            while piece := os.read(descriptor, MAX_LINE):
                *lines, rest = (rest + piece).split(b"\n")
                if len(rest) > MAX_LINE:
                    lines, rest = [*lines, rest], b""
                for line in lines:
                    self._queue.put(line.decode("utf-8", "replace").strip())
        if rest:
            self._queue.put(rest.decode("utf-8", "replace").strip())
        self._queue.put(None)

    def take(self, timeout: float) -> str | None:
        """Return the next line, None if there is none within `timeout` seconds, or at the end."""
        try:
            line = self._queue.get(timeout=timeout)
        except Empty:
            return None
        self.at_end = line is None
        return line
