"""Tables and indicators of plotly figures."""

from __future__ import annotations

from typing import Any

from resim_inspect.charts.model.drawing import Cell, Gauge, Table
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.layers import Trace
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import number

_MAX_ROWS = 2000


def table_panel(trace: Trace) -> Table:
    """A table trace: its cells are given by column, in the order of `columnorder`."""
    header = [_cell_text(v) for v in decode.items(trace.get("header", "values"))]
    columns = [decode.items(c) for c in decode.items(trace.get("cells", "values"))]
    order = decode.numbers(trace.get("columnorder"))
    if len(order) == max(len(header), len(columns)):
        by_place = sorted(range(len(order)), key=lambda k: (float(order[k]), k))
        header = [header[k] for k in by_place if k < len(header)]
        columns = [columns[k] for k in by_place if k < len(columns)]
    rows_total = max((len(c) for c in columns), default=0)
    right = frozenset(
        k
        for k, column in enumerate(columns)
        if column and all(isinstance(v, int | float) for v in column[:50] if v is not None)
    )
    affixes = [
        [decode.items(trace.get("cells", name)) for _ in columns] for name in ("prefix", "suffix")
    ]
    rows = [
        tuple(
            Cell(
                _affix(affixes[0][c], c)
                + (_cell_text(column[k]) if k < len(column) else "")
                + _affix(affixes[1][c], c)
            )
            for c, column in enumerate(columns)
        )
        for k in range(min(rows_total, _MAX_ROWS))
    ]
    return Table(tuple(header), tuple(rows), right, total=rows_total)


def _affix(affixes: list[Any], column: int) -> str:
    """The prefix or suffix of a column: one for all, or one each."""
    value = (
        affixes[column] if 1 < len(affixes) > column else affixes[0] if len(affixes) == 1 else ""
    )
    return decode.text(value, 24)


def _cell_text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_cell_text(v) for v in value[:8])
    if isinstance(value, float):
        return number(value, 6)
    return decode.text(value, 200)


def indicator_panel(trace: Trace) -> Gauge:
    """A number, with its change against a reference and its scale."""
    value = decode.number(trace.get("value"))
    reference = decode.number(trace.get("delta", "reference"))
    detail = ""
    if value is not None and reference is not None and "delta" in trace.word("mode"):
        change = value - reference
        mark = "▲ +" if change > 0 else "▼ " if change < 0 else "= "
        text = number(change, 6)
        if trace.get("delta", "relative") is True and reference:
            text = f"{number(change / reference * 100, 6)}%"
        detail = f"{mark}{text} against {number(reference, 6)}"
    ends = [decode.number(v) for v in decode.items(trace.get("gauge", "axis", "range"))]
    span = None
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        span = (ends[0], ends[1])
    suffix = decode.text(trace.get("number", "suffix"), 24)
    prefix = decode.text(trace.get("number", "prefix"), 24)
    label = " ".join(t for t in (decode.text(trace.get("title"), 60), prefix) if t)
    return Gauge(value, suffix.strip(), MetricStatus.UNSET, label=label, detail=detail, span=span)
