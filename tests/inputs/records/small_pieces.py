"""Small pieces, so that short files have the cases of large ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from resim_inspect.inputs.records import pieces, record_file, row_index, splitting
from resim_inspect.inputs.records.record_file import RecordFile

SetPieces = Callable[[int, int], None]
"""Set the bytes of a piece, and those that are read first."""


@pytest.fixture(name="set_pieces")
def _set_pieces(monkeypatch: pytest.MonkeyPatch) -> SetPieces:
    monkeypatch.setattr(splitting, "MAX_QUOTED", 20)
    monkeypatch.setattr(pieces, "OVERLAP", 4)
    monkeypatch.setattr(row_index, "STRIDE", 7)
    monkeypatch.setattr(row_index, "BLOCK_BITS", 5)

    def set_pieces(piece: int, first_read: int) -> None:
        monkeypatch.setattr(pieces, "PIECE", piece)
        monkeypatch.setattr(record_file, "PIECE", piece)
        monkeypatch.setattr(record_file, "FIRST_READ", first_read)

    return set_pieces


def counted(path: Path) -> RecordFile:
    """A file all of whose rows have been counted."""
    records = RecordFile.open(path)
    count_all(records)
    return records


def count_all(records: RecordFile) -> None:
    """Count the rows of a file to its end."""
    for _ in range(100_000):
        if not records.extend():
            return
    raise AssertionError("counting does not end")


def cells_of(records: RecordFile, first: int = 0, most: int = 100_000) -> list[tuple[str, ...]]:
    """Whole cells of some rows, read one by one."""
    rows = []
    for row in range(first, min(records.rows, first + most)):
        record = records.record(row)
        assert record is not None
        rows.append(record.cells)
    return rows
