"""The card of one metric: name, status, value, what it draws, and everything else about it."""

from __future__ import annotations

from resim_inspect.charts import draw
from resim_inspect.charts.analysis.captions import caption
from resim_inspect.document.document import Document
from resim_inspect.document.model import (
    BatchwiseBarChartValues,
    ImageListValues,
    ImageValues,
    Metric,
    PlotlyValues,
    ScalarValues,
    TextValues,
)
from resim_inspect.document.summary import headline_with_limits
from resim_inspect.errors import DEEP_FIGURE, DocumentError
from resim_inspect.export.report.charts import drawing_html, notes_html
from resim_inspect.export.report.foreign import figure_html, images_html, text_html
from resim_inspect.export.report.markup import escaped, escaped_lines, status_badge, status_class
from resim_inspect.export.report.page import Page
from resim_inspect.text import clean

_DESCRIPTION = 20_000
_WIDE = (PlotlyValues, ImageListValues, TextValues, BatchwiseBarChartValues)
"""Types whose cards take the whole width of a page."""


def metric_name(metric: Metric) -> str:
    """The cleaned name, or words for an empty one."""
    return clean(metric.name) or "(no name)"


def metric_card(page: Page, document: Document, metric: Metric, anchor: str) -> str:
    """The card of a metric; what cannot be read of it is a sentence in it."""
    page.metrics += 1
    try:
        body = _body(page, document, metric)
    except DocumentError as error:
        body = notes_html([error.sentence])
    name = escaped(metric_name(metric))
    classes = ["card"]
    if isinstance(metric.values, _WIDE):
        classes.append("wide")
    if metric.status.fails:
        classes += ["fails", status_class(metric.status)]
    return (
        f'<article class="{" ".join(classes)}" id="{anchor}" data-search="{_search(metric)}">'
        f"<header><h4>{name}</h4>{status_badge(metric.status)}"
        f'<span class="kind">{escaped(_kind(metric))}</span></header>'
        f"{_headline(document, metric)}{_description(metric)}{body}{_tags(document, metric)}"
        "</article>\n"
    )


def _search(metric: Metric) -> str:
    """The text that the filter of the page searches, in lower case."""
    return escaped(f"{metric_name(metric)} {metric.status.name} {_kind(metric)}".lower(), 400)


def _kind(metric: Metric) -> str:
    kind = metric.type.label if metric.type.known else f"type {int(metric.type)}"
    parts = [kind, metric.importance.name] if metric.importance else [kind]
    parts += ["blocking"] if metric.blocking else []
    parts += ["of an event"] if metric.event_metric else []
    parts += [] if metric.shown else ["hidden"]
    return " · ".join(parts)


def _headline(document: Document, metric: Metric) -> str:
    if isinstance(metric.values, TextValues | ScalarValues | ImageValues | None):
        return ""
    return f'<p class="headline dim">{escaped(headline_with_limits(document, metric))}</p>'


def _description(metric: Metric) -> str:
    if not metric.description.strip():
        return ""
    text = escaped_lines(metric.description.strip(), _DESCRIPTION)
    return f'<p class="description">{text}</p>'


def _body(page: Page, document: Document, metric: Metric) -> str:
    if metric.position in document.deep_figures:
        return notes_html([f"The figure {DEEP_FIGURE}."])
    match metric.values:
        case PlotlyValues() as values:
            return figure_html(page, document, metric, values)
        case ImageValues() | ImageListValues() as values:
            return images_html(page, document, metric, values)
        case TextValues(text=text):
            return text_html(page, text)
    drawing = draw(document, metric)
    # A chart as SVG has its caption in it.
    size = caption(drawing) if page.interactive else ""
    return drawing_html(page, drawing) + (notes_html([size]) if size else "")


def _tags(document: Document, metric: Metric) -> str:
    parts = [f"{clean(tag.key, 80)}={clean(tag.value, 200)}" for tag in metric.tags[:50]]
    parts += [f"event {clean(event.name, 80)}" for event in document.events_of(metric)[:20]]
    return f'<p class="note">{escaped(" · ".join(parts), 3_000)}</p>' if parts else ""
