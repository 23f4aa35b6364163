"""Comparison of the validator's findings: new ones and those that are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from resim_inspect.comparison.changes import FINDING, Change, Measured, Reading
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.validation import Finding, Severity, validate


def compare_findings(pair: Pair) -> list[Change]:
    """Describe findings that only one document has.

    They are matched by rule and place; a finding that both have is not listed. A new error is
    worse, one that is gone better; a warning or info is a change.
    """
    if pair.identical and not _has_external_files(pair.before):
        return []
    before, after = pair.before, pair.after
    old, new = validate(before).findings, validate(after).findings
    gone, added = _surplus(old, new), _surplus(new, old)
    return [_change(finding, is_new=False) for finding in gone] + [
        _change(finding, is_new=True) for finding in added
    ]


def _has_external_files(document: Document) -> bool:
    """Return True if findings depend on files beside the document, too."""
    return any(message.HasField("external_file") for message in document.data_messages)


def _surplus(findings: Iterable[Finding], others: Iterable[Finding]) -> list[Finding]:
    left = Counter((finding.rule, finding.where) for finding in others)
    surplus = []
    for finding in findings:
        key = finding.rule, finding.where
        if left[key]:
            left[key] -= 1
        else:
            surplus.append(finding)
    return surplus


def _change(finding: Finding, *, is_new: bool) -> Change:
    reading = Reading(MetricStatus.UNSET, Measured(finding.severity.value))
    direction = Direction.CHANGED
    if finding.severity is Severity.ERROR:
        direction = Direction.WORSE if is_new else Direction.BETTER
    why = f"{'new' if is_new else 'gone'}: {finding.where}: {finding.message}"
    before, after = (None, reading) if is_new else (reading, None)
    return Change(finding.rule, FINDING, direction, before, after, (why,))
