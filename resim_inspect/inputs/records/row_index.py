"""Offsets of every so many records of a file, by which a record is found without a long search."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STRIDE = 256
"""Records after which there is an offset."""
BLOCK_BITS = 16
"""Size of a block as a power of 2: each 64 KiB in which a record begins has an offset, too."""


class Checkpoint(NamedTuple):
    """A record whose offset is known."""

    row: int
    offset: int


class RowIndex:
    """Offsets of some records; one thread adds to it while others look into it."""

    def __init__(self, start: int) -> None:
        self._offsets, self._rows = array("q", [start]), array("q", [0])
        self.rows = 0
        """Number of complete records so far."""
        self.scanned = start
        """Offset behind them."""

    def add(self, ends: NDArray[np.int64]) -> None:
        """Add complete records by the offsets behind each of them, which are not empty."""
        import numpy as np

        rows = self.rows + 1 + np.arange(len(ends), dtype=np.int64)
        blocks = ends >> BLOCK_BITS
        crossed = np.diff(blocks, prepend=self.scanned >> BLOCK_BITS) != 0
        chosen = crossed | (rows % STRIDE == 0)
        # The offsets come first: a row that another thread sees has one.
        self._offsets.frombytes(ends[chosen].astype(np.int64).tobytes())
        self._rows.frombytes(rows[chosen].tobytes())
        self.scanned = int(ends[-1])
        self.rows += len(ends)

    def before(self, row: int) -> Checkpoint:
        """Return the last known offset that is not behind a record."""
        position = bisect_right(self._rows, row) - 1
        return Checkpoint(self._rows[position], self._offsets[position])

    @property
    def size(self) -> int:
        """Number of offsets that are kept."""
        return len(self._rows)
