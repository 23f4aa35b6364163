"""An answer of the terminal that comes after the app has started, kept out of its keys.

Textual does not know the sequence and passes it on as typed characters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.driver import Driver
from textual.events import Key
from textual.message import Message

PREFIX = "\x1b]11;rgb"
"""Beginning of an answer; Textual reports the escape as `^`, as Escape, or not at all."""
_REST = set("a:/0123456789abcdefABCDEF^\x1b\\\x07")
WINDOW = 10.0
"""Seconds after the start in which a late answer is looked for."""
HELD = 0.2
"""Seconds for which characters that may begin an answer are held back."""
SWALLOWED = 1.0
"""Seconds in which the rest of an answer arrives."""

Clock = Callable[[], float]


class AnswerFilter:
    """Messages of a driver on their way to the app, without the keys of one late answer."""

    def __init__(
        self,
        forward: Callable[[Message], None],
        clock: Clock = time.monotonic,
        *,
        is_begun: bool = False,
    ) -> None:
        self._forward = forward
        self._clock = clock
        self._until = clock() + WINDOW
        self._held: list[Message] = []
        self._text = ""
        self._swallowing_until = clock() + SWALLOWED if is_begun else 0.0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def take(self, message: Message) -> None:
        """Pass a message on, hold it back, or drop it."""
        with self._lock:
            for each in self._passed(message):
                self._forward(each)

    def _passed(self, message: Message) -> Iterator[Message]:
        now = self._clock()
        character = message.character or "" if isinstance(message, Key) else ""
        if now < self._swallowing_until:
            if character in _REST and character:
                if character in "\\\x07":
                    self._swallowing_until = 0.0
                return
            if isinstance(message, Key):
                self._swallowing_until = 0.0
            yield message
            return
        if now > self._until or not isinstance(message, Key):
            yield message
            return
        self._stop_timer()
        text = self._text + ("\x1b" if character == "^" and not self._text else character)
        if character and any(each.startswith(text) for each in (PREFIX, PREFIX[1:])):
            self._text = text
            self._held.append(message)
            if text in (PREFIX, PREFIX[1:]):
                self._held, self._text = [], ""
                self._swallowing_until, self._until = now + SWALLOWED, 0.0
            else:
                self._timer = threading.Timer(HELD, self.release)
                self._timer.daemon = True
                self._timer.start()
            return
        yield from self._let_go()
        yield message

    def release(self) -> None:
        """Pass on what is held back: no answer has followed."""
        # The app may have ended meanwhile, and its loop is closed.
        with self._lock, suppress(RuntimeError):
            for each in self._let_go():
                self._forward(each)

    def _let_go(self) -> list[Message]:
        held, self._held, self._text = self._held, [], ""
        return held

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def without_late_answer(driver: type[Driver], *, is_begun: bool) -> type[Driver]:
    """Return the same driver, which drops the keys of a late answer, or of the rest of one."""
    start, process = driver.__init__, driver.process_message
    filters: WeakKeyDictionary[Driver, AnswerFilter] = WeakKeyDictionary()

    def starts(self: Driver, app: App[Any], **options: Any) -> None:
        start(self, app, **options)
        filters[self] = AnswerFilter(lambda message: process(self, message), is_begun=is_begun)

    def filtered(self: Driver, message: Message) -> None:
        filters[self].take(message)

    return type(driver.__name__, (driver,), {"__init__": starts, "process_message": filtered})


_SEQUENCES = {"\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left"}
_CONTROLS = {"\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x1b": "escape"}


def typed_keys(typed: bytes) -> Iterator[Key]:
    """Yield the keys that were typed before the app started: characters, Enter, arrows and such."""
    from resim_inspect.tui.key_settings.key_names import KeyNameError, character_name

    text = typed.decode("utf-8", "ignore")
    at = 0
    while at < len(text):
        sequence = next((each for each in _SEQUENCES if text.startswith(each, at)), "")
        character = text[at]
        if sequence:
            yield Key(_SEQUENCES[sequence], None)
        elif character in _CONTROLS:
            yield Key(_CONTROLS[character], character)
        elif character.isprintable():
            try:
                name = "space" if character == " " else character_name(character)
            except KeyNameError:
                name = character
            yield Key(name, character)
        at += len(sequence) or 1
