"""Reports as Markdown, small enough for a step summary or a comment on a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import WORST_FIRST, MetricStatus, worst_status
from resim_inspect.document.model import Metric
from resim_inspect.document.opening import open_document
from resim_inspect.document.summary import headline, headline_with_limits
from resim_inspect.export.document_rows import JobFile
from resim_inspect.export.omissions import Omissions
from resim_inspect.export.report.overview import (
    JobOverview,
    failing_counts,
    job_overviews,
)
from resim_inspect.export.survey import CACHE_BYTES, survey
from resim_inspect.markdown import MAX_BYTES, append_table, code, size_of
from resim_inspect.text import count
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Finding, Severity

_ELSEWHERE = "`--format html` has them all"
_FAILING_HEAD = ("| | fails | value | type |", "|---|---|---|---|")
_METRICS_HEAD = ("| | metric | value | type |", "|---|---|---|---|")
_FINDINGS_HEAD = ("| | rule | where | what |", "|---|---|---|---|")
_JOBS_HEAD = ("| | job | fails |", "|---|---|---|")
_BATCH_HEAD = ("| metric | fails in | jobs |", "|---|---|---|")
_MAX_NAMES = 8
_REST = 400
"""Bytes for the lines that count what does not fit."""


def markdown_report(
    jobs: Sequence[JobFile], title: str, query: str, omissions: Omissions
) -> tuple[str, int]:
    """A report of at most MAX_BYTES, and the number of jobs in it.

    Jobs that cannot be read are recorded in `omissions`. Raises ExportError and QueryError.
    """
    job_survey = survey(jobs, query, omissions)
    if len(jobs) == 1:
        job = job_survey.jobs[0]
        with open_document(job.path, cache_bytes=CACHE_BYTES) as document:
            lines = _single(document, title, job_survey.positions(job))
    else:
        lines = _batch(job_overviews(jobs, job_survey, omissions), title)
    return "\n".join(lines).rstrip("\n") + "\n", len(job_survey.jobs)


def _word(status: MetricStatus | None) -> str:
    if status is None:
        return "no metrics"
    return f"{status.symbol} {status.name if status else 'no status'}"


def _counts(statuses: Counter[MetricStatus], noun: str) -> str:
    parts = [count(statuses.total(), noun)]
    parts += [f"{_word(status)} {statuses[status]:,}" for status in WORST_FIRST if statuses[status]]
    return ", ".join(parts)


def _single(document: Document, title: str, selected: frozenset[int] | None) -> list[str]:
    order = document.display_order()
    metrics = [document.metrics[at] for at in order if selected is None or at in selected]
    failing = sorted(
        (metric for metric in metrics if metric.status.fails),
        key=lambda metric: -metric.status.rank,
    )
    lines = [f"### {code(title)}: {_word(document.verdict)}", ""]
    lines += [APPROXIMATE_NOTE, ""] if is_approximate(document) else []
    lines += [_counts(Counter(metric.status for metric in metrics), "metric"), ""]
    room = (MAX_BYTES - _REST) // 3
    rows = (_metric_row(document, metric, limits=True) for metric in failing)
    append_table(lines, _FAILING_HEAD, rows, len(failing), room, _ELSEWHERE)
    findings = [
        finding for finding in validate(document).findings if finding.severity is not Severity.INFO
    ]
    append_table(
        lines, _FINDINGS_HEAD, map(_finding_row, findings), len(findings), room, _ELSEWHERE
    )
    others = [metric for metric in metrics if not metric.status.fails]
    rows = (_metric_row(document, metric, limits=False) for metric in others)
    left = MAX_BYTES - _REST - size_of(lines)
    append_table(lines, _METRICS_HEAD, rows, len(others), left, _ELSEWHERE)
    return lines


def _metric_row(document: Document, metric: Metric, *, limits: bool) -> str:
    value = (headline_with_limits if limits else headline)(document, metric)
    name = code(metric.name) or "(no name)"
    return f"| {_word(metric.status)} | {name} | {code(value)} | {metric.type.label} |"


def _finding_row(finding: Finding) -> str:
    where, message = code(finding.where), code(finding.message, 200)
    return (
        f"| {finding.severity.symbol} {finding.severity} | {finding.rule} | {where} | {message} |"
    )


def _batch(jobs: Sequence[JobOverview], title: str) -> list[str]:
    known = [job.verdict for job in jobs if job.verdict is not None]
    lines = [f"### {code(title)}: {_word(worst_status(known))}", "", _counts(Counter(known), "job")]
    if len(known) < len(jobs):
        lines[-1] += f", {len(jobs) - len(known):,} without metrics"
    lines.append("")
    lines += [APPROXIMATE_NOTE, ""] if any(job.approximate for job in jobs) else []
    room = (MAX_BYTES - _REST) // 3
    failing = failing_counts(jobs)
    rows = (_failing_row(jobs, name, numbers) for name, numbers in failing.items())
    append_table(lines, _BATCH_HEAD, rows, len(failing), room, _ELSEWHERE)
    ranked = sorted(jobs, key=lambda job: -(job.verdict.rank if job.verdict is not None else 9))
    left = MAX_BYTES - _REST - size_of(lines)
    append_table(lines, _JOBS_HEAD, map(_job_row, ranked), len(ranked), left, _ELSEWHERE)
    return lines


def _failing_row(jobs: Sequence[JobOverview], name: str, numbers: Sequence[int]) -> str:
    shown = ", ".join(_names(code(jobs[number].name, 40) for number in numbers))
    return f"| {code(name) or '(no name)'} | {count(len(numbers), 'job')} | {shown} |"


def _job_row(job: JobOverview) -> str:
    failing = [name for name, cell in job.cells.items() if cell.status.fails]
    text = ", ".join(_names(code(name, 60) or "(no name)" for name in failing))
    if job.verdict is None:
        text = code(job.note, 200)
    return f"| {_word(job.verdict)} | {code(job.name)} | {text} |"


def _names(names: Iterator[str]) -> Iterator[str]:
    """Yield the first names, and the number of the others."""
    listed = list(names)
    yield from listed[:_MAX_NAMES]
    if len(listed) > _MAX_NAMES:
        yield f"{len(listed) - _MAX_NAMES:,} more"
