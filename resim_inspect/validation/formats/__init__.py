"""Output formats of findings: text, JSON, and those of CI systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO

from resim_inspect.errors import (
    DocumentError,
    EmptyFileError,
    TooLargeError,
    TruncatedError,
    UnreadableError,
)
from resim_inspect.schemas.window import UNBOUNDED, Bounds
from resim_inspect.validation.findings import Finding, Report, Rule
from resim_inspect.validation.rules.file import FILE_TOO_LARGE, FILE_UNREADABLE


class Result(NamedTuple):
    """One file and its findings. For a file that cannot be read one of them is the reason.

    A file of which only some figures cannot be read has the findings about the rest too.
    """

    path: Path
    readable: bool
    report: Report
    is_checked: bool = True
    """False if rules that decide about the file could not run; a finding says why."""
    rules: Mapping[str, Rule] | None = None
    """Rules of the findings by code; None for those of metrics files."""

    @property
    def valid(self) -> bool:
        """True if ReSim accepts the file: for a metrics file, its official validator."""
        return self.readable and self.is_checked and self.report.valid


class OutputOptions(NamedTuple):
    """Options of all formats; each uses what it needs."""

    strict: bool = False
    """True if a file with warnings fails too."""
    bounds: Bounds = UNBOUNDED
    """Bounds of the document of JSON."""


DEFAULTS = OutputOptions()


class Format(Protocol):
    """Interface of the modules with the formats for programs."""

    def write(
        self, results: Sequence[Result], stream: TextIO, options: OutputOptions = DEFAULTS
    ) -> None:
        """Write the results to the stream."""


def sentence(message: str) -> str:
    """A finding's message with the full stop that it leaves out."""
    return message if message.endswith((".", "!", "?", "…")) else message + "."


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding for JSON; texts are as in the file."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "where": finding.where,
        "message": finding.message,
        "hint": finding.hint,
    }


def unreadable(path: Path, error: DocumentError, edition: str) -> Result:
    """The result for a file that could not be read."""
    if isinstance(error, EmptyFileError | TruncatedError):
        hint = "Wait until it is written to its end, or copy it again."
    elif isinstance(error, TooLargeError):
        hint = "Store fewer samples, or spread the metrics over several jobs."
    elif isinstance(error, UnreadableError):
        hint = "Name a metrics.binproto, or a folder that has one."
    else:
        hint = "Name a metrics.binproto as a metrics build writes it."
    rule = FILE_TOO_LARGE if isinstance(error, TooLargeError) else FILE_UNREADABLE
    message = error.problem if error.about_file else str(error)
    finding = Finding(rule.code, rule.severity, "file", message, hint)
    return Result(path, False, Report(edition, (finding,)))
