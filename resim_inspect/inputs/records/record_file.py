"""A file of records of any size: opened at once, indexed in pieces, read where it is in view.

The file is opened for each look at it and may grow, shrink, be replaced or be deleted between two.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.inputs.bounded_file import BoundedFile, opened
from resim_inspect.inputs.records.pieces import PIECE, Piece, pieces
from resim_inspect.inputs.records.record_format import SNIFFED, RecordKind, named, sniff
from resim_inspect.inputs.records.row_index import RowIndex
from resim_inspect.inputs.records.rows import ParsedRecord, parse_record
from resim_inspect.inputs.records.splitting import record_ends
from resim_inspect.inputs.records.table_page import ColumnNames, TablePage, lines_page, page_of
from resim_inspect.text import size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_READ = 1 << 17
"""Bytes that are read first for a few rows."""
MAX_RECORD = 1 << 20
"""Bytes of a record that are parsed."""
FINGERPRINT = 64
"""Bytes before the end of the index that are compared: other ones mean that it was rewritten."""
_TOO_LONG = f"This row is longer than {size(MAX_RECORD)}; this is its start."


class FileChangedError(Exception):
    """A file that is not the one that was indexed; its text is a whole sentence.

    The text is empty if nothing of it was complete before.
    """


class RecordFile:
    """Rows of a file; one thread extends the index while one other reads pages."""

    def __init__(self, path: Path, file: BoundedFile) -> None:
        self.path = path
        self.format = sniff(file.read_most(0, SNIFFED), path.suffix)
        self._index = RowIndex(self.format.start)
        if self.format.kind is RecordKind.CSV:
            self.format = named(self.format, self._first_cells(file))
        self._names = ColumnNames(self.format.header)
        self._identity, self.size, self._modified = file.identity, file.size, 0
        self._tail = self._tail_size = 0
        """Records behind the index, the last of which may be unfinished, and their bytes."""
        self._last = b""
        """The bytes before the end of the index."""

    def _first_cells(self, file: BoundedFile) -> tuple[str, ...]:
        for piece in pieces(file, 0, self.format.start, self.format.delimiter, FIRST_READ):
            first = self._parsed(piece.data[: int(piece.ends[0])], piece.is_part)
            return () if first.raw else first.cells
        return ()

    @classmethod
    def open(cls, path: Path) -> RecordFile:
        """Open a file and count the rows of its first piece; raises RecordingError and OSError."""
        with opened(path) as file:
            records = cls(path, file)
            records._modified = file.modified
            records._extend(file)
        return records

    @property
    def is_text(self) -> bool:
        """True for lines of text, which have no columns."""
        return self.format.kind is RecordKind.TEXT

    @property
    def header_rows(self) -> int:
        """Number of records that are names of columns: 0 or 1."""
        return 0 if self.format.header is None else 1

    @property
    def rows(self) -> int:
        """Number of rows that have been counted, without the header."""
        return max(0, self._index.rows + self._tail - self.header_rows)

    @property
    def is_complete(self) -> bool:
        """True if all rows have been counted."""
        return self._index.scanned + self._tail_size >= self.size

    @property
    def share(self) -> float:
        """Part of the file that has been counted, from 0 to 1."""
        return min(1.0, (self._index.scanned + self._tail_size) / max(1, self.size))

    # Counting.

    def extend(self) -> bool:
        """Count the rows of one more piece; return False if nothing was left to count.

        Raises FileChangedError, RecordingError and OSError.
        """
        with self._opened() as file:
            is_same_size = file.size == self.size
            if is_same_size and file.modified == self._modified and self.is_complete:
                return False
            last = file.read_most(self._index.scanned - len(self._last), len(self._last))
            was_rewritten = is_same_size and file.modified != self._modified and self.is_complete
            if was_rewritten or last != self._last:
                raise FileChangedError("The file was rewritten; this is its new content.")
            if not is_same_size and self._index.rows == 0 and self.format.delimiter:
                # The names of the columns may have been read before they were complete.
                raise FileChangedError("")
            self.size, self._modified = file.size, file.modified
            self._extend(file)
        return True

    def _extend(self, file: BoundedFile) -> None:
        start = self._index.scanned
        data = file.read_most(start, PIECE)
        ends = record_ends(data, self.format.delimiter, at_end=False)
        if not len(ends) and len(data) == PIECE:
            self._extend_long(file, start)
            return
        committed = int(ends[-1]) if len(ends) else 0
        if committed:
            self._add(file, ends + start)
        rest = data[committed:]
        # What follows in a full piece is counted with the next one.
        if len(data) < PIECE:
            self._tail = len(record_ends(rest, self.format.delimiter, at_end=True))
            self._tail_size = len(rest)

    def _extend_long(self, file: BoundedFile, start: int) -> None:
        """Look for the line break behind a record of more than a piece."""
        import numpy as np

        at = start + max(PIECE, self._tail_size if self._tail == 1 else 0)
        data = file.read_most(at, 4 * PIECE)
        line_break = data.find(b"\n")
        if line_break >= 0:
            self._add(file, np.array([at + line_break + 1], np.int64))
        else:
            self._tail, self._tail_size = 1, at + len(data) - start

    def _add(self, file: BoundedFile, ends: NDArray[np.int64]) -> None:
        self._index.add(ends)
        self._tail = self._tail_size = 0
        length = min(FINGERPRINT, self._index.scanned)
        self._last = file.read_most(self._index.scanned - length, length)

    # Reading.

    def page(self, first: int, most: int) -> TablePage:
        """Read rows for display; raises FileChangedError, RecordingError and OSError."""
        records = self._records(first, most)
        return lines_page(first, records) if self.is_text else page_of(first, records, self._names)

    def record(self, row: int) -> ParsedRecord | None:
        """Read one row in full, None if there is none; raises as `page` does."""
        return next(iter(self._records(row, 1)), None)

    def pieces_from(self, row: int, first_read: int | None = None) -> Iterator[Piece]:
        """Yield the records of the file from one at or before a row on; raises as `page` does."""
        known = self._index.before(row + self.header_rows)
        with self._opened() as file:
            yield from pieces(file, known.row, known.offset, self.format.delimiter, first_read)

    def _records(self, first: int, most: int) -> Iterator[ParsedRecord]:
        row, stop = first + self.header_rows, first + self.header_rows + most
        while row < stop:
            before = row
            for piece in self.pieces_from(row - self.header_rows, FIRST_READ):
                start = 0
                for number, end in enumerate(piece.ends.tolist(), piece.row):
                    if number >= row:
                        yield self._parsed(piece.data[start:end], piece.is_part)
                        row += 1
                        if row == stop:
                            return
                    start = end
                if piece.is_part:
                    # The index knows where a long record ends; its other parts are not read.
                    break
            if row == before:
                return

    def _parsed(self, data: bytes, is_part: bool) -> ParsedRecord:
        if not is_part and len(data) <= MAX_RECORD:
            return parse_record(data, self.format)
        return parse_record(data[:MAX_RECORD], self.format)._replace(problem=_TOO_LONG)

    @contextmanager
    def _opened(self) -> Iterator[BoundedFile]:
        with opened(self.path) as file:
            if file.identity != self._identity:
                raise FileChangedError("The file was replaced; this is the new one.")
            if file.size < self._index.scanned + self._tail_size:
                raise FileChangedError("The file has become shorter; this is its new content.")
            yield file
