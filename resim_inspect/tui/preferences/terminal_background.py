"""The background of the terminal, dark or light: one question to it that never delays the app.

The question (OSC 11) is written before the app is imported, and the answer is read after that.
A terminal that answers later than that, or than a tenth of a second, gets the dark theme;
`late_answer` keeps such an answer out of the app's keys.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Literal

Background = Literal["dark", "light"]
QUESTION = b"\x1b]11;?\x1b\\"
LIMIT = 0.1
"""Seconds after the question until which the app waits for the answer."""
# Not compiled before there is an answer: the app starts sooner.
_ANSWER = (
    rb"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?"
    rb"(?:\x07|\x1b\\)"
)
_PART = rb"\x1b(?:\](?:1(?:1(?:;[^\x07]*)?)?)?)?$"
_SILENT = ("dumb", "linux", "ansi", "cons25", "sun", "unknown", "eterm", "vt1", "vt2")
"""Beginnings of TERM of terminals that do not answer, and of some that would show the question."""


def is_likely_to_answer(environ: Mapping[str, str]) -> bool:
    """Return True for a terminal that is known to answer, by its environment."""
    term = environ.get("TERM", "")
    if not term or term.startswith(_SILENT):
        return False
    # GNU screen neither answers nor passes the question on; tmux with this TERM does.
    return not term.startswith("screen") or bool(environ.get("TMUX"))


def background_of(answer: bytes) -> Background | None:
    """Return the background that an answer of a terminal names; None without an answer."""
    match = re.search(_ANSWER, answer)
    if match is None:
        return None
    red, green, blue = (int(each, 16) / (16 ** len(each) - 1) for each in match.groups())
    return "light" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "dark"


class BackgroundQuestion:
    """A question that has been written to the terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._asked = time.monotonic()
        self.is_answered = False
        self.is_begun = False
        """True if a part of the answer has been read, and the rest will come late."""
        self.typed = b""
        """Bytes that the user has typed meanwhile."""

    def answer(self) -> Background | None:
        """Wait for the answer until the limit, which starting has usually used up; None without."""
        received = b""
        while not self.is_answered and len(received) < 1 << 16:
            # Only bytes that are there are read, and a begun answer is awaited a moment longer.
            longest = LIMIT if received and re.search(_PART, received) else 0.0
            rest = max(longest, self._asked + LIMIT - time.monotonic(), 0.0)
            if not self._has_input(rest):
                break
            piece = os.read(self._descriptor, 4096)
            if not piece:
                break
            received += piece
            self.is_answered = re.search(_ANSWER, received) is not None
        if not received:
            return None
        background = background_of(received)
        typed = re.sub(_ANSWER, b"", received, count=1)
        begun = None if self.is_answered else re.search(_PART, typed)
        if begun is not None and len(begun[0]) > 2:
            self.is_begun, typed = True, typed[: begun.start()]
        self.typed += typed
        return background

    def _has_input(self, seconds: float) -> bool:
        import select

        return bool(select.select([self._descriptor], [], [], seconds)[0])


@contextmanager
def asked_background(
    environ: Mapping[str, str], *, wanted: bool = True
) -> Iterator[BackgroundQuestion | None]:
    """Ask the terminal for its background, without an echo of what it and the user answer.

    Gives None where it is not asked: on Windows, without a terminal, or where it would not answer.
    The terminal is left as it was.
    """
    if sys.platform == "win32" or not wanted or not is_likely_to_answer(environ):
        yield None
        return
    descriptor, output = 0, 1
    if not (os.isatty(descriptor) and os.isatty(output)):
        yield None
        return
    import termios

    try:
        former = termios.tcgetattr(descriptor)
        quiet = termios.tcgetattr(descriptor)
        # Ctrl-C still interrupts. What was typed before stays readable.
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
        termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    except termios.error:
        yield None
        return
    question: BackgroundQuestion | None = None
    try:
        with suppress(OSError):
            os.write(output, QUESTION)
            question = BackgroundQuestion(descriptor)
        yield question
    finally:
        with suppress(OSError):
            if question is not None and not question.is_answered:
                # A call that ends early must not leave the answer to the shell.
                question.answer()
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, former)
