"""Single keys from the terminal, while the program goes on."""

from __future__ import annotations

import _thread
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Self

POLL = 0.1
"""Seconds between two looks for a key where they must be polled."""

_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;<=>?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
"""A key such as an arrow, which is none of the keys here."""


class Keyboard:
    """Reads keys in a thread; `on_key` gets each at once, `get` returns them in order.

    `on_continue` is called when a program that was stopped by Ctrl-Z goes on.

    Without a terminal on stdin, or in the background, no keys arrive. Ctrl-C and Ctrl-Z work as
    usual, and the terminal is as before at the end.
    """

    def __init__(
        self,
        on_key: Callable[[str], None] = lambda _: None,
        on_continue: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_key = on_key
        self._on_continue = on_continue
        self._keys: SimpleQueue[str] = SimpleQueue()
        self._closed = Event()
        self._before: list[Any] | None = None
        self._handler: Any = None
        self.active = False
        """True if there is a terminal to read from."""
        self.listens = False
        """True while keys arrive: not in the background."""

    def __enter__(self) -> Self:
        if not sys.stdin or not sys.stdin.isatty():
            return self
        if sys.platform == "win32":
            self._start(self._read_windows)
            return self
        import termios

        with suppress(termios.error, OSError):
            self._before = termios.tcgetattr(sys.stdin.fileno())
            self._take_terminal()
            # A program that was stopped finds the terminal in its usual state.
            self._handler = signal.signal(signal.SIGCONT, lambda *_: self._continue())
            self._start(self._read_posix)
        return self

    def _start(self, read: Callable[[], None]) -> None:
        self.active = self.listens = True
        Thread(target=read, name="keyboard", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        if sys.platform == "win32" or self._before is None:
            return
        import termios

        if self._handler is not None:
            signal.signal(signal.SIGCONT, self._handler)
        with suppress(termios.error, OSError):
            if self._in_foreground():
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)

    def get(self, seconds: float) -> str:
        """Return the next key, in lower case; empty if none is pressed within that time."""
        try:
            return self._keys.get(timeout=seconds)
        except Empty:
            return ""

    def _continue(self) -> None:
        self._take_terminal()
        self._on_continue()

    def _take_terminal(self) -> None:
        if sys.platform == "win32":
            return
        import termios
        import tty

        with suppress(termios.error, OSError):
            if self._in_foreground():
                tty.setcbreak(sys.stdin.fileno(), termios.TCSADRAIN)

    def _in_foreground(self) -> bool:
        # A process in the background is stopped when it reads or sets the terminal.
        return sys.platform != "win32" and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()

    def _read_posix(self) -> None:
        import select

        descriptor = sys.stdin.fileno()
        while not self._closed.is_set():
            try:
                was_in_foreground, self.listens = self.listens, self._in_foreground()
                if not self.listens:
                    self._closed.wait(POLL)
                    continue
                if not was_in_foreground:
                    # A shell that brings it back has set the terminal for itself.
                    self._continue()
                ready, _, _ = select.select([descriptor], [], [], POLL)
                if not ready:
                    continue
                data = os.read(descriptor, 64)
            except (OSError, ValueError):
                return
            if not data:
                return
            for key in _SEQUENCE.sub("", data.decode("ascii", "replace")):
                self._take(key)

    def _read_windows(self) -> None:
        if sys.platform != "win32":
            return
        import msvcrt

        while not self._closed.wait(POLL):
            while msvcrt.kbhit():
                self._take(msvcrt.getwch())

    def _take(self, key: str) -> None:
        key = key.lower()
        self._on_key(key)
        self._keys.put(key)


def interrupt_main_thread() -> None:
    """Interrupt the main thread as Ctrl-C does."""
    if sys.platform == "win32":
        _thread.interrupt_main(signal.SIGINT)
    else:
        os.kill(os.getpid(), signal.SIGINT)
