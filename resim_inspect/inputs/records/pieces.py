"""Pieces of a file with the records in them, from a known record on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.inputs.bounded_file import BoundedFile
from resim_inspect.inputs.records.splitting import record_ends

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PIECE = 1 << 21
"""Bytes that are split at once; a longer record ends at the first line break behind them."""
OVERLAP = 1 << 12
"""Bytes that two parts of a long record have in common."""


class Piece(NamedTuple):
    """Bytes of whole records, or a part of a long one."""

    row: int
    """Number of the first record."""
    offset: int
    data: bytes
    ends: NDArray[np.int64]
    """Offsets in `data` behind each record."""
    is_part: bool = False
    """True if it has a part of one record only; more parts of it may follow."""


def pieces(
    file: BoundedFile, row: int, offset: int, delimiter: str, first_read: int | None = None
) -> Iterator[Piece]:
    """Yield the rest of a file from a record on; `first_read`: bytes that are read first.

    A record that is longer than PIECE comes in parts.
    """
    length = PIECE if first_read is None else first_read
    while True:
        data = file.read_most(offset, length)
        at_end = len(data) < length
        ends = record_ends(data, delimiter, at_end=at_end)
        if len(ends):
            yield Piece(row, offset, data, ends)
            row += len(ends)
            offset += int(ends[-1])
            if at_end:
                return
        elif at_end:
            return
        elif length < PIECE:
            length = min(PIECE, 4 * length)
        else:
            yield _part(row, offset, data)
            end = 0
            while not end:
                at = offset + len(data) - OVERLAP
                data = file.read_most(at, PIECE)
                line_break = data.find(b"\n", OVERLAP)
                end = at + line_break + 1 if line_break >= 0 else 0
                if line_break < 0 and len(data) <= OVERLAP:
                    return
                yield _part(row, at, data[: line_break + 1] if end else data)
                offset = at
            row += 1
            offset = end


def _part(row: int, offset: int, data: bytes) -> Piece:
    import numpy as np

    return Piece(row, offset, data, np.array([len(data)], np.int64), is_part=True)
