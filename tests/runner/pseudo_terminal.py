"""A pseudo terminal at whose other end a program runs: keys go in, output is waited for."""

from __future__ import annotations

import os
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

    def __exit__(self, *_: object) -> None:
        os.close(self._ours)

    def passed_on(self) -> None:
        """Close their end here: the program has it now."""
        os.close(self.theirs)

    def read_until(self, text: bytes) -> None:
        """Wait until the program has written a text; fails if it ends before."""
        while text not in self._seen and self._read():
            pass
        assert text in self._seen, self._seen.decode(errors="replace")

    def read_all(self) -> str:
        """Return everything that the program writes until it closes the terminal."""
        while self._read():
            pass
        return self._seen.decode()

    def _read(self) -> bool:
        """Read a part; return False at the end of the program."""
        try:
            part = os.read(self._ours, 65536)
        except OSError:
            return False
        self._seen += part
        return bool(part)

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self._ours, keys)


def take_terminal() -> None:
    """Make stdin the terminal of this process's session, which has none so far."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
