"""Rules of CSS parsed once in a process, where Textual parses them for each app and theme anew."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_RULES: dict[tuple[Any, ...], list[RuleSet]] = {}
"""Rules by their text, its origin and the variables; nothing changes a rule that was parsed."""


def share_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all apps of a test share rules with those before: parsing is part of every start."""
    original = Stylesheet._parse_rules

    def parse_rules(sheet: Stylesheet, css: str, *place: Any, **origin: Any) -> list[RuleSet]:
        key = (css, place, *origin.items(), *sheet._variables.items())
        if key not in _RULES:
            _RULES[key] = original(sheet, css, *place, **origin)
        return _RULES[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_rules)
