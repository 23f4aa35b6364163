"""A text metric: Markdown, cleaned."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Drawing, Message, Text
from resim_inspect.document.model import Metric, TextValues
from resim_inspect.text import clean


def text(metric: Metric, values: TextValues) -> Drawing:
    """The text; a sentence in place of an empty one."""
    shown = clean(values.text, lines=True)
    panel = Text(shown) if shown.strip() else Message("The text is empty.")
    return Drawing(clean(metric.name), metric.type.label, (panel,), metric.status)
