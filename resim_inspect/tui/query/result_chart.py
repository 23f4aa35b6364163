"""The chart of a result, by the column rules of the system templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.emissions.evaluation.errors import RenderError

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.emissions.evaluation.columns import Table
    from resim_inspect.emissions.evaluation.specs import MetricSpec
    from resim_inspect.tui.query.database import QueryResult

MAX_DRAWN = 200_000
"""Rows of a result that are drawn."""
_GROUPS = 40
"""Values of a first column of texts up to which it is one of groups."""
_CHARTS = ("bar", "histogram", "line", "pie", "scalar", "state_timeline")
"""Templates that draw a result without a file beside it."""


def template_of(result: QueryResult) -> str | None:
    """Return the template whose columns a result has: line, bar, histogram or scalar.

    None if the result has no shape to draw.
    """
    table = result.table
    columns = table.columns
    if not table.rows or not columns or not columns[-1].is_number:
        return None
    if columns[-1].kind == "bool":
        return None
    if len(columns) == 1:
        return "scalar" if table.rows == 1 else "histogram"
    if len(columns) > 3:
        return None
    x = columns[-2]
    grouped = len(columns) == 3
    if grouped and not _has_few_values(table):
        return None
    if x.kind in ("int", "float", "time"):
        return "line"
    if x.kind in ("text", "bool"):
        return "bar"
    return None


def _has_few_values(table: Table) -> bool:
    import numpy as np

    return len(np.unique(table.columns[0].values)) <= _GROUPS


def draw(result: QueryResult, spec: MetricSpec | None) -> Document:
    """Draw a result as the only metric of a document.

    `spec` is the metric whose query it was, the template of which comes first. Raises
    RenderError for a result that cannot be drawn.
    """
    from resim_inspect.building.builder import DocumentBuilder
    from resim_inspect.emissions.evaluation.drawing.canvas import Canvas
    from resim_inspect.emissions.evaluation.drawing.templates import TEMPLATES
    from resim_inspect.emissions.evaluation.specs import MetricSpec

    if result.table.rows > MAX_DRAWN:
        raise RenderError(
            f"The result has {result.table.rows:,} rows; at most {MAX_DRAWN:,} are drawn."
        )
    if not result.table.rows:
        raise RenderError("The result has no row to draw.")
    if spec is None or spec.template not in _CHARTS:
        template = template_of(result)
        if template is None:
            raise RenderError(
                "The columns of the result do not fit a chart: select x and y, a category and a "
                "value, or one column of numbers, each with or without a column of groups first."
            )
        spec = MetricSpec("Result", result.sql, template)
    builder = DocumentBuilder("query")
    canvas = Canvas(builder, spec, result.table, result.terms, {"status": "NOT_APPLICABLE"})
    TEMPLATES[spec.template](canvas)
    return builder.document()
