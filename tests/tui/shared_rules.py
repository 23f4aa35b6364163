"""Work of Textual that tests of the app can do without: rules of CSS parsed once in a process,
where it parses them for each app and theme again, and strips without caches."""

from __future__ import annotations

from typing import Any

import pytest
from textual import strip
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


class NoCache:
    """A cache that keeps nothing."""

    def get(self, key: object, default: Any = None) -> Any:
        """Return the default."""
        return default

    def __setitem__(self, key: object, value: object) -> None:
        pass


def drop_strip_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let strips have one cache in common that keeps nothing.

    Textual gives each piece of each row seven caches, for frames that follow: a test draws few, and
    making and collecting those objects took a sixth of its time.
    """
    nothing = NoCache()
    monkeypatch.setattr(strip, "FIFOCache", lambda _: nothing)
