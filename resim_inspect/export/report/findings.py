"""The findings of the validator about a job, by rule, with the explanation of each rule."""

from __future__ import annotations

from resim_inspect.document.document import Document
from resim_inspect.export.report.markup import escaped, table
from resim_inspect.text import count
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Finding, Severity

_MAX_PER_RULE = 50
"""Findings of one rule that are listed."""
_CLASSES = {
    Severity.ERROR: "status-FAIL_BLOCK",
    Severity.WARNING: "status-FAIL_WARN",
    Severity.INFO: "status-RAW",
}


def findings_html(document: Document) -> str:
    """The section of the findings. Raises DocumentError where the file cannot be read."""
    from resim_inspect.validation.registry import RULES

    report = validate(document)
    if not report.findings:
        return "<section><h3>Findings</h3><p class=note>The validator finds nothing.</p></section>"
    verdict = "ReSim's validator accepts the file" if report.valid else "the file is invalid"
    counts = ", ".join(
        severity.counted(number) for severity in Severity if (number := report.count(severity))
    )
    by_rule: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    parts = []
    for code, findings in by_rule.items():
        severity = findings[0].severity
        rule = RULES.get(code)
        title = code if rule is None else f"{code}: {rule.title}"
        explanation = "" if rule is None else f"<p>{escaped(rule.explanation)}</p>"
        rows = [
            (finding.where, finding.message, finding.hint) for finding in findings[:_MAX_PER_RULE]
        ]
        places = table(
            count(len(findings), "place"),
            ("where", "what", "hint"),
            rows,
            left_off=max(0, len(findings) - _MAX_PER_RULE),
        )
        parts.append(
            f"<details{' open' if severity is Severity.ERROR else ''}><summary>"
            f'<span class="badge {_CLASSES[severity]}">{severity.symbol} {severity.value}</span> '
            f"{escaped(title)}, {len(findings):,}</summary>{explanation}{places}</details>"
        )
    return (
        f"<section><h3>Findings</h3><p class=facts><span>{escaped(verdict)}, edition "
        f"{escaped(report.edition)}</span><span>{counts}</span></p>{''.join(parts)}</section>"
    )
