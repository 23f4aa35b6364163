"""Descriptions of a metric and its data: the text of its card, and all its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.text import Text

from resim_inspect.document import Document
from resim_inspect.document.approximate import APPROXIMATE_NOTE, APPROXIMATE_TAG
from resim_inspect.document.model import (
    DoubleOverTimeValues,
    DoubleSummaryValues,
    FailureDefinition,
    Metric,
    MetricsData,
    ScalarValues,
)
from resim_inspect.errors import DocumentError
from resim_inspect.text import LIMIT_DIGITS, clean, count, full_number, number, with_unit
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.theme import BLOCKING_MARK, HIDDEN_MARK, ThemeStyles
from resim_inspect.tui.widgets.facts_text import BETWEEN_FACTS, as_fact


class Detail(NamedTuple):
    """Name and value of one field."""

    name: str
    text: str


class Limits(NamedTuple):
    """Failure definition of one series of a metric."""

    series: str
    """Name of the series, empty where there is only one."""
    definition: FailureDefinition
    unit: str


def failure_definitions(metric: Metric, document: Document | None) -> list[Limits]:
    """Failure definitions of a metric's series; without a document, units of data are not known."""
    values = metric.values
    if isinstance(values, ScalarValues):
        return [Limits("", values.failure_definition or FailureDefinition(), values.unit or "")]
    if isinstance(values, DoubleSummaryValues):
        return [Limits("", values.failure_definition, _unit(document, values.value_data))]
    if not isinstance(values, DoubleOverTimeValues):
        return []
    names, ids = values.legend_series_names, values.doubles_data
    several = len(values.failure_definitions) > 1
    lines = []
    for index, definition in enumerate(values.failure_definitions):
        name = clean(names[index], 40) if index < len(names) else f"series {index + 1}"
        unit = _unit(document, ids[index]) if index < len(ids) else ""
        lines.append(Limits(name if several else "", definition, unit))
    return lines


def _unit(document: Document | None, data_id: str) -> str:
    data = None if document is None else document.data_by_id(data_id)
    return "" if data is None else data.unit


def limits(metric: Metric, document: Document | None) -> list[str]:
    """Failure definitions in words: `fails above 40 m/s`, one for each series that has one."""
    lines = []
    for name, definition, unit in failure_definitions(metric, document):
        parts = [
            f"{word} {with_unit(full_number(limit), unit)}"
            for word, limit in (
                ("above", definition.fails_above),
                ("below", definition.fails_below),
            )
            if limit is not None
        ]
        if parts:
            lines.append(f"{name + ' ' if name else ''}fails {' or '.join(parts)}")
    return lines


def limit_signs(metric: Metric, document: Document | None) -> str:
    """Failure definitions in signs: `< 0 or > 40 m`; those that several series share once."""
    texts = []
    for _, definition, unit in failure_definitions(metric, document):
        parts = [
            f"{sign} {number(limit, LIMIT_DIGITS)}"
            for sign, limit in (("<", definition.fails_below), (">", definition.fails_above))
            if limit is not None
        ]
        if parts:
            texts.append(with_unit(" or ".join(parts), unit))
    return "; ".join(dict.fromkeys(texts))


def marks(metric: Metric) -> list[str]:
    """Flags and order of a metric in short words; what is unset is left out."""
    parts = []
    if metric.importance:
        parts.append(f"importance {metric.importance.name}")
    if metric.blocking is not None:
        parts.append(f"{BLOCKING_MARK} blocking" if metric.blocking else "not blocking")
    if not metric.shown:
        parts.append(f"{HIDDEN_MARK} hidden in ReSim")
    elif metric.should_display:
        parts.append("shown")
    if metric.order is not None:
        parts.append(f"order {number(metric.order)}")
    if metric.event_metric:
        parts.append("event metric")
    if any((tag.key, tag.value) == APPROXIMATE_TAG for tag in metric.tags):
        parts.append(APPROXIMATE_NOTE)
    return parts


def data_line(document: Document, data: MetricsData, *, measured: bool) -> str:
    """Describe metrics data in one line; `measured` adds their length, which may read the file."""
    parts = [data.type.label]
    if data.unit:
        parts[0] += f" [{clean(data.unit, 16)}]"
    if data.is_per_category:
        parts.append(count(len(data.category_names), "category", "categories"))
    elif data.external_path is not None:
        parts.append(clean(data.external_path, 80))
    elif measured:
        try:
            parts.append(count(document.length(data), "value"))
        except DocumentError as error:
            parts.append(str(error))
    index = document.index_of(data)
    if index is not None:
        parts.append(f"by “{clean(index.name, 40)}”")
    return " · ".join(parts)


def card_text(session: Session, metric: Metric, styles: ThemeStyles) -> Text:
    """Text of the card; nothing in it needs the file to be read."""
    text = Text(no_wrap=False)
    findings = [
        f
        for f in session.findings
        if f.target.kind == "metric" and f.target.position == metric.position
    ]
    for finding in sorted(findings, key=lambda f: -f.severity.rank):
        text.append(finding.severity.symbol + " ", styles.severity[finding.severity])
        text.append(clean(finding.message, 300) + "\n", styles.text)
    if metric.description:
        text.append(clean(metric.description, 4000, lines=True).strip() + "\n", styles.text)
    change = session.changes.get(metric.position)
    if change is not None:
        text.append(f"{change.direction.symbol} {change.direction.value}", change.style(styles))
        text.append(f" since the version before: {change.text}\n", styles.text)
    text.append(f"{metric.status.symbol} {metric.status.name}", styles.of(metric.status))
    document, is_linked = session.document, session.catalog.linked
    for part in [*marks(metric), *limits(metric, document if is_linked else None)]:
        text.append(BETWEEN_FACTS, styles.quiet)
        text.append(as_fact(part), styles.quiet)
    for tag in metric.tags:
        text.append(BETWEEN_FACTS, styles.quiet)
        tag_text = f"{clean(tag.key, 40)}={clean(tag.value, 80)}"
        text.append(as_fact(tag_text), styles.accent)
    if not is_linked:
        return text
    for event in document.events_of(metric):
        text.append("\nevent  ", styles.quiet)
        text.append(clean(event.name, 80), styles.text)
    for data in document.data_of(metric):
        text.append("\ndata   ", styles.quiet)
        text.append(clean(data.name, 80) or "(no name)", styles.text)
        text.append("  " + data_line(document, data, measured=False), styles.quiet)
    return text


def metric_details(document: Document, metric: Metric) -> list[Detail]:
    """All fields of a metric in the file, with raw ids."""
    details = [
        Detail("name", metric.name),
        Detail("id", metric.id),
        Detail("position in the file", str(metric.position)),
        Detail("type", metric.type.name),
        Detail("status", metric.status.name),
        Detail("importance", metric.importance.name),
        Detail("description", metric.description),
        Detail("should_display", _tristate(metric.should_display)),
        Detail("blocking", _tristate(metric.blocking)),
        Detail("event_metric", _tristate(metric.event_metric)),
        Detail("order", "unset" if metric.order is None else full_number(metric.order)),
        Detail("job id", metric.job_id or "unset"),
    ]
    details += [Detail(f"tag {tag.key}", tag.value) for tag in metric.tags]
    details += [Detail("failure definition", line) for line in limits(metric, document)]
    for event in document.events_of(metric):
        details.append(Detail(f"event “{event.name}”", event.id))
    for data in document.data_of(metric):
        details.append(Detail(f"data “{data.name}”", data_line(document, data, measured=True)))
        details.append(Detail("  its id", data.id))
        if data.index_id:
            details.append(Detail("  its index", data.index_id))
    return details


def _tristate(value: bool | None) -> str:
    return "unset" if value is None else "true" if value else "false"


def data_details(document: Document, data: MetricsData) -> Mapping[str, str]:
    """All fields of metrics data in the file, by name."""
    try:
        length = "" if data.is_per_category or data.external_path else f"{document.length(data):,}"
    except DocumentError as error:
        length = str(error)
    return {
        "name": data.name,
        "id": data.id,
        "position in the file": str(data.position),
        "data_type": data.type.name,
        "unit": data.unit,
        "values": length,
        "is_per_category": str(data.is_per_category).lower(),
        "category_names": ", ".join(data.category_names[:50]),
        "is_indexed": str(data.is_indexed).lower(),
        "index id": data.index_id or "",
        "index type": data.index_type.name,
        "external file": data.external_path or "",
        "used by": ", ".join(m.name for m in document.users_of(data)[:50]),
    }
