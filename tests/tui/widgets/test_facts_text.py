"""Lines of facts: where they break, at any width."""

from __future__ import annotations

import pytest
from rich.text import Text

from resim_inspect.tui.widgets.facts_text import BETWEEN_FACTS, as_fact, broken

FACTS = ("✗ FAIL_BLOCK", "importance CRITICAL", "fails above 15 m/s", "order 1")


def facts_line() -> Text:
    text = Text()
    for fact in FACTS:
        text.append(BETWEEN_FACTS if text else "")
        text.append(as_fact(fact), "bold")
    return text


@pytest.mark.parametrize("width", range(21, 80, 3))
def test_lines_break_between_facts_only(width: int) -> None:
    shown = broken(facts_line(), width).plain
    assert all(len(line) <= width for line in shown.splitlines())
    lines = [line.removeprefix("· ").split(" · ") for line in shown.splitlines()]
    assert [fact for line in lines for fact in line] == [*FACTS]


def test_a_fact_that_is_longer_than_a_line_breaks_at_its_blanks() -> None:
    shown = broken(Text(as_fact("a note of many words in one fact")), 12).plain
    assert shown == "a note of\nmany words\nin one fact"


def test_free_text_keeps_its_lines_and_styles() -> None:
    text = Text("The first line is long\n\n", "red")
    text.append("second", "bold").append(" one  two")
    shown = broken(text, 10)
    assert shown.plain == "The first\nline is\nlong\n\nsecond one\ntwo"
    start = shown.plain.index("second")
    bold = [span for span in shown.spans if span.style == "bold"]
    assert [(span.start, span.end) for span in bold] == [(start, start + len("second"))]
