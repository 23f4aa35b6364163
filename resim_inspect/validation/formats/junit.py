"""Findings as JUnit XML, which every CI system reads: one test case for each file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from resim_inspect.text import clean
from resim_inspect.validation.findings import Finding, Severity
from resim_inspect.validation.formats import DEFAULTS, OutputOptions, Result, sentence


def write(results: Sequence[Result], stream: TextIO, options: OutputOptions = DEFAULTS) -> None:
    """Write one suite: an invalid file fails, an unreadable one is an error."""
    failing = [_failing(result, options.strict) for result in results]
    failures = sum(
        bool(failing_findings)
        for result, failing_findings in zip(results, failing, strict=True)
        if result.readable
    )
    errors = sum(not result.readable for result in results)
    counts = f'tests="{len(results)}" failures="{failures}" errors="{errors}"'
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(f'<testsuites name="resim-inspect validate" {counts}>\n')
    stream.write(f'  <testsuite name="resim-inspect validate" {counts} skipped="0">\n')
    for result, failing_findings in zip(results, failing, strict=True):
        _case(result, failing_findings, stream)
    stream.write("  </testsuite>\n</testsuites>\n")


def _failing(result: Result, strict: bool) -> list[Finding]:
    bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    failing = [finding for finding in result.report.findings if finding.severity in bad]
    # A file that could not be checked is not called valid, and its findings say why.
    return failing if failing or result.is_checked else list(result.report.findings)


def _case(result: Result, failing: list[Finding], stream: TextIO) -> None:
    name = escape(str(result.path))
    rest = [finding for finding in result.report.findings if finding not in failing]
    stream.write(f'    <testcase classname="{_kind(result)}" name="{name}"')
    if not failing and not rest:
        stream.write("/>\n")
        return
    stream.write(">\n")
    if failing:
        tag = "failure" if result.readable else "error"
        first = failing[0]
        more = f" (and {len(failing) - 1:,} more)" if len(failing) > 1 else ""
        message = escape(f"{first.where}: {first.message}{more}")
        stream.write(f'      <{tag} type="{escape(first.rule)}" message="{message}">')
        stream.write("\n".join(map(_line, failing)))
        stream.write(f"</{tag}>\n")
    if rest:
        stream.write("      <system-out>")
        stream.write("\n".join(map(_line, rest)))
        stream.write("</system-out>\n")
    stream.write("    </testcase>\n")


def _kind(result: Result) -> str:
    if result.rules is None:
        return "metrics.binproto"
    return "emissions" if result.path.name.endswith(".jsonl") else "metrics config"


def _line(finding: Finding) -> str:
    head = f"{finding.severity.value} {finding.rule} {finding.where}"
    return escape(f"{head}: {sentence(finding.message)} {finding.hint}")


def escape(text: str) -> str:
    """Text for XML, in an attribute or between tags; what XML cannot hold is replaced."""
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")
