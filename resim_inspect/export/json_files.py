"""JSON and NDJSON: a row is an object with every column; NaN and infinities are strings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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

_MISSING = "null"


def _quoted_times(values: NDArray[np.generic]) -> list[str]:
    return [f'"{text}"' for text in iso_times(values)]


_ENCODERS = {
    Kind.DOUBLE: doubles('"NaN"', '"Infinity"', '"-Infinity"'),
    Kind.INTEGER: integers,
    Kind.TIME: _quoted_times,
    Kind.BOOLEAN: booleans,
}


class NdjsonFiles:
    """Writer and reader of NDJSON: one object a line."""

    suffix = ".ndjson"

    def write(
        self,
        path: Path,
        table: Table,
        blocks: Iterator[Block],
        metadata: Mapping[str, str],  # noqa: ARG002 - every line is a row
    ) -> None:
        """Write the blocks of a table. Raises what the blocks raise, and OSError."""
        with path.open("w", encoding="ascii", newline="") as file:
            for block in blocks:
                file.write(_rows(table, block, "\n"))

    def count(self, path: Path, table: Table) -> tuple[int, None]:
        """Read a file back and count its rows; raises ExportError if it is not the table."""
        names = set(table.names)
        rows = 0
        with path.open(encoding="ascii") as file, reading_back(path):
            for line in file:
                _check(line, names)
                rows += 1
        return rows, None

    def close(self) -> None:
        """Nothing to close."""


class JsonFiles:
    """Writer and reader of one JSON object: the table's name, columns, metadata and rows."""

    suffix = ".json"

    def write(
        self, path: Path, table: Table, blocks: Iterator[Block], metadata: Mapping[str, str]
    ) -> None:
        """Write the blocks of a table, a row a line. Raises what the blocks raise, and OSError."""
        with path.open("w", encoding="ascii", newline="") as file:
            file.write(_head(table, metadata) + _ROWS)
            end = ""
            for block in blocks:
                file.write(end + _rows(table, block, ",\n")[:-2])
                end = ",\n"
            file.write(_TAIL)

    def count(self, path: Path, table: Table) -> tuple[int, None]:
        """Read a file back, a row at a time; raises ExportError if it is not the table."""
        names = set(table.names)
        rows = 0
        with path.open(encoding="ascii") as file, reading_back(path):
            head = ""
            for line in file:
                head += line
                if line == _ROWS:
                    break
            before = ""
            for line in file:
                if line == _TAIL[1:]:
                    break
                if line != "\n" or rows:
                    rows += 1
                    _check(line.rstrip("\n").removesuffix(","), names)
                    before = line
            else:
                raise ValueError("the list of rows does not end")
            if before.endswith(",\n"):
                raise ValueError("the list of rows ends in a comma")
            json.loads(head + _TAIL + file.read())
        return rows, None

    def close(self) -> None:
        """Nothing to close."""


_ROWS = '"rows": [\n'
_TAIL = "\n]}\n"


def _head(table: Table, metadata: Mapping[str, str]) -> str:
    columns = [
        {"name": column.name, "type": column.kind, "about": column.about}
        for column in table.columns
    ]
    return (
        f'{{"format": 1, "table": {json.dumps(table.name)},\n"columns": {json.dumps(columns)},\n'
        f'"metadata": {json.dumps(dict(metadata))},\n'
    )


def _rows(table: Table, block: Block, end: str) -> str:
    parts: list[Cells] = []
    for position, (column, values) in enumerate(zip(table.columns, block.values, strict=True)):
        parts.append(f"{', ' if position else '{'}{json.dumps(column.name)}: ")
        if isinstance(values, Texts):
            encode = str if column.kind is Kind.JSON else json.dumps
            parts.append(text_cells(values, encode, _MISSING))
        else:
            parts.append(number_cells(values, _ENCODERS[column.kind], _MISSING))
    parts.append("}" + end)
    return lines(parts, block.rows)


def _check(line: str, names: set[str]) -> None:
    row = json.loads(line)
    if not isinstance(row, dict) or row.keys() != names:
        raise ValueError("a row does not have the columns of the table")
