"""Blocks of rows as columns of numpy arrays, and their assembly from small pieces.

A block has one entry for each column of its table. Text columns are codes into a tuple of
texts, so that a name that stands in every row is stored once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.export.tables import Kind, Table

BLOCK_ROWS = 122_880
"""Rows of a full block: those of a row group of DuckDB's Parquet files."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts of n rows.

    `codes`, n int32, are positions in `uniques`, -1 where the text is missing. None means that
    all rows have `uniques[0]`, or that all are missing if there are no uniques.
    """

    uniques: tuple[str, ...] = ()
    codes: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers of n rows: `values` float64, int64 or bool; None if all are missing.

    `present`, n bool, is False where a number is missing; None if every row has one.
    """

    values: NDArray[Any] | None = None
    present: NDArray[np.bool_] | None = None


Values = Texts | Numbers
MISSING_TEXT = Texts()
MISSING_NUMBER = Numbers()


def constant(text: str | None) -> Texts:
    """The same text, or none, in every row."""
    return MISSING_TEXT if text is None else Texts((text,))


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Rows of a table: `values` in the order of its columns, each of `rows` rows."""

    rows: int
    values: tuple[Values, ...]


def assembled(table: Table, pieces: Iterable[Block]) -> Iterator[Block]:
    """Put small blocks together to blocks of at most BLOCK_ROWS rows; larger ones pass unchanged.

    The order of the rows is kept.
    """
    waiting: list[Block] = []
    rows = 0
    for piece in pieces:
        if not piece.rows:
            continue
        if rows and rows + piece.rows > BLOCK_ROWS:
            yield _joined(table, waiting, rows)
            waiting, rows = [], 0
        waiting.append(piece)
        rows += piece.rows
    if waiting:
        yield _joined(table, waiting, rows)


def _joined(table: Table, pieces: Sequence[Block], rows: int) -> Block:
    if len(pieces) == 1:
        return pieces[0]
    lengths = np.fromiter((piece.rows for piece in pieces), np.int64, len(pieces))
    values: list[Values] = []
    for position, column in enumerate(table.columns):
        parts = [piece.values[position] for piece in pieces]
        if column.kind.is_text:
            values.append(
                _joined_texts([part for part in parts if isinstance(part, Texts)], lengths)
            )
        else:
            numbers = [part for part in parts if isinstance(part, Numbers)]
            values.append(_joined_numbers(numbers, lengths, rows, column.kind))
    return Block(rows, tuple(values))


def _joined_texts(parts: Sequence[Texts], lengths: NDArray[np.int64]) -> Texts:
    code_of: dict[str, int] = {}
    if all(part.codes is None for part in parts):
        codes = np.fromiter(
            (
                code_of.setdefault(part.uniques[0], len(code_of)) if part.uniques else -1
                for part in parts
            ),
            np.int32,
            len(parts),
        )
        if (codes == codes[0]).all():
            return parts[0]
        return Texts(tuple(code_of), np.repeat(codes, lengths))
    arrays: list[NDArray[np.int32]] = []
    for part, length in zip(parts, lengths.tolist(), strict=True):
        # One more at the end: the code -1 finds it.
        table = np.fromiter(
            (*(code_of.setdefault(text, len(code_of)) for text in part.uniques), -1),
            np.int32,
            len(part.uniques) + 1,
        )
        arrays.append(np.full(length, table[0]) if part.codes is None else table[part.codes])
    return Texts(tuple(code_of), np.concatenate(arrays))


def _joined_numbers(
    parts: Sequence[Numbers], lengths: NDArray[np.int64], rows: int, kind: Kind
) -> Numbers:
    if all(part.values is None for part in parts):
        return MISSING_NUMBER
    if all(part.values is not None and part.present is None for part in parts):
        return Numbers(np.concatenate([part.values for part in parts if part.values is not None]))
    values = np.zeros(rows, DTYPES[kind])
    present = np.zeros(rows, np.bool_)
    start = 0
    for part, length in zip(parts, lengths.tolist(), strict=True):
        if part.values is not None:
            values[start : start + length] = part.values
            present[start : start + length] = True if part.present is None else part.present
        start += length
    return Numbers(values, present)


DTYPES: dict[Kind, type[np.generic]] = {
    Kind.DOUBLE: np.float64,
    Kind.INTEGER: np.int64,
    Kind.TIME: np.int64,
    Kind.BOOLEAN: np.bool_,
}
"""numpy type of the columns that hold numbers."""
_ROWS_AT_A_TIME = 8192


def blocks_of_rows(table: Table, rows: Iterable[Sequence[Any]]) -> Iterator[Block]:
    """Turn rows of Python values, None where one is missing, into blocks."""
    waiting: list[Sequence[Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) >= _ROWS_AT_A_TIME:
            yield block_of_rows(table, waiting)
            waiting = []
    if waiting:
        yield block_of_rows(table, waiting)


def block_of_rows(table: Table, rows: Sequence[Sequence[Any]]) -> Block:
    """Turn rows of Python values, None where one is missing, into one block."""
    columns = zip(*rows, strict=True)
    values: list[Values] = []
    for column, cells in zip(table.columns, columns, strict=True):
        if column.kind.is_text:
            code_of: dict[str, int] = {}
            codes = [
                -1 if cell is None else code_of.setdefault(cell, len(code_of)) for cell in cells
            ]
            values.append(Texts(tuple(code_of), np.array(codes, np.int32)))
        else:
            present = np.array([cell is not None for cell in cells])
            filled = [0 if cell is None else cell for cell in cells]
            numbers = np.array(filled, DTYPES[column.kind])
            values.append(Numbers(numbers, None if present.all() else present))
    return Block(len(rows), tuple(values))


def missing(values: Values, rows: int) -> int:
    """Number of rows without a value."""
    if isinstance(values, Texts):
        if values.codes is None:
            return 0 if values.uniques else rows
        return int(np.count_nonzero(values.codes < 0))
    if values.values is None:
        return rows
    return 0 if values.present is None else rows - int(np.count_nonzero(values.present))
