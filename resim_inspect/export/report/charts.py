"""The panels of a drawing as HTML: interactive charts, or charts that need no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resim_inspect.charts.analysis.value_range import value_range
from resim_inspect.charts.html_page import as_json
from resim_inspect.charts.model.drawing import (
    Bars,
    Drawing,
    Gauge,
    Message,
    Panel,
    Plot,
    Table,
    Text,
)
from resim_inspect.charts.svg import SvgOptions, svg_chart
from resim_inspect.export.report.chart_tables import panel_tables
from resim_inspect.export.report.interactive import panel_figure
from resim_inspect.export.report.markdown_html import markdown_html
from resim_inspect.export.report.markup import escaped, escaped_lines, table
from resim_inspect.export.report.page import Page

_ITEM_FROM = 4_000
"""Bytes of a figure's JSON from which it is compressed."""
_RANGE_WIDTH = 160
_CHART_WIDTH, _GAUGE_WIDTH = 680, 480
"""Pixels of charts as SVG, which a narrow screen scales."""


def notes_html(notes: Iterable[str]) -> str:
    """Remarks below a chart."""
    return "".join(f'<p class="note">{escaped(note, 1_000)}</p>' for note in notes)


def chart_html(page: Page, drawing: Drawing) -> str:
    """All panels of a drawing, without notes and tables."""
    if not page.interactive and any(panel.area is not None for panel in drawing.panels):
        # Panels side by side are one picture.
        return _static(page, drawing, drawing.panels)
    return "".join(_panel(page, drawing, panel) for panel in drawing.panels)


def drawing_html(page: Page, drawing: Drawing) -> str:
    """All panels of a drawing, the notes on them, and the tables behind the charts."""
    parts = [chart_html(page, drawing), notes_html(drawing.notes)]
    tables = [text for panel in drawing.panels for text in panel_tables(panel)]
    if tables:
        parts.append(f"<details><summary>Values as tables</summary>{''.join(tables)}</details>")
    return "".join(parts)


def _panel(page: Page, drawing: Drawing, panel: Panel) -> str:
    if isinstance(panel, Message):
        return f'<p class="note">{escaped_lines(panel.text, 2_000)}</p>'
    if isinstance(panel, Text):
        return markdown_html(panel.markdown)
    if isinstance(panel, Table):
        return _table(panel)
    if isinstance(panel, Plot | Bars) and page.interactive:
        return _interactive(page, drawing, panel)
    return _static(page, drawing, (replace(panel, area=None),))


def _static(page: Page, drawing: Drawing, panels: Sequence[Panel]) -> str:
    small = all(isinstance(panel, Gauge) for panel in panels)
    options = SvgOptions(
        width=_GAUGE_WIDTH if small else _CHART_WIDTH,
        heading=False,
        background=False,
        style=False,
        id_prefix=page.unique_id("svg"),
    )
    # A caption counts the data of all panels: below a number it says nothing.
    shown = replace(
        drawing, panels=tuple(panels), notes=(), caption="" if small else drawing.caption
    )
    return f'<div class="chart">{svg_chart(shown, options)}</div>'


def _label(drawing: Drawing, panel: Panel) -> str:
    """A text for readers who do not see a chart."""
    extremes = value_range(panel)
    words = "" if extremes is None else f": {extremes.in_words(_RANGE_WIDTH)}"
    return escaped(f"{drawing.type_label} of {drawing.title or 'no name'}{words}", 400)


def _interactive(page: Page, drawing: Drawing, panel: Plot | Bars) -> str:
    made = panel_figure(panel)
    if made is None:
        return _static(page, drawing, (panel,))
    page.use_library()
    json = as_json(made.figure)
    item, holder = "", f'<script type="application/json">{json}</script>'
    if len(json) > _ITEM_FROM:
        item, holder = f' data-item="{page.item(json)}"', ""
    return (
        f'<div class="plot" role="img" aria-label="{_label(drawing, panel)}" '
        f'data-height="{made.height}" style="min-height:{made.height}px"{item}>{holder}</div>'
        + notes_html(made.notes)
    )


def _table(panel: Table) -> str:
    rows = [[cell.text for cell in row] for row in panel.rows]
    left_off = max(0, (panel.total or len(rows)) - len(rows))
    return table(panel.title or "Values", panel.header, rows, panel.right, left_off)
