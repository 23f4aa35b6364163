"""A finding: what is wrong, where, how bad, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """ERROR: the official validator rejects the file; it has no WARNING and no INFO."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Rank, the worst highest: ERROR 3, WARNING 2, INFO 1."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}


class Target(NamedTuple):
    """What a finding is about, for a program to go to."""

    kind: str
    """`file`, `metric`, `data` or `event`."""
    position: int = 0
    """The place in the file of that metric, data or event, from 0."""


class Finding(NamedTuple):
    """One thing that a rule found. Texts are raw: escape them for where they go."""

    rule: str
    severity: Severity
    where: str
    """For people: `metrics["Detection latency"].values.statuses[1]`."""
    message: str
    hint: str
    target: Target = Target("file")


class Report(NamedTuple):
    """What validation says about one document."""

    edition: str
    findings: Sequence[Finding]

    @property
    def valid(self) -> bool:
        """Whether the official validator of this edition accepts the document."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity is severity for finding in self.findings)
