"""CSV: UTF-8, a header, empty for missing and `""` for an empty text, `NaN`, `inf` and `-inf`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from resim_inspect.export.blocks import Block, Texts
from resim_inspect.export.errors import reading_back
from resim_inspect.export.row_text import (
    Cells,
    booleans,
    doubles,
    integers,
    iso_times,
    lines,
    number_cells,
    text_cells,
)
from resim_inspect.export.tables import Kind, Table

_QUOTED = re.compile(r'[",\r\n\x00]|^\s|\s$|^$')
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""Start of a text that a spreadsheet may run as a formula; with apostrophes it would be taken
for a guarded one, and gets one more, so that taking off one gives the text back."""
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_MAX_CELL = 2**31 - 1
_ENCODERS = {
    Kind.DOUBLE: doubles("NaN", "inf", "-inf"),
    Kind.INTEGER: integers,
    Kind.TIME: iso_times,
    Kind.BOOLEAN: booleans,
}


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the module csv read long cells meanwhile; its limit is one for the whole process."""
    former = csv.field_size_limit(_MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(former)


def guarded(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe precedes one that looks like a formula.

    A text that is a plain number, such as -5, is unchanged.
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def quoted(text: str) -> str:
    """A text as a cell, in quotes where it needs them."""
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


class CsvFiles:
    """Writer and reader of CSV files; `guard` puts an apostrophe before texts like formulas."""

    suffix = ".csv"

    def __init__(self, *, guard: bool = True) -> None:
        self._guard = guard

    def write(
        self,
        path: Path,
        table: Table,
        blocks: Iterator[Block],
        metadata: Mapping[str, str],  # noqa: ARG002 - CSV has no place for it
    ) -> None:
        """Write the blocks of a table. Raises what the blocks raise, and OSError."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(map(self._encode, table.names)) + "\n")
            for block in blocks:
                parts: list[Cells] = []
                for column, values in zip(table.columns, block.values, strict=True):
                    if parts:
                        parts.append(",")
                    if isinstance(values, Texts):
                        parts.append(text_cells(values, self._encode, ""))
                    else:
                        parts.append(number_cells(values, _ENCODERS[column.kind], ""))
                parts.append("\n")
                file.write(lines(parts, block.rows))

    def _encode(self, text: str) -> str:
        return quoted(guarded(text) if self._guard else text)

    def count(self, path: Path, table: Table) -> tuple[int, None]:
        """Read a file back and count its rows; raises ExportError if it is not the table."""
        columns = len(table.columns)
        rows = -1
        with (
            _long_cells(),
            path.open(encoding="utf-8", newline="") as file,
            reading_back(path, csv.Error),
        ):
            for cells in csv.reader(file, strict=True):
                rows += 1
                if len(cells) != columns:
                    raise ValueError(f"row {rows} has {len(cells)} cells, not {columns}")
        return rows, None

    def close(self) -> None:
        """Nothing to close."""
