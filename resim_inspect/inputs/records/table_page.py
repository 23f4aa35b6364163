"""A page of a table: its rows with shortened cells, which are not cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from resim_inspect.inputs.records.rows import MAX_COLUMNS, ParsedRecord
from resim_inspect.text import clean

MAX_CELL = 120
"""Characters of a cell that are painted; the row in full has all of them."""
MAX_READ = 4 * MAX_CELL
"""Characters of a cell on a page."""
MAX_LINE = 4_000
"""Characters of a line of text, or of a row that cannot be parsed."""
MAX_PAGE_CELLS = 250_000
"""Cells of a page; a table with more columns has fewer rows on a page."""


class TableRow(NamedTuple):
    """A row with the start of each cell."""

    cells: tuple[str, ...]
    problem: str = ""
    raw: bool = False


class TablePage(NamedTuple):
    """Rows that follow one another."""

    first: int
    rows: tuple[TableRow, ...]
    names: tuple[str, ...]
    """Names of all columns so far, cleaned."""


class ColumnNames:
    """Names of the columns of a table in their order, which grow as rows with others are read."""

    def __init__(self, header: Sequence[str] | None) -> None:
        self._names = [self._name(name, at) for at, name in enumerate(header or ())][:MAX_COLUMNS]
        self._columns = {name: at for at, name in enumerate(self._names)}

    @staticmethod
    def _name(name: str, column: int) -> str:
        return clean(name, MAX_CELL).strip() or f"#{column + 1}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names so far, cleaned."""
        return tuple(self._names)

    def arrange(self, record: ParsedRecord) -> tuple[str, ...]:
        """Return the cells of a record in the order of the columns, and add new columns."""
        if not record.names:
            for column in range(len(self._names), min(len(record.cells), MAX_COLUMNS)):
                self._names.append(f"#{column + 1}")
            return tuple(map(_shortened, record.cells[:MAX_COLUMNS]))
        cells: dict[int, str] = {}
        for name, cell in zip(record.names, record.cells, strict=True):
            if name not in self._columns:
                if len(self._names) == MAX_COLUMNS:
                    continue
                self._columns[name] = len(self._names)
                self._names.append(self._name(name, len(self._names)))
            cells[self._columns[name]] = _shortened(cell)
        return tuple(cells.get(column, "") for column in range(max(cells, default=-1) + 1))


def page_of(first: int, records: Iterable[ParsedRecord], names: ColumnNames) -> TablePage:
    """Make a page of parsed records."""
    rows = []
    for record in records:
        if record.raw:
            cells: tuple[str, ...] = (record.cells[0][:MAX_LINE],)
        else:
            cells = names.arrange(record)
        rows.append(TableRow(cells, record.problem, record.raw))
    return TablePage(first, tuple(rows), names.names)


def lines_page(first: int, records: Iterable[ParsedRecord]) -> TablePage:
    """Make a page of lines of text."""
    rows = tuple(TableRow((record.cells[0][:MAX_LINE],)) for record in records)
    return TablePage(first, rows, ())


def _shortened(cell: str) -> str:
    return cell if len(cell) <= MAX_READ else cell[:MAX_READ]
