"""What is said of a rule."""

from __future__ import annotations

from typing import NamedTuple

from resim_inspect.validation.findings import Severity


class Rule(NamedTuple):
    """One rule."""

    code: str
    severity: Severity
    """ERROR: ReSim's own validator rejects the file."""
    title: str
    explanation: str
    bad: tuple[str, ...] = ()
    """Empty where no edit of a document can show it."""
    good: tuple[str, ...] = ()
    since: str = ""
    """The first release that checks it; empty: all do."""
    until: str = ""
    """The first release that no longer checks it; empty: the newest does."""
