"""The wide table: a row a job, and a column for each scalar, for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricType
from resim_inspect.export.blocks import Block, Numbers, Texts, block_of_rows
from resim_inspect.export.document_rows import JobFile, metric_unit, metric_value
from resim_inspect.export.file_names import distinct_name
from resim_inspect.export.omissions import Omissions
from resim_inspect.export.tables import WIDE_HEAD, Column, Kind, Table
from resim_inspect.text import clean

SCALARS = (MetricType.SCALAR, MetricType.DOUBLE_SUMMARY)
"""Types of the metrics that have one value."""
SPREADSHEET_COLUMNS = 16_384
"""Columns that Excel and LibreOffice read."""


class Key(NamedTuple):
    """A column of scalars: those of one name and unit."""

    name: str
    unit: str


class WideTable:
    """Collects the scalars of one job after the other; memory holds numbers only."""

    def __init__(self, omissions: Omissions) -> None:
        self._omissions = omissions
        self._cells: dict[Key, dict[int, float]] = {}
        self._rows: list[Sequence[str | bool | None]] = []

    def add(self, job: JobFile, document: Document, selected: frozenset[int] | None = None) -> None:
        """Add the row of a job, or its metrics at the positions `selected`."""
        row = len(self._rows)
        self._rows.append(
            (job.name, job.experience, document.verdict.name, is_approximate(document))
        )
        names: set[str] = set()
        for position in document.display_order():
            metric = document.metrics[position]
            if metric.type not in SCALARS or (selected is not None and position not in selected):
                continue
            if metric.name in names:
                self._omissions.add("scalar", "another of the job has the same name")
                continue
            names.add(metric.name)
            key = Key(metric.name, metric_unit(document, metric) or "")
            cells = self._cells.setdefault(key, {})
            value = metric_value(document, metric, job.name, self._omissions)
            if value is not None:
                cells[row] = value

    def table(self) -> Table:
        """The columns: job, experience, verdict, approximate, and `NAME [UNIT]` for each scalar."""
        columns = list(WIDE_HEAD.columns)
        taken = {column.name.casefold() for column in columns}
        for key in self._cells:
            name = clean(key.name) or "(no name)"
            name = f"{name} [{clean(key.unit)}]" if key.unit else name
            # Libraries do not tell names apart that differ in case only.
            name = distinct_name(name, taken, str.casefold)
            columns.append(Column(name, Kind.DOUBLE, "value of the scalar"))
        return Table(WIDE_HEAD.name, tuple(columns))

    def block(self) -> Block:
        """All rows."""
        rows = len(self._rows)
        head = block_of_rows(WIDE_HEAD, self._rows).values
        values: list[Texts | Numbers] = list(head)
        for cells in self._cells.values():
            numbers = np.zeros(rows)
            present = np.zeros(rows, np.bool_)
            positions = np.fromiter(cells, np.int64, len(cells))
            numbers[positions] = np.fromiter(cells.values(), np.float64, len(cells))
            present[positions] = True
            values.append(Numbers(numbers, None if present.all() else present))
        return Block(rows, tuple(values))
