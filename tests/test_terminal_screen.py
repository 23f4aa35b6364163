"""The screen that tests wait for words on."""

from __future__ import annotations

import pytest

from tests.terminal_screen import TerminalScreen

APP = "\x1b[?1049h\x1b[>1u\x1bP+q544e\x1b\\\x1b[2;3H\x1b[1;38;2;1;2;3mFAIL_BLOCK 中\x1b[0m"
"""Writing of an app: a screen of its own, the keyboard's protocol, a query, and a word."""


@pytest.mark.parametrize("cut", range(1, len(APP.encode())))
def test_a_sequence_may_be_cut_at_any_byte(cut: int) -> None:
    screen, written = TerminalScreen(20, 3), APP.encode()
    screen.feed(written[:cut])
    screen.feed(written[cut:])
    assert screen.text == "\n  FAIL_BLOCK 中\n"


def test_a_word_is_shown_of_which_only_some_cells_are_drawn_anew() -> None:
    screen = TerminalScreen(20, 3)
    screen.feed(b"\x1b[2;1Htwo/outputs")
    screen.feed(b"\x1b[2;1Hone")
    assert screen.text == "\none/outputs\n"


def test_a_word_that_is_gone_is_not_shown() -> None:
    screen = TerminalScreen(20, 3)
    screen.feed(b"checking\x1b[H\x1b[2Jdone")
    assert screen.text == "done\n\n"
