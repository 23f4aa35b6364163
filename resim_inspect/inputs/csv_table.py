"""CSV as aligned lines: its delimiter found, numbers to the right, its start and its end."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO
from itertools import islice

from resim_inspect.text import clean, pad

DELIMITERS = ",;\t|"
"""Characters that may separate cells, the most usual one first."""
SAMPLED = 20
"""Rows that decide about the delimiter."""
MAX_ROWS = 2_000
"""Rows of the start, and of the end, that are shown."""
MAX_COLUMNS = 200
MAX_CELL = 1 << 17
"""Characters of a cell in text that counts as CSV; the limit of the module csv is the process's."""
CELL = 40
"""Characters of a cell; a longer one is cut."""
_NUMBER = re.compile(r"[+-]?(\d[\d ]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf)", re.IGNORECASE)


class CsvError(Exception):
    """Text that is not CSV; its text is the reason."""


def csv_lines(start: str, end: str = "", gap: str = "") -> list[str]:
    """Return the rows of a file's start and of its end as aligned lines, with `gap` between.

    The first row is the header: a column whose other cells are numbers is aligned to the right.
    Raises CsvError.
    """
    delimiter = _delimiter(start)
    first, last = _rows(start, delimiter), _rows(end, delimiter)
    if len(last) > MAX_ROWS:
        last = last[-MAX_ROWS:]
    cut = len(first) > MAX_ROWS
    first = first[:MAX_ROWS]
    lines = _aligned([*first, *last])
    if gap or cut:
        lines.insert(len(first), gap or f"… the first {MAX_ROWS:,} rows are shown")
    return lines


def _delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have as many cells as the header."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            reader = csv.reader(StringIO(text), delimiter=delimiter)
            widths = [len(row) for row in islice(reader, SAMPLED) if row]
        except csv.Error:
            return 0, 0
        if not widths or widths[0] < 2:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    return max(DELIMITERS, key=score)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise CsvError(str(error)) from error
    if any(len(cell) > MAX_CELL for row in rows for cell in row):
        raise CsvError(f"a cell has more than {MAX_CELL:,} characters")
    return [[clean(cell, CELL) for cell in row[:MAX_COLUMNS]] for row in rows]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    columns = max((len(row) for row in rows), default=0)
    widths = [0] * columns
    numeric = [True] * columns
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            widths[column] = max(widths[column], len(cell))
            if number and cell.strip() and not _NUMBER.fullmatch(cell.strip()):
                numeric[column] = False
    if len(rows) < 2:
        numeric = [False] * columns
    return [
        "  ".join(
            pad(cell, widths[column], right=numeric[column]) for column, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]
