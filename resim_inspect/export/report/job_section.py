"""The part of a page about one job: verdict, what fails, its metrics, events and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import WORST_FIRST, MetricStatus
from resim_inspect.document.model import Metric
from resim_inspect.document.summary import headline, headline_with_limits
from resim_inspect.export.report.events import events_html
from resim_inspect.export.report.findings import findings_html
from resim_inspect.export.report.markup import escaped, scrolling_table, status_badge
from resim_inspect.export.report.metric_cards import metric_card, metric_name
from resim_inspect.export.report.page import Page
from resim_inspect.text import clean, count, size

DIRECT_CARDS = 150
"""Metrics up to which all cards are plain parts of the page; more are made when they come near."""
_CHUNK = 40
"""Cards that are made at once."""
_CHUNK_HEIGHT = 8_000
"""Pixels that a part takes before it is made."""
_MAX_FAILING = 200


def job_section(
    page: Page,
    document: Document,
    name: str,
    number: int,
    selected: frozenset[int] | None,
) -> Iterator[str]:
    """Yield the HTML about a job; `number` is its position among the jobs of the page.

    Raises DocumentError where the file cannot be read to its end.
    """
    order = document.display_order()
    metrics = [document.metrics[at] for at in order if selected is None or at in selected]
    anchors = {metric.position: f"j{number}-c{at}" for at, metric in enumerate(metrics)}
    yield f'<section aria-label="{escaped(name, 200)}" id="j{number}">'
    yield from _header(document, name, len(metrics))
    if metrics:
        yield _failing(document, metrics, anchors)
        yield _contents(document, metrics, anchors)
        yield "<h3>Metrics</h3>"
    yield '<div class="cards">'
    if len(metrics) <= DIRECT_CARDS:
        for metric in metrics:
            yield metric_card(page, document, metric, anchors[metric.position])
    else:
        for start in range(0, len(metrics), _CHUNK):
            part = metrics[start : start + _CHUNK]
            cards = [
                metric_card(page, document, metric, anchors[metric.position]) for metric in part
            ]
            positions = range(start, start + len(part))
            yield page.chunk("".join(cards), f"j{number}", positions, _CHUNK_HEIGHT)
    yield "</div>"
    yield events_html(page, document)
    yield findings_html(document)
    yield "</section>\n"


def _header(document: Document, name: str, shown: int) -> Iterator[str]:
    yield f"<h2>{escaped(name)} {status_badge(document.verdict)}</h2>"
    if is_approximate(document):
        yield f'<p class="facts"><strong>{escaped(APPROXIMATE_NOTE)}</strong></p>'
    statuses = Counter(
        MetricStatus(metric.status) for metric in document.message.job_level_metrics.metrics
    )
    ranked = [status for status in WORST_FIRST if status in statuses]
    ranked += [status for status in statuses if status not in ranked]
    facts = [
        f"{status.symbol} {status.name if status else 'no status'} {statuses[status]:,}"
        for status in ranked
    ]
    total = len(document.metrics)
    metrics = count(total, "metric")
    facts.append(metrics if shown == total else f"{shown:,} of {metrics} by the filter")
    facts += [count(len(document.events), "event"), size(document.size)]
    if document.job_id:
        facts.append(f"job {clean(document.job_id, 80)}")
    if document.path is not None:
        facts.append(str(document.path))
    yield f'<p class="facts">{"".join(f"<span>{escaped(fact)}</span>" for fact in facts)}</p>'


def _failing(document: Document, metrics: Sequence[Metric], anchors: dict[int, str]) -> str:
    failing = [metric for metric in metrics if metric.status.fails]
    # Stable: within a status the order of display stays.
    failing.sort(key=lambda metric: -metric.status.rank)
    if not failing:
        if document.verdict.fails:
            text = "No metric shown here fails; the verdict is the file's own status."
            return f'<p class="note">{text}</p>'
        return '<p class="note">No metric fails.</p>'
    items = "".join(
        f"<li>{status_badge(metric.status)} "
        f'<a href="#{anchors[metric.position]}">{escaped(metric_name(metric), 300)}</a> '
        f'<span class="dim">{escaped(headline_with_limits(document, metric))}</span></li>'
        for metric in failing[:_MAX_FAILING]
    )
    more = len(failing) - _MAX_FAILING
    note = f'<p class="note">Not listed: {count(more, "more metric")}.</p>' if more > 0 else ""
    return f'<section class="failing"><h3>What fails</h3><ol>{items}</ol>{note}</section>'


def _contents(document: Document, metrics: Sequence[Metric], anchors: dict[int, str]) -> str:
    rows = "".join(
        f'<tr data-search="{escaped(_row_text(metric), 300)}">'
        f"<td>{status_badge(metric.status)}</td>"
        f'<th scope="row"><a href="#{anchors[metric.position]}">{escaped(metric_name(metric))}</a>'
        f"</th><td>{escaped(headline(document, metric))}</td>"
        f"<td>{escaped(metric.type.label)}</td></tr>"
        for metric in metrics
    )
    listed = scrolling_table("All metrics", ("status", "name", "value", "type"), rows)
    return (
        f'<details class="contents"><summary>All {count(len(metrics), "metric")} as a list'
        f"</summary>{listed}</details>"
    )


def _row_text(metric: Metric) -> str:
    return f"{metric_name(metric)} {metric.status.name} {metric.type.label}".lower()
