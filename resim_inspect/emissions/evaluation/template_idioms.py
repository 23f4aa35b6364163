"""Idioms of Liquid templates that ReSim's server does not support, found in their text."""

from __future__ import annotations

import re

from resim_inspect.text import clean

_TAG = re.compile(r"\{%-?\s*(assign|for|tablerow|endfor|endtablerow)\b\s*([\w-]*)")
_WORD = re.compile(r"(?<![\w.])\w[\w-]*")
_JSON = re.compile(r"\{[{%](?:(?!\{[{%]|[%}]\}|\|\s*json\b).)*+\|\s*json\b", re.DOTALL)
"""The filter within a tag. A search stops at the next opening, so that nothing is tried twice."""

_MAX_NAMED = 4
"""Places that are named."""


def lost_on_server(template: str) -> str:
    """Return sentences about idioms that the server is known not to support; empty for none.

    These are variables that one pass of a loop sets for the next one, and the filter `json`.
    """
    sentences = []
    lost = _lost_variables(template)
    if lost:
        names = _some(
            [f"“{clean(name, 40)}” (line {_line(template, at)})" for name, at in lost[:_MAX_NAMED]],
            len(lost),
        )
        verb = "is" if len(lost) == 1 else "are"
        sentences.append(
            f"{names} {verb} assigned within a loop, and ReSim's server forgets such a value at "
            "the end of each pass: write separators by forloop.first instead."
        )
    ends = [match.end() for match in _JSON.finditer(template)]
    if ends:
        word = "line" if len(ends) == 1 else "lines"
        lines = _some([str(_line(template, end)) for end in ends[:_MAX_NAMED]], len(ends))
        sentences.append(
            f"The server has no filter “json” ({word} {lines}): it returns its "
            "input, so that texts have no quotes."
        )
    return " ".join(sentences)


def _lost_variables(template: str) -> list[tuple[str, int]]:
    """Variables, with the offset, that a loop sets after they were read or set there."""
    depth = 0
    start = 0
    words: set[str] = set()
    lost: dict[str, int] = {}
    for match in _TAG.finditer(template):
        tag, name = match[1], match[2]
        if tag.startswith("end"):
            depth = max(0, depth - 1)
        elif tag != "assign":
            if not depth:
                words.clear()
                start = match.end()
            depth += 1
        elif depth and name not in lost:
            # The words of the outermost loop so far; each part of it is searched once.
            words.update(_WORD.findall(template, start, match.start()))
            start = match.start()
            if name in words:
                lost[name] = start
    return list(lost.items())


def _some(texts: list[str], number: int) -> str:
    more = f" and {number - len(texts):,} more" if number > len(texts) else ""
    return ", ".join(texts) + more


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
