"""Comparisons as JUnit XML: one suite a side, one test case a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from resim_inspect.commands.compare_output import OutputOptions, approximate_words, listed
from resim_inspect.comparison.cells import delta_text, shown_name
from resim_inspect.comparison.changes import Change, Comparison, Reading, VerdictChange
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.gate import fails, verdict_fails
from resim_inspect.validation.formats.junit import escape


def write(comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions) -> None:
    """Write all suites: what fails the comparison is a failure, an unreadable job an error."""
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write('<testsuites name="resim-inspect compare">\n')
    for comparison in comparisons:
        _suite(comparison, stream, options)
    stream.write("</testsuites>\n")


def _suite(comparison: Comparison, stream: TextIO, options: OutputOptions) -> None:
    changes = listed(comparison, options).changes
    verdicts = [
        verdict
        for verdict in comparison.verdicts
        if verdict.direction is not Direction.SAME or not options.only_changes
    ]
    failures = sum(fails(change, options.fail_on) for change in changes)
    failures += sum(verdict_fails(verdict, options.fail_on) for verdict in verdicts)
    errors = len(comparison.errors)
    tests = len(changes) + len(verdicts) + errors
    name = escape(f"{comparison.before} → {comparison.after}")
    stream.write(
        f'  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="{errors}" '
        'skipped="0">\n'
    )
    if comparison.approximate:
        note = escape(approximate_words(comparison))
        stream.write(
            f'    <properties><property name="approximate" value="{note}"/></properties>\n'
        )
    for error in comparison.errors:
        message = escape(f"{error.side}: {error.message}")
        _case(stream, error.job, "metrics file", f'<error message="{message}"/>')
    for verdict in verdicts:
        failing = verdict_fails(verdict, options.fail_on)
        _case(stream, verdict.job, "verdict", _verdict_outcome(verdict, failing))
    for change in changes:
        _case(stream, change.job, _name(change), _outcome(change, options.fail_on))
    stream.write("  </testsuite>\n")


def _case(stream: TextIO, job: str, name: str, outcome: str) -> None:
    head = f'    <testcase classname="{escape(job or "metrics.binproto")}" name="{escape(name)}"'
    stream.write(f"{head}>{outcome}</testcase>\n" if outcome else f"{head}/>\n")


def _name(change: Change) -> str:
    name = shown_name(change)
    return f"{name} ({change.event})" if change.event else name


def _verdict_outcome(verdict: VerdictChange, failing: bool) -> str:
    text = escape(f"{verdict.before.name} → {verdict.after.name}")
    if failing:
        return f'<failure type="{verdict.direction.value}" message="{text}"/>'
    return f"<system-out>{text}</system-out>" if verdict.direction is not Direction.SAME else ""


def _outcome(change: Change, fail_on: str) -> str:
    if change.direction is Direction.SAME:
        return ""
    values = f"{_side(change.before)} → {_side(change.after)}"
    delta = delta_text(change)
    head = escape(f"{change.direction.value}: {values}" + (f" ({delta})" if delta else ""))
    body = "\n".join(map(escape, (*change.why, *change.details)))
    if fails(change, fail_on):
        return f'<failure type="{change.direction.value}" message="{head}">{body}</failure>'
    return f"<system-out>{head}\n{body}</system-out>"


def _side(reading: Reading | None) -> str:
    if reading is None:
        return "none"
    status = reading.status.name if reading.status else ""
    return " ".join(part for part in (status, reading.measured.text) if part) or "none"
