"""The file formats of an export, and the check that a file holds what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from resim_inspect.export.blocks import Block, missing
from resim_inspect.export.csv_files import CsvFiles
from resim_inspect.export.duckdb_files import ParquetFiles
from resim_inspect.export.errors import ExportError
from resim_inspect.export.json_files import JsonFiles, NdjsonFiles
from resim_inspect.export.tables import Table


class Files(Protocol):
    """Writer and reader of the files of one format."""

    suffix: str

    def write(
        self, path: Path, table: Table, blocks: Iterator[Block], metadata: Mapping[str, str]
    ) -> None:
        """Write the blocks of a table, with metadata where the format has a place for them."""

    def count(self, path: Path, table: Table) -> tuple[int, Sequence[int] | None]:
        """Read a whole file: its number of rows, and of values in each column if known."""

    def close(self) -> None:
        """Free what the writer holds."""


FORMATS: dict[str, Callable[[bool], Files]] = {
    "parquet": lambda _: ParquetFiles(),
    "csv": lambda guard: CsvFiles(guard=guard),
    "json": lambda _: JsonFiles(),
    "ndjson": lambda _: NdjsonFiles(),
}
"""Maker of each format's writer, by its name; its argument guards texts like formulas."""


def write_verified(
    files: Files, path: Path, table: Table, blocks: Iterable[Block], metadata: Mapping[str, str]
) -> int:
    """Write a file, read it back, and return its number of rows.

    Raises ExportError if the file has not all rows, or not all values of a column.
    """
    tally = _Tally(len(table.columns))
    files.write(path, table, tally.counted(blocks), metadata)
    rows, values = files.count(path, table)
    if rows != tally.rows or (values is not None and list(values) != tally.values):
        raise ExportError(
            f"The file {path} was read back with {rows:,} rows; {tally.rows:,} were written. "
            "Is the disk full, or is another program writing to the folder?"
        )
    return rows


class _Tally:
    """Number of rows, and of values in each column, of the blocks that passed."""

    def __init__(self, columns: int) -> None:
        self.rows = 0
        self.values = [0] * columns

    def counted(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            self.rows += block.rows
            for position, values in enumerate(block.values):
                self.values[position] += block.rows - missing(values, block.rows)
            yield block
