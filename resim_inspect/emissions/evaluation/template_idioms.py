"""Idioms of Liquid templates that ReSim's server does not support, found in their text."""

from __future__ import annotations

import re

from resim_inspect.text import clean

_TAG = re.compile(r"\{%-?\s*(assign|for|tablerow|endfor|endtablerow)\b\s*([\w-]*)")
_JSON = re.compile(r"\{[{%](?:(?![%}]\}).)*\|\s*json\b", re.DOTALL)


_MAX_NAMED = 4
"""Places that are named."""


def lost_on_server(template: str) -> str:
    """Return sentences about idioms that the server is known not to support; empty for none.

    These are variables that one pass of a loop sets for the next one, and the filter `json`.
    """
    sentences = []
    lost = _lost_variables(template)
    if lost:
        names = _some([f"“{clean(name, 40)}” (line {line})" for name, line in lost])
        verb = "is" if len(lost) == 1 else "are"
        sentences.append(
            f"{names} {verb} assigned within a loop, and ReSim's server forgets such a value at "
            "the end of each pass: write separators by forloop.first instead."
        )
    places = [str(_line(template, match.end())) for match in _JSON.finditer(template)]
    if places:
        word = "line" if len(places) == 1 else "lines"
        sentences.append(
            f"The server has no filter “json” ({word} {_some(places)}): it returns its "
            "input, so that texts have no quotes."
        )
    return " ".join(sentences)


def _lost_variables(template: str) -> list[tuple[str, int]]:
    """Variables, with the line, that are set within a loop after they were read or set there."""
    starts: list[int] = []
    lost: dict[str, int] = {}
    for match in _TAG.finditer(template):
        tag, name = match[1], match[2]
        if tag.startswith("end"):
            del starts[-1:]
        elif tag != "assign":
            starts.append(match.end())
        elif starts and name not in lost:
            before = template[starts[0] : match.start()]
            if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w-])", before):
                lost[name] = _line(template, match.start())
    return list(lost.items())


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - _MAX_NAMED:,} more" if len(texts) > _MAX_NAMED else ""
    return ", ".join(texts[:_MAX_NAMED]) + more


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
