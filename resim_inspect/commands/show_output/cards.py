"""A document as text for people: a header, a card for each metric, events, unused data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resim_inspect.commands.show_output.figures import series_table, value_tables
from resim_inspect.commands.show_output.layout import (
    BOLD,
    DIM,
    SgrPainter,
    clip,
    flow,
    status_words,
)
from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.enums import WORST_FIRST, MetricStatus
from resim_inspect.document.model import (
    DoubleSummaryValues,
    FailureDefinition,
    Metric,
    MetricsData,
    ScalarValues,
)
from resim_inspect.text import (
    cell_width,
    clean,
    count,
    cut,
    cut_left,
    full_number,
    size,
    table,
    wrap,
)

if TYPE_CHECKING:
    from resim_inspect.charts import Palette
    from resim_inspect.document.document import Document
    from resim_inspect.document.model import Event

INDENT = "  "
MAX_LINES = 60
"""Maximum of lines of a text or a table in the listing of all metrics."""
WHOLE = 10_000
"""Maximum of lines of a text or a table of a metric that is selected."""


@dataclass(frozen=True, slots=True)
class CardOptions:
    """Size and colours of the output."""

    width: int = 80
    height: int = 14
    """Lines of a chart; the length of texts and tables is their own."""
    color: bool = False
    light: bool = False
    """Set for a terminal with a light background."""

    def palette(self) -> Palette:
        """Colours of the charts."""
        from resim_inspect.charts import DARK, LIGHT

        return LIGHT if self.light else DARK


class Cards:
    """Writes one document, line by line."""

    def __init__(self, document: Document, options: CardOptions) -> None:
        self.document = document
        self.options = options
        self.painter = SgrPainter(options.color)
        self.inner = options.width - len(INDENT)

    def lines(self, metrics: Sequence[Metric] | None = None) -> Iterator[str]:
        """Yield the whole file, or the header and some metrics in full, within the width."""
        return (clip(line, self.options.width) for line in self._lines(metrics))

    def _lines(self, metrics: Sequence[Metric] | None) -> Iterator[str]:
        yield from self.header()
        if metrics is not None:
            for metric in metrics:
                yield ""
                yield from self.card(metric, full=True)
            return
        for position in self.document.display_order():
            yield ""
            yield from self.card(self.document.metrics[position])
        yield from self.events()
        yield from self.unused()

    def header(self) -> Iterator[str]:
        """Yield path and verdict, then the counts of the file's content."""
        document = self.document
        verdict = status_words(document.verdict)
        path = clean(str(document.path or "metrics"))
        name = cut_left(path, self.options.width - cell_width(verdict) - 2)
        blanks = " " * (self.options.width - cell_width(name) - cell_width(verdict))
        shown = self.painter.status(document.verdict, verdict)
        yield self.painter.paint(name, BOLD) + blanks + shown
        if is_approximate(document):
            yield APPROXIMATE_NOTE
        parts = [
            count(len(document.metrics), "metric"),
            f"{len(document.data):,} data",
            count(len(document.events), "event"),
            size(document.size),
        ]
        job = clean(document.job_id, 60).strip()
        yield from self.dim(flow(parts, " · ", self.options.width))
        yield from self.dim([f"job {job}" if job else "no job id"])
        status_counts: dict[MetricStatus, int] = {}
        for metric in document.message.job_level_metrics.metrics:
            status = MetricStatus(metric.status)
            status_counts[status] = status_counts.get(status, 0) + 1
        ranked = [status for status in WORST_FIRST if status in status_counts]
        ranked += [status for status in status_counts if status not in ranked]
        counts = [
            self.painter.status(status, f"{status_words(status)} {status_counts[status]:,}")
            for status in ranked
        ]
        yield from flow(counts, "   ", self.options.width)

    def card(self, metric: Metric, *, full: bool = False) -> Iterator[str]:
        """Yield one metric: title, description, chart, the numbers of its series, further fields.

        `full` leaves nothing out, and has the first values too.
        """
        yield from self.title(metric)
        if metric.description.strip():
            text = clean(metric.description, None if full else 400, lines=True)
            yield from self.dim(INDENT + line for line in wrap(text, self.inner))
        for line in self.chart(metric, full):
            yield (INDENT + line).rstrip()
        for line in series_table(self.document, metric, self.painter, self.inner):
            yield (INDENT + line).rstrip()
        yield from self.details(metric, full)
        if full:
            yield from self.numbers(metric)

    def title(self, metric: Metric) -> Iterator[str]:
        """Yield a rule with status, name, type and importance; the name is never cut.

        If they do not fit in one line, the type has a line of its own; if the status and the
        name do not, the name has.
        """
        status = status_words(metric.status)
        kind = metric.type.label if metric.type.known else f"type {int(metric.type)}"
        right = f"{kind} · {metric.importance.name}" if metric.importance else kind
        name = clean(metric.name) or "(no name)"
        width = self.options.width
        # Of a rule with a status: "── ", the blank behind it, and at least "──".
        left = width - cell_width(status) - 4 - 3
        if cell_width(name) + cell_width(right) + 4 <= left:
            yield self._rule(metric, name, right)
        elif cell_width(name) <= left:
            yield self._rule(metric, name, "")
            yield from self.dim([INDENT + right])
        else:
            fits = cell_width(right) + 2 <= left
            yield self._rule(metric, "", right if fits else "")
            yield from (self.painter.paint(line, BOLD) for line in wrap(name, width))
            if not fits:
                yield from self.dim([INDENT + right])

    def _rule(self, metric: Metric, name: str, right: str) -> str:
        """A rule over the whole width with a status, and texts at its left and right if any."""
        status = status_words(metric.status)
        parts = [self.painter.paint("──", DIM), self.painter.status(metric.status, status)]
        used = 2 + 1 + cell_width(status)
        if name:
            parts.append(self.painter.paint(name, BOLD))
            used += 1 + cell_width(name)
        if right:
            used += cell_width(right) + 3
        parts.append(self.painter.paint("─" * max(1, self.options.width - used - 1), DIM))
        if right:
            parts += [self.painter.paint(right, DIM), self.painter.paint("─", DIM)]
        return " ".join(parts)

    def chart(self, metric: Metric, full: bool) -> list[str]:
        """Yield the drawing of the metric; texts and tables in full, or their start."""
        from resim_inspect.charts import PLAIN, draw, natural_height, render, to_ansi
        from resim_inspect.charts.model.drawing import Bars, Image, Plot

        drawing = draw(self.document, metric)
        grows = any(isinstance(panel, Plot | Bars | Image) for panel in drawing.panels)
        most = self.options.height if grows else WHOLE if full else MAX_LINES
        height = natural_height(drawing, self.inner, most)
        palette = self.options.palette() if self.options.color else PLAIN
        picture = render(drawing, self.inner, height, palette=palette)
        lines = to_ansi(picture, self.options.color).splitlines()
        while lines and not clip(lines[-1], self.inner).strip():
            lines.pop()
        return lines

    def details(self, metric: Metric, full: bool) -> Iterator[str]:
        """Yield the further fields of a metric: tags, switches, events."""
        parts = []
        if metric.should_display is False:
            parts.append("not displayed")
        if metric.blocking:
            parts.append("blocking")
        if metric.event_metric:
            events = [clean(event.name, 30) for event in self.document.events_of(metric)]
            parts.append("of event " + ", ".join(events) if events else "of no event")
        if full:
            parts += _full_numbers(metric)
            parts += [f"order {full_number(metric.order)}"] if metric.order is not None else []
            parts.append(f"id {clean(metric.id)}")
        parts += [f"{clean(tag.key, 40)}={clean(tag.value, 60)}" for tag in metric.tags]
        if parts:
            yield from self.dim(INDENT + line for line in wrap(" · ".join(parts), self.inner))

    def numbers(self, metric: Metric) -> Iterator[str]:
        """Yield the first values of a metric's series, and the first that fail, side by side."""
        for lines in value_tables(self.document, metric, self.inner):
            yield ""
            yield self.painter.paint(cut(INDENT + lines[0], self.options.width), DIM)
            yield from (cut(INDENT + line, self.options.width) for line in lines[1:])

    def events(self) -> Iterator[str]:
        """Yield all events, in the order of the file."""
        if not len(self.document.events):
            return
        yield ""
        yield self.section(f"Events {len(self.document.events):,}")
        for event in self.document.events:
            yield from self.event(event)

    def event(self, event: Event) -> Iterator[str]:
        """Yield one event: time, status, name."""
        metrics = [self.document.metric_by_id(metric_id) for metric_id in event.metrics]
        names = ", ".join(clean(metric.name) for metric in metrics if metric is not None)
        name = cut(clean(event.name) or "(no name)", 40)
        status = self.painter.status(event.status)
        importance = event.importance.name if event.importance else ""
        yield INDENT + "  ".join(
            part
            for part in (
                event.time_text,
                status,
                self.painter.paint(name, BOLD),
                self.painter.paint(importance, DIM),
            )
            if part
        )
        more = [clean(event.description, 400)] if event.description.strip() else []
        more += [f"metrics: {names}"] if names else []
        more += [f"tags: {', '.join(clean(tag, 40) for tag in event.tags)}"] if event.tags else []
        for text in more:
            lines = wrap(text, self.inner - len(INDENT))
            yield from self.dim(2 * INDENT + line for line in lines)

    def unused(self) -> Iterator[str]:
        """Yield data that no metric uses; a batch may use it."""
        left = [data for data in self.document.data if not self.document.users_of(data)]
        if not left:
            return
        yield ""
        yield self.section(f"Data without a metric {len(left):,}")
        rows = [(cut(clean(data.name), 40), data.type.label, self.amount(data)) for data in left]
        yield from (cut(INDENT + line, self.options.width) for line in table(rows, right=(2,)))

    def amount(self, data: MetricsData) -> str:
        """Return the size of a metrics data."""
        if data.external_path is not None:
            return clean(data.external_path, 40)
        if data.is_per_category:
            return count(len(data.category_names), "category", "categories")
        return f"{self.document.length(data):,}" if data.kind is not None else "empty"

    def section(self, title: str) -> str:
        """Return a rule with a title."""
        rule = "─" * max(2, self.options.width - cell_width(title) - 4)
        return " ".join(
            (
                self.painter.paint("──", DIM),
                self.painter.paint(title, BOLD),
                self.painter.paint(rule, DIM),
            )
        )

    def dim(self, lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
        """Yield dim lines."""
        return (self.painter.paint(line.rstrip(), DIM) for line in lines)


def _full_numbers(metric: Metric) -> list[str]:
    """The value of a scalar and the failure thresholds, with all their digits."""
    values = metric.values
    if not isinstance(values, ScalarValues | DoubleSummaryValues):
        return []
    definition = values.failure_definition or FailureDefinition()
    named = [("value", values.value)] if isinstance(values, ScalarValues) else []
    named += [("fails above", definition.fails_above), ("fails below", definition.fails_below)]
    return [f"{name} {full_number(number)}" for name, number in named if number is not None]
