"""Findings for people: grouped by file, coloured where the terminal has colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from resim_inspect.text import clean, count
from resim_inspect.validation.findings import Finding, Severity
from resim_inspect.validation.formats import Result, sentence

Paint = Callable[[str, str], str]

SEVERITY_SGR = {Severity.ERROR: "1;31", Severity.WARNING: "33", Severity.INFO: "34"}
_DIM, _BOLD, _RED, _GREEN = "2", "1", "31", "32"
MAX_PER_RULE = 20
"""Findings of one rule that are shown for a file; the rest are counted."""


def file_lines(result: Result, *, color: bool = False) -> Iterator[str]:
    """The lines for one file: what it is, then each finding with its hint."""
    paint = paint_function(color)
    report = result.report
    path = clean(str(result.path))
    if not result.readable and report.findings[0].where == "file":
        yield f"{paint('E', '1;31')} {paint(path, _BOLD)} {clean(report.findings[0].message)}"
        yield f"    {paint(clean(report.findings[0].hint), _DIM)}"
        return
    if not result.is_checked and report.valid:
        verdict = paint("? not fully checked", "33")
    elif report.valid:
        verdict = paint("✓ valid", _GREEN)
    else:
        verdict = paint("✗ invalid" if result.readable else "✗ unreadable", _RED)
    counts = ", ".join(
        severity.counted(report.count(severity)) for severity in Severity if report.count(severity)
    )
    yield f"{paint(path, _BOLD)}  {verdict}" + (f"  {counts}" if counts else "")
    shown: dict[str, int] = {}
    width = max((len(finding.rule) for finding in report.findings), default=0)
    for finding in report.findings:
        shown[finding.rule] = shown.get(finding.rule, 0) + 1
        if shown[finding.rule] <= MAX_PER_RULE:
            yield from _finding(finding, width, paint)
    for rule, number in shown.items():
        if number > MAX_PER_RULE:
            more = f"{number - MAX_PER_RULE:,} more of {rule}"
            yield f"  … {paint(more + '; --format json has them all', _DIM)}"


def _finding(finding: Finding, width: int, paint: Paint) -> Iterator[str]:
    mark = paint(finding.severity.symbol, SEVERITY_SGR[finding.severity])
    rule = paint(f"{finding.rule:{width}}", SEVERITY_SGR[finding.severity])
    yield f"  {mark} {rule}  {paint(clean(finding.where, 160), _BOLD)}"
    yield f"      {sentence(clean(finding.message, 600))} {paint(clean(finding.hint), _DIM)}"


def summary(results: Sequence[Result]) -> str:
    """One line about several files: `12 files: 10 valid, 2 invalid; 3 errors`."""
    valid = sum(result.valid for result in results)
    unread = sum(not result.readable for result in results)
    parts = [f"{valid:,} valid"]
    unchecked = sum(not result.is_checked and result.report.valid for result in results)
    if len(results) - valid - unread - unchecked:
        parts.append(f"{len(results) - valid - unread - unchecked:,} invalid")
    if unchecked:
        parts.append(f"{unchecked:,} not fully checked")
    if unread:
        parts.append(f"{unread:,} unreadable")
    phrases = []
    for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning")):
        number = sum(result.report.count(severity) for result in results if result.readable)
        if number:
            phrases.append(count(number, noun))
    text = f"{count(len(results), 'file')}: {', '.join(parts)}"
    return text + (f"; {', '.join(phrases)}" if phrases else "")


def paint_function(color: bool) -> Paint:
    """Return a function that puts a text into SGR codes; without colour it changes nothing."""
    return _paint if color else _plain


def _plain(text: str, _: str) -> str:
    return text


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if text else ""
