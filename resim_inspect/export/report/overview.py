"""The first page of a batch: a table of its jobs and their metrics, and what fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import WORST_FIRST, MetricStatus, worst_status
from resim_inspect.document.opening import open_document
from resim_inspect.document.summary import headline
from resim_inspect.errors import DocumentError
from resim_inspect.export.document_rows import JobFile
from resim_inspect.export.omissions import Omissions
from resim_inspect.export.report.markup import escaped, status_badge, status_class
from resim_inspect.export.survey import CACHE_BYTES, Survey
from resim_inspect.export.wide import SCALARS
from resim_inspect.text import clean, count

MAX_CELLS = 60_000
"""Cells of the table; a batch with more metrics has fewer columns."""
MAX_COLUMNS = 80
_MAX_FAILING = 100
_MAX_JOBS = 5
"""Jobs that are named of those in which a metric fails."""


class JobCell(NamedTuple):
    """A metric of a job: its status and its value in one line."""

    status: MetricStatus
    text: str


class JobOverview(NamedTuple):
    """A job as the first page has it."""

    name: str
    verdict: MetricStatus | None
    """None if its metrics cannot be read."""
    note: str
    """Reason why they cannot be read."""
    cells: dict[str, JobCell]
    """Metrics by name."""
    approximate: bool = False
    """True if the metrics were evaluated here from emissions."""


def _job_overview(document: Document, name: str, selected: frozenset[int] | None) -> JobOverview:
    """Read the statuses of a job's metrics, and the values of those that are one number."""
    cells: dict[str, JobCell] = {}
    for position in document.display_order():
        if selected is not None and position not in selected:
            continue
        metric = document.metrics[position]
        if metric.event_metric or metric.name in cells:
            continue
        text = headline(document, metric) if metric.type in SCALARS else ""
        cells[metric.name] = JobCell(metric.status, text)
    return JobOverview(name, document.verdict, "", cells, is_approximate(document))


def job_overviews(
    jobs: Sequence[JobFile], job_survey: Survey, omissions: Omissions
) -> list[JobOverview]:
    """Read all jobs one after the other; the reason stands in place of one that is unreadable."""
    rows = []
    for job in jobs:
        row = JobOverview(job.name, None, job_survey.notes.get(job.name, ""), {})
        if job.name not in job_survey.notes:
            try:
                with open_document(job.path, cache_bytes=CACHE_BYTES) as document:
                    row = _job_overview(document, job.name, job_survey.positions(job))
            except DocumentError as error:
                omissions.error(job.name, error.sentence)
                row = row._replace(note=str(error))
        rows.append(row)
    return rows


def overview_html(jobs: Sequence[JobOverview]) -> Iterator[str]:
    """Yield the first page. Numbers in links are positions among `jobs`."""
    known = [job.verdict for job in jobs if job.verdict is not None]
    verdicts = Counter(job.verdict for job in jobs)
    facts = [count(len(jobs), "job")]
    facts += [
        f"{status.symbol} {status.name if status else 'no status'} {verdicts[status]:,}"
        for status in WORST_FIRST
        if verdicts[status]
    ]
    if verdicts[None]:
        facts.append(f"{verdicts[None]:,} without metrics")
    if any(job.approximate for job in jobs):
        facts.append(APPROXIMATE_NOTE)
    yield '<section id="overview">'
    yield f"<h2>All jobs {status_badge(worst_status(known))}</h2>"
    yield f'<p class="facts">{"".join(f"<span>{escaped(fact)}</span>" for fact in facts)}</p>'
    yield from _failing(jobs)
    yield from _table(jobs)
    yield "</section>\n"


def failing_counts(jobs: Sequence[JobOverview]) -> dict[str, list[int]]:
    """Positions of the jobs in which each metric fails: those that block in most jobs first."""
    jobs_of: dict[str, list[int]] = {}
    blocking: Counter[str] = Counter()
    for number, job in enumerate(jobs):
        for name, cell in job.cells.items():
            if cell.status.fails:
                jobs_of.setdefault(name, []).append(number)
                blocking[name] += cell.status is MetricStatus.FAIL_BLOCK
    ranked = sorted(jobs_of, key=lambda name: (-blocking[name], -len(jobs_of[name])))
    return {name: jobs_of[name] for name in ranked}


def _failing(jobs: Sequence[JobOverview]) -> Iterator[str]:
    """Yield the metrics that fail anywhere, those of most jobs first."""
    failing = failing_counts(jobs)
    if not failing:
        yield '<p class="note">No metric fails.</p>'
        return
    yield '<section class="failing"><h3>What fails</h3><ol>'
    for name, numbers in list(failing.items())[:_MAX_FAILING]:
        counts = Counter(jobs[number].cells[name].status for number in numbers)
        badges = " ".join(
            status_badge(status, f"{status.name} {count(number, 'job')}")
            for status, number in sorted(counts.items(), key=lambda pair: -pair[0].rank)
        )
        links = ", ".join(
            f'<a href="#j{number}">{escaped(jobs[number].name, 60)}</a>'
            for number in numbers[:_MAX_JOBS]
        )
        more = len(numbers) - _MAX_JOBS
        links += f" and {more:,} more" if more > 0 else ""
        shown = escaped(name, 300) or "(no name)"
        yield f'<li>{badges} {shown} <span class="dim">{links}</span></li>'
    yield "</ol>"
    if len(failing) > _MAX_FAILING:
        others = count(len(failing) - _MAX_FAILING, "more metric")
        yield f'<p class="note">Not listed: {others}.</p>'
    yield "</section>"


def _columns(jobs: Sequence[JobOverview]) -> tuple[list[str], int]:
    """The names that have a column, and the number of those that have none."""
    ranks: dict[str, int] = {}
    uses: Counter[str] = Counter()
    for job in jobs:
        for name, cell in job.cells.items():
            rank = cell.status.rank if cell.status.fails else 0
            ranks[name] = max(ranks.get(name, 0), rank)
            uses[name] += 1
    ranked = sorted(ranks, key=lambda name: (-ranks[name], -uses[name]))
    most = max(5, min(MAX_COLUMNS, MAX_CELLS // max(1, len(jobs))))
    return ranked[:most], max(0, len(ranked) - most)


def _table(jobs: Sequence[JobOverview]) -> Iterator[str]:
    columns, left_off = _columns(jobs)
    heads = "".join(f'<th scope="col">{escaped(name, 80) or "(no name)"}</th>' for name in columns)
    yield '<h3>Jobs and metrics</h3><div class="scroll" tabindex="0" role="region" '
    yield 'aria-label="Jobs and metrics"><table class="jobs"><thead><tr><th scope="col">job</th>'
    yield f'<th scope="col">verdict</th>{heads}</tr></thead><tbody>'
    for number, job in enumerate(jobs):
        verdict = "no metrics" if job.verdict is None else job.verdict.name
        search = escaped(f"{job.name} {verdict}".lower(), 400)
        yield f'<tr data-search="{search}">'
        if job.verdict is None:
            yield f'<th scope="row">{escaped(job.name, 200)}</th><td>{status_badge(None)}</td>'
            yield f'<td colspan="{max(1, len(columns))}">{escaped(job.note, 300)}</td></tr>'
            continue
        yield f'<th scope="row"><a href="#j{number}">{escaped(job.name, 200)}</a></th>'
        yield f"<td>{status_badge(job.verdict)}</td>"
        for name in columns:
            cell = job.cells.get(name)
            if cell is None:
                yield "<td></td>"
                continue
            yield f'<td class="{status_class(cell.status)}" title="{cell.status.name}">'
            yield f"{cell.status.symbol} {escaped(cell.text, 40)}</td>"
        yield "</tr>\n"
    yield "</tbody></table></div>"
    if left_off:
        text = f"{count(left_off, 'more metric')} without a column; each job's page has all."
        yield f'<p class="note">{clean(text)}</p>'
