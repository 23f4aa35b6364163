"""A comparison as a page: the result, all changes worst first, and the charts of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from resim_inspect.charts import draw
from resim_inspect.charts.build.overlay import overlaid
from resim_inspect.comparison.cells import (
    delta_text,
    median_text,
    place,
    shown_name,
    spread_text,
)
from resim_inspect.comparison.changes import Change, Comparison, MetricTotals, Reading
from resim_inspect.comparison.directions import LISTED, Direction, status_direction
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricType
from resim_inspect.document.model import (
    ImageListValues,
    ImageValues,
    Metric,
    PlotlyValues,
    ScalarValues,
    TextValues,
)
from resim_inspect.document.opening import open_document
from resim_inspect.errors import DocumentError
from resim_inspect.export.report.charts import drawing_html, notes_html
from resim_inspect.export.report.foreign import figure_html, images_html
from resim_inspect.export.report.markup import escaped, scrolling_table, status_badge, table
from resim_inspect.export.report.page import Page
from resim_inspect.export.survey import CACHE_BYTES
from resim_inspect.text import count, number

MAX_ROWS = 5_000
"""Changes that the list has."""
MAX_CHARTS = 400
"""Changes of metrics that are drawn."""
_CHUNK = 20
_CHUNK_HEIGHT = 6_000
_DIFF_LINES = 400

_COUNTED = (
    Direction.WORSE,
    Direction.BETTER,
    Direction.CHANGED,
    Direction.GONE,
    Direction.ADDED,
)

JobPaths = Mapping[str, tuple[Path | None, Path | None]]
"""Metrics files of both sides by the name of the job; empty for two documents."""


@dataclass(frozen=True)
class ComparedSide:
    """A comparison to show, and what is chosen of it."""

    comparison: Comparison
    paths: JobPaths
    verdict: str
    """Result of the gate in words."""
    changes: Sequence[Change]
    """Changes to list, the worst first."""
    left_off: int
    note: str = ""
    """Remark on both sides; empty for none."""


def write_comparisons(page: Page, sides: Sequence[ComparedSide]) -> None:
    """Write a section for each compared side."""
    for position, side in enumerate(sides):
        for part in _section(page, side, position):
            page.write(part)


def direction_badge(direction: Direction) -> str:
    """A direction as symbol and word."""
    return f'<span class="badge direction-{direction}">{direction.symbol} {direction}</span>'


def _section(page: Page, side: ComparedSide, position: int) -> Iterator[str]:
    comparison = side.comparison
    counts = comparison.summary
    badges = " ".join(
        f'<span class="badge direction-{way}">{way.symbol} {way} {counts[way]:,}</span>'
        for way in LISTED
        if counts[way]
    )
    yield f'<section id="s{position}"><h2>{escaped(comparison.before)} → '
    yield f"{escaped(comparison.after)}</h2>"
    yield f'<p class="facts"><span>{escaped(side.verdict)}</span>{badges}</p>'
    yield notes_html([side.note] if side.note else [])
    yield notes_html(
        f"{error.job} cannot be read ({error.side}): {error.message}" for error in comparison.errors
    )
    yield _verdicts(comparison)
    if comparison.is_batch:
        yield _totals(comparison)
    drawn = [
        change
        for change in side.changes
        if change.direction is not Direction.SAME and change.type in MetricType.__members__
    ]
    anchors = {id(change): f"s{position}-c{at}" for at, change in enumerate(drawn[:MAX_CHARTS])}
    yield _list(side, anchors)
    yield from _cards(page, side, drawn[:MAX_CHARTS], anchors, position)
    if len(drawn) > MAX_CHARTS:
        yield notes_html([f"{count(len(drawn) - MAX_CHARTS, 'more metric')} not drawn."])
    yield "</section>\n"


def _verdicts(comparison: Comparison) -> str:
    if not comparison.transitions:
        return ""
    entries = sorted(
        comparison.transitions.items(),
        key=lambda entry: (status_direction(*entry[0]).rank, -entry[1]),
    )
    items = "".join(
        f"<li>{status_badge(before)} → {status_badge(after)} {count(jobs, 'job')}</li>"
        if comparison.is_batch
        else f"<li>{status_badge(before)} → {status_badge(after)}</li>"
        for (before, after), jobs in entries
    )
    return f"<h3>Verdicts</h3><ul>{items}</ul>"


def _totals(comparison: Comparison) -> str:
    differing = [metric for metric in comparison.metrics if metric.direction is not Direction.SAME]
    if not differing:
        return ""
    header = ("", "metric", *_COUNTED, "median", "from … to", "leading jobs")
    rows = [_totals_row(metric) for metric in differing[:MAX_ROWS]]
    left_off = max(0, len(differing) - MAX_ROWS)
    return "<h3>Metrics over all jobs</h3>" + table(
        count(len(differing), "metric"), header, rows, range(2, 9), left_off
    )


def _totals_row(totals: MetricTotals) -> list[str]:
    counts = [number(totals.counts[way]) if totals.counts.get(way) else "" for way in _COUNTED]
    leading = ", ".join(job for job, _ in totals.leading)
    name = totals.name or "(no name)"
    return [
        totals.direction.symbol, name, *counts, median_text(totals), spread_text(totals), leading,
    ]  # fmt: skip


def _list(side: ComparedSide, anchors: Mapping[int, str]) -> str:
    rows = "".join(_row(change, anchors.get(id(change))) for change in side.changes[:MAX_ROWS])
    if not rows:
        return notes_html(["Nothing has changed."])
    heads = ("change", "name", "before", "after", "difference", "why")
    left_off = side.left_off + max(0, len(side.changes) - MAX_ROWS)
    more = notes_html([f"{count(left_off, 'more change')} left out."]) if left_off else ""
    return f"<h3>Changes</h3>{scrolling_table('Changes', heads, rows)}{more}"


def _row(change: Change, anchor: str | None) -> str:
    name = escaped(shown_name(change), 300)
    where = place(change)
    if anchor is not None:
        name = f'<a href="#{anchor}">{name}</a>'
    if where:
        name += f' <span class="dim">{escaped(where, 200)}</span>'
    return (
        f'<tr data-search="{escaped(_search(change), 400)}">'
        f"<td>{direction_badge(change.direction)}</td><th scope=row>{name}</th>"
        f"<td>{_reading(change.before)}</td><td>{_reading(change.after)}</td>"
        f'<td class="number">{escaped(delta_text(change))}</td>'
        f"<td>{escaped('; '.join(change.why), 600)}</td></tr>\n"
    )


def _search(change: Change) -> str:
    return f"{shown_name(change)} {place(change)} {change.direction}".lower()


def _reading(reading: Reading | None) -> str:
    if reading is None:
        return '<span class="dim">not there</span>'
    badge = f"{status_badge(reading.status)} " if reading.status else ""
    return badge + escaped(reading.measured.text, 300)


def _cards(
    page: Page,
    side: ComparedSide,
    drawn: Sequence[Change],
    anchors: Mapping[int, str],
    position: int,
) -> Iterator[str]:
    if not drawn:
        return
    yield '<h3>Metrics that changed</h3><div class="cards">'
    for start in range(0, len(drawn), _CHUNK):
        part = drawn[start : start + _CHUNK]
        cards = "".join(_card(page, side, change, anchors[id(change)]) for change in part)
        if len(drawn) <= _CHUNK:
            yield cards
            continue
        positions = range(start, start + len(part))
        yield page.chunk(cards, f"s{position}", positions, _CHUNK_HEIGHT)
    yield "</div>"


def _card(page: Page, side: ComparedSide, change: Change, anchor: str) -> str:
    page.metrics += 1
    where = place(change)
    kind = MetricType[change.type].label
    facts = " · ".join(
        part for part in (kind, where, "blocking" if change.blocking else "") if part
    )
    reasons = "".join(f"<li>{escaped(reason, 1_000)}</li>" for reason in change.why)
    delta = delta_text(change)
    difference = f"<li>difference {escaped(delta)}</li>" if delta else ""
    return (
        f'<article class="card" id="{anchor}" data-search="{escaped(_search(change), 400)}">'
        f"<header><h4>{escaped(shown_name(change))}</h4>{direction_badge(change.direction)}"
        f'<span class="kind">{escaped(facts, 300)}</span></header>'
        f'<p class="headline">{_reading(change.before)} → {_reading(change.after)}</p>'
        f"<ul>{difference}{reasons}</ul>{_diff(change)}{_charts(page, side, change)}</article>\n"
    )


def _diff(change: Change) -> str:
    if not change.details:
        return ""
    lines = []
    for line in change.details[:_DIFF_LINES]:
        tag = {"-": "del", "+": "ins"}.get(line[:1])
        text = escaped(line, 2_000)
        lines.append(f"<{tag}>{text}</{tag}>" if tag is not None else text)
    more = len(change.details) - _DIFF_LINES
    note = notes_html([f"{count(more, 'more line')} left out."]) if more > 0 else ""
    return "<pre>" + "\n".join(lines) + f"</pre>{note}"


def _charts(page: Page, side: ComparedSide, change: Change) -> str:
    """The charts of both sides; a sentence for a file that cannot be read any more."""
    old_path, new_path = side.paths.get(change.job, (None, None))
    try:
        with ExitStack() as stack:
            old = _opened(stack, old_path, change.base_position)
            new = _opened(stack, new_path, change.position)
            return both_sides(page, old, new)
    except DocumentError as error:
        return notes_html([error.sentence])


_Side = tuple[Document, Metric] | None


def _opened(stack: ExitStack, path: Path | None, position: int | None) -> _Side:
    if path is None or position is None:
        return None
    document = stack.enter_context(open_document(path, cache_bytes=CACHE_BYTES))
    if position >= len(document.metrics):
        return None
    return document, document.metrics[position]


def both_sides(page: Page, old: _Side, new: _Side) -> str:
    """The charts of a metric of both sides; empty for one whose values say it all."""
    sides = [("before", old), ("after", new)]
    present = [(word, side) for word, side in sides if side is not None]
    values = [side[1].values for _, side in present]
    if any(isinstance(value, PlotlyValues | ImageValues | ImageListValues) for value in values):
        return "".join(
            f'<p class="note">{word}</p>{_foreign(page, *side)}' for word, side in present
        )
    if not present or any(isinstance(value, ScalarValues | TextValues | None) for value in values):
        return ""
    drawings = [draw(*side) for _, side in present]
    if len(drawings) == 1:
        return drawing_html(page, drawings[0])
    return drawing_html(page, overlaid(drawings[0], drawings[1]))


def _foreign(page: Page, document: Document, metric: Metric) -> str:
    match metric.values:
        case PlotlyValues() as values:
            return figure_html(page, document, metric, values)
        case ImageValues() | ImageListValues() as values:
            return images_html(page, document, metric, values)
    return drawing_html(page, draw(document, metric))
