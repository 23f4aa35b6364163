"""A screen that shows what a program has written to its terminal, for tests that wait for words."""

from __future__ import annotations

import re

import pyte

# An app that draws only what has changed writes parts of words, and words that are gone again.
# What it wrote is therefore nothing to wait for: only its screen is.
_UNKNOWN = re.compile(rb"\x1b(?:\[[<=>?][0-9:;]*[ -/]*[@-~]|[PX^_].*?\x1b\\)", re.DOTALL)
"""Sequences that pyte would draw as text or that change nothing that is shown: private modes,
device control and application strings."""
_UNFINISHED = re.compile(rb"\x1b(?:\[[<=>?]?[0-9:;]*[ -/]*|[PX^_][^\x1b]*\x1b?)?\Z")


class TerminalScreen:
    """The cells of a terminal of `columns` × `rows`."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._unfinished = b""

    def feed(self, written: bytes) -> None:
        """Show what a program has written; a sequence may be cut at any byte."""
        written = self._unfinished + written
        end = _UNFINISHED.search(written)
        cut = end.start() if end else len(written)
        self._unfinished = written[cut:]
        self._stream.feed(_UNKNOWN.sub(b"", written[:cut]))

    @property
    def text(self) -> str:
        """Lines that are shown now."""
        return "\n".join(line.rstrip() for line in self._screen.display)
