"""The question for the terminal's background: its answer decides the theme and becomes no key."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from textual.events import Key
from textual.message import Message

from resim_inspect.tui.preferences.late_answer import HELD, WINDOW, AnswerFilter, typed_keys
from resim_inspect.tui.preferences.terminal_background import (
    QUESTION,
    background_of,
    is_likely_to_answer,
)

DARK_ANSWER = b"\x1b]11;rgb:1111/1414/1818\x1b\\"
LIGHT_ANSWER = b"\x1b]11;rgb:fbfb/fbfb/f9f9\x07"


@pytest.mark.parametrize(
    ("answer", "background"),
    [
        (DARK_ANSWER, "dark"),
        (LIGHT_ANSWER, "light"),
        (b"j\x1b]11;rgba:ff/ff/ff/80\x1b\\k", "light"),
        (b"\x1b]11;rgb:f/f/f\x07", "light"),
        *((text, None) for text in (b"", b"q", b"\x1b]11;rgb:ff/ff\x07", b"\x1b]10;rgb:f/f/f\x07")),
    ],
)
def test_answers_of_terminals(answer: bytes, background: str | None) -> None:
    assert background_of(answer) == background


@pytest.mark.parametrize(
    ("environ", "answers"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "screen-256color", "TMUX": "/tmp/x"}, True),
        *(({"TERM": term}, False) for term in ("dumb", "linux", "screen.xterm", "vt100", "")),
        ({}, False),
    ],
)
def test_terminals_that_would_not_answer_are_not_asked(
    environ: dict[str, str], answers: bool
) -> None:
    assert is_likely_to_answer(environ) is answers


class Passed:
    """Messages that an AnswerFilter has passed on, as text."""

    def __init__(self, *, is_begun: bool = False) -> None:
        self.text = ""
        self.now = 100.0
        self.filter = AnswerFilter(self._forward, lambda: self.now, is_begun=is_begun)

    def _forward(self, message: Message) -> None:
        self.text += (message.character or message.key) if isinstance(message, Key) else "·"

    def take(self, text: str) -> Passed:
        """Take keys, each as Textual makes it of a character."""
        for character in text:
            message = Message() if character == "·" else Key("any", character)
            self.filter.take(message)
        return self


@pytest.mark.parametrize(
    ("taken", "passed"),
    [
        # As Textual reports the two endings of the sequence, with the escape in different forms.
        ("^]11;rgb:1111/1414/1818\\", ""),
        ("]11;rgb:fbfb/fbfb/f9f9\x07", ""),
        ("\x1b]11;rgba:1111/1414/1818/ffff^\\", "\\"),
        ("j]11;rgb:11/14/18\x07k", "jk"),
        ("·]1·2", "··]12"),
        ("]2", "]2"),
        ("]]j", "]]j"),
        ("^x", "^x"),
        ("]11;rgx", "]11;rgx"),
        ("]11;rgb:11/14/18\x07]11;x", "]11;x"),
    ],
)
def test_a_late_answer_is_dropped_and_all_else_is_passed_on(taken: str, passed: str) -> None:
    assert Passed().take(taken).text.replace("\\", "") == passed.replace("\\", "")


def test_the_rest_of_an_answer_is_dropped() -> None:
    assert Passed(is_begun=True).take("14/1818\x07q").text == "q"
    assert Passed(is_begun=True).take("q14").text == "q14"


def test_a_key_that_begins_like_an_answer_is_passed_on_after_a_moment() -> None:
    passed = Passed()
    passed.take("]")
    assert passed.text == ""
    until = time.monotonic() + 20 * HELD
    while not passed.text and time.monotonic() < until:
        time.sleep(0.01)
    assert passed.text == "]"


def test_after_a_while_nothing_is_held_back() -> None:
    passed = Passed()
    passed.now += WINDOW + 1
    assert passed.take("]").text == "]"


def test_keys_typed_before_the_start_are_those_of_the_app() -> None:
    typed = b"j/\x1b[B\r \xc3\xa9\x01q"
    keys = [(key.key, key.character) for key in typed_keys(typed)]
    assert keys == [
        *(("j", "j"), ("slash", "/"), ("down", None), ("enter", "\r"), ("space", " ")),
        *(("é", "é"), ("q", "q")),
    ]


# In a terminal.


def ran(path: Path, state: Path, delay: float | None, answer: bytes, keys: bytes) -> bytes:
    """Output of the app on a terminal that answers after `delay` s, or never.

    The keys are typed together with the question; without any, the app is ended by a key.
    """
    import fcntl
    import pty
    import select
    import struct
    import subprocess
    import termios

    main_end, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    before = termios.tcgetattr(end)
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environ |= {"XDG_STATE_HOME": str(state), "XDG_CONFIG_HOME": str(state)}
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORFGBG"):
        environ.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "resim_inspect", str(path)],
        stdin=end, stdout=end, stderr=end, env=environ, start_new_session=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    written, until = b"", time.monotonic() + 60
    asked = quit_at = 0.0
    is_answered = delay is None
    try:
        while time.monotonic() < until and process.poll() is None:
            if select.select([main_end], [], [], 0.02)[0]:
                written += os.read(main_end, 1 << 16)
            now = time.monotonic()
            if not asked and QUESTION in written:
                asked = now
                os.write(main_end, keys)
            if asked and delay is not None and not is_answered and now >= asked + delay:
                os.write(main_end, answer)
                is_answered = True
            if not keys and not quit_at and is_answered and b"Alone" in written:
                quit_at = now + 1.0
            if quit_at and now > quit_at:
                os.write(main_end, b"q")
                quit_at = until
        assert process.wait(60) == 0, written[-500:]
        # The shell gets the terminal back as it was.
        assert termios.tcgetattr(end) == before
        return written
    finally:
        process.kill()
        process.wait()
        os.close(main_end)
        os.close(end)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(
    ("delay", "answer", "background"),
    [
        (0.0, LIGHT_ANSWER, b"48;2;251;251;249"),
        (0.0, DARK_ANSWER, b"48;2;17;20;24"),
        (1.2, LIGHT_ANSWER, b"48;2;17;20;24"),
        (1.2, DARK_ANSWER, b"48;2;17;20;24"),
        (None, b"", b"48;2;17;20;24"),
    ],
)
def test_a_terminal_that_answers_at_once_late_or_never(
    tmp_path: Path, delay: float | None, answer: bytes, background: bytes
) -> None:
    from resim_inspect.building.builder import DocumentBuilder

    build = DocumentBuilder("alone")
    build.scalar("Alone", 1.0)
    path = build.write(tmp_path / "metrics.binproto")
    written = ran(path, tmp_path, delay, answer, b"")
    assert written.count(QUESTION) == 1
    assert background in written
    # As keys, the answer would open another pane, and Textual's parser shows its letters nowhere.
    assert b"11;rgb" not in written
    assert b"No findings" not in written


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_keys_that_come_with_the_answer_are_handled(tmp_path: Path) -> None:
    from resim_inspect.building.builder import DocumentBuilder

    build = DocumentBuilder("alone")
    build.scalar("Alone", 1.0)
    path = build.write(tmp_path / "metrics.binproto")
    # Nothing else ends it.
    ran(path, tmp_path, 0.0, LIGHT_ANSWER, b"q")
