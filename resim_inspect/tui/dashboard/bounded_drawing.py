"""Drawings of metrics that are not too large for a card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.document import Document
from resim_inspect.document.approximate import is_approximate
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, count
from resim_inspect.tui.key_hints import key_of

if TYPE_CHECKING:
    from resim_inspect.charts.model.drawing import Drawing, DrawOptions
    from resim_inspect.document.model import Metric

PAGE_SAMPLES = 6_000_000
"""Samples that all cards of a page may decode."""
CARD_SAMPLES = 1_000_000
"""Samples that one card may decode."""
CARD_CATEGORIES = 12
"""Categories of which a card decodes the samples, as a chart does."""
FIGURE_BYTES = 2_000_000
"""Bytes of a figure that a card may decode."""


class CardContent(NamedTuple):
    """The metric of a card, as far as an export asks for it."""

    is_whole: bool
    """False if a message stands for a metric that is too large for a card."""
    is_figure: bool
    has_data: bool
    is_approximate: bool
    """True if the metric was evaluated here from emissions."""


class DrawnCard(NamedTuple):
    """A drawing, and the position in its document of the metric that it is of."""

    drawing: Drawing
    position: int | None
    content: CardContent | None = None
    """None for a card without a metric."""


def samples_allowed(slots: int) -> int:
    """Samples that each card of a page with so many cards may decode."""
    return min(CARD_SAMPLES, PAGE_SAMPLES // max(1, slots))


def draw_within(
    document: Document, metric: Metric, max_samples: int | None, options: DrawOptions | None = None
) -> DrawnCard:
    """Draw a metric; a message stands for one that is too large for a card, unless `max_samples`
    is None."""
    from resim_inspect.charts import draw
    from resim_inspect.charts.model.drawing import Drawing, DrawOptions, Message
    from resim_inspect.document.model import PlotlyValues

    excess = "" if max_samples is None else _excess(document, metric, max_samples)
    content = CardContent(
        is_whole=not excess,
        is_figure=isinstance(metric.values, PlotlyValues),
        has_data=bool(document.data_of(metric)),
        is_approximate=is_approximate(document),
    )
    if excess:
        key = key_of("cards.open")
        words = f"This card has {excess}, more than a card draws. {key} opens the chart."
        drawing = Drawing(
            clean(metric.name), metric.type.label, (Message(words),), status=metric.status
        )
    else:
        drawing = draw(document, metric, options or DrawOptions())
    return DrawnCard(drawing, metric.position, content)


def _excess(document: Document, metric: Metric, max_samples: int) -> str:
    """Samples or bytes that are too many for a card, in words; empty if it can be drawn."""
    from resim_inspect.document.model import PlotlyValues

    if isinstance(metric.values, PlotlyValues):
        message = document.message.job_level_metrics.metrics[metric.position]
        size = message.metric_values.plotly_metric_values.ByteSize()
        return f"a figure of {size:,} bytes" if size > FIGURE_BYTES else ""
    total = 0
    for data in document.data_of(metric):
        if data.external_path is not None:
            continue
        categories: Iterable[str | None] = (None,)
        if data.is_per_category:
            categories = data.category_names[:CARD_CATEGORIES]
        for category in categories:
            try:
                total += document.length(data, category)
            except DocumentError:
                continue  # The chart says what is wrong with it.
    return count(total, "sample") if total > max_samples else ""
