"""A pseudo terminal at whose other end a program runs: keys go in, output is waited for."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

import pytest

pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")


class PseudoTerminal:
    """Our end of a terminal; `theirs` is to be passed to the program."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self._seen = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._ours)

    def passed_on(self) -> None:
        """Close their end here: the program has it now."""
        os.close(self.theirs)

    def read_until(self, text: bytes) -> None:
        """Wait until the program has written a text; fails if it ends before."""
        while text not in self._seen:
            try:
                self._seen += os.read(self._ours, 65536)
            except OSError:
                break
        assert text in self._seen, self._seen.decode(errors="replace")

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self._ours, keys)
