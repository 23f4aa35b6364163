"""Findings, and the rules and severities that they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import ModuleType
from typing import NamedTuple

from resim_inspect.text import count


class Severity(StrEnum):
    """ERROR: the official validator rejects the file; it has no WARNING and no INFO."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Rank, the worst highest: ERROR 3, WARNING 2, INFO 1."""
        return _RANKS[self]

    @property
    def symbol(self) -> str:
        """One character: `E W i`."""
        return _SYMBOLS[self]

    def counted(self, number: int, adjective: str = "") -> str:
        """A number of findings in words: `1 error`, `2 new warnings`, `3 info`."""
        noun = f"{adjective} {self.value}".lstrip()
        return count(number, noun, noun if self is Severity.INFO else None)


_RANKS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}
_SYMBOLS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "i"}


class Rule(NamedTuple):
    """A rule: its code, how severe a breach is, and its documentation.

    The examples are lines of `place = value`, applied to a small valid document: the bad
    ones give a finding of exactly this rule, the good ones none.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    bad: tuple[str, ...] = ()
    """Empty where no edit of a document can break the rule."""
    good: tuple[str, ...] = ()
    since: str = ""
    """The first release that checks it; empty: all do."""
    until: str = ""
    """The first release that no longer checks it; empty: the newest does."""


def rules_of(modules: Iterable[ModuleType]) -> Mapping[str, Rule]:
    """Collect the rules of modules by code, the most severe first.

    Raises ValueError for a code that two rules have.
    """
    rules: dict[str, Rule] = {}
    for module in modules:
        for value in vars(module).values():
            # A rule that a module imports from another is the same object.
            if isinstance(value, Rule) and rules.setdefault(value.code, value) is not value:
                raise ValueError(f"two rules have the code {value.code}")
    return dict(sorted(rules.items(), key=lambda item: -item[1].severity.rank))


class Target(NamedTuple):
    """Object that a finding is about, for programs to navigate to."""

    kind: str
    """`file`, `metric`, `data` or `event`."""
    position: int = 0
    """The place in the file of that metric, data or event, from 0."""


class Finding(NamedTuple):
    """One breach of a rule. Texts are raw: escape them for the place they go to."""

    rule: str
    """The code of the rule."""
    severity: Severity
    where: str
    """Path of the value: `metrics["Detection latency"].values.statuses[1]`."""
    message: str
    """Problem, mostly without its subject, which is `where`: `has no values`."""
    hint: str
    target: Target = Target("file")
    line: int = 0
    """Line of a text file, from 1; 0 for the whole file and for files without lines."""
    field_number: int = 0
    """Number of the unknown field of `where` that it is about; 0 for other findings."""


class Report(NamedTuple):
    """The findings about one document by the rules of one edition."""

    edition: str
    findings: Sequence[Finding]

    @property
    def valid(self) -> bool:
        """True if the official validator of this edition accepts the document."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """Number of findings of this severity."""
        return sum(finding.severity is severity for finding in self.findings)
