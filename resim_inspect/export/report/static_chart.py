"""A chart that needs no script: the drawing as the terminal has it."""

from __future__ import annotations

from html import escape

from resim_inspect.charts import PLAIN, natural_height, render
from resim_inspect.charts.model.drawing import Drawing

_COLUMNS = 96
_LINES = 22


def static_chart(drawing: Drawing) -> str:
    """Draw all panels of a drawing."""
    height = natural_height(drawing, _COLUMNS, _LINES)
    picture = render(drawing, _COLUMNS, height, palette=PLAIN)
    return f'<pre class="chart">{escape(picture.text)}</pre>'
