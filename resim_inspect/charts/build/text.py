"""A text metric: Markdown, cleaned."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Drawing, Message, Text
from resim_inspect.charts.source import Source
from resim_inspect.document.model import Metric, TextValues
from resim_inspect.text import clean


def text(source: Source, metric: Metric, values: TextValues) -> Drawing:
    """Draw the text; a message in place of an empty one."""
    shown = clean(values.text, lines=True)
    panel = Text(shown) if shown.strip() else Message("The text is empty.")
    return source.drawing(metric, panel)
