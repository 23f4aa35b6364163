"""Findings as GitHub workflow commands, which become annotations of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from resim_inspect.text import clean
from resim_inspect.validation.findings import Severity
from resim_inspect.validation.formats import DEFAULTS, OutputOptions, Result, sentence

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(
    results: Sequence[Result],
    stream: TextIO,
    options: OutputOptions = DEFAULTS,  # noqa: ARG001 - has warnings as warnings either way
) -> None:
    """Write one command for each finding; nothing of a file can begin one of its own."""
    for result in results:
        for finding in result.report.findings:
            text = f"{finding.where}: {sentence(finding.message)} {finding.hint}"
            line = f"line={finding.line}," if finding.line else ""
            stream.write(
                f"::{_COMMANDS[finding.severity]} file={property_(str(result.path))},{line}"
                f"title={property_(finding.rule)}::{data(text)}\n"
            )


def data(text: str) -> str:
    """Text as the message of a workflow command."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_(text: str) -> str:
    """Text as a property of a workflow command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
