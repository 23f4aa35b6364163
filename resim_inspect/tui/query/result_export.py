"""The result of a query as a table of an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from resim_inspect.text import clean, count
from resim_inspect.tui.exporting.choices import ExportChoice, table_choices

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.columns import Column, Table
    from resim_inspect.export.blocks import Block
    from resim_inspect.tui.query.database import QueryResult

_KINDS = {"int": "INTEGER", "float": "DOUBLE", "bool": "BOOLEAN", "time": "TIME", "json": "JSON"}
"""Kinds of columns of an export; all others are texts."""


def result_choices(result: QueryResult, stem: str) -> list[ExportChoice]:
    """All rows of a result, with their types, and a last column that says `approximate`."""
    from resim_inspect.export.file_names import distinct_name
    from resim_inspect.export.tables import Column as ExportColumn
    from resim_inspect.export.tables import Kind
    from resim_inspect.export.tables import Table as ExportTable

    taken = {"approximate"}
    columns = [
        ExportColumn(
            distinct_name(clean(column.name) or "(no name)", taken, str.casefold),
            Kind[_KINDS.get(column.kind, "TEXT")],
            "column of the query",
        )
        for column in result.table.columns
    ]
    mark = ExportColumn("approximate", Kind.BOOLEAN, "true: evaluated here, not by ReSim")
    table = ExportTable("result", (*columns, mark))

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows

        yield from blocks_of_rows(table, _rows(result.table))

    return table_choices(count(result.table.rows, "row"), stem, table, blocks)


def _rows(table: Table) -> Iterator[Sequence[Any]]:
    columns = [_values(column) for column in table.columns]
    for row in range(table.rows):
        yield [*(values[row] for values in columns), True]


def _values(column: Column) -> list[Any]:
    if column.kind != "json":
        return column.python()
    # As the text that it is, not as Python's values.
    codes = column.values.tolist()
    nulls = [False] * len(codes) if column.nulls is None else column.nulls.tolist()
    pairs = zip(codes, nulls, strict=True)
    return [None if null or not column.texts else column.texts[code] for code, null in pairs]
