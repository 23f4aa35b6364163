"""Search for a text in all rows of a file, from a row on and then from the start."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from resim_inspect.inputs.records.record_file import RecordFile

MAX_HITS = 1_000_000
"""Rows that a search finds before it ends."""
MAX_WANTED = 500
"""Characters of the text that is looked for."""


class SearchStep(NamedTuple):
    """Matches in one more piece of the file."""

    rows: tuple[int, ...]
    """Rows that have the text, in ascending order."""
    share: float
    """Part of the file that has been searched, from 0 to 1."""
    is_before: bool
    """True if the rows stand before those with which the search began."""


def search_rows(records: RecordFile, wanted: str, first: int) -> Iterator[SearchStep]:
    """Yield the rows that have a text, upper or lower case, from a row on and then before it.

    The text is looked for in the bytes of the file. Raises FileChangedError, RecordingError and
    OSError.
    """
    needle = _Needle(wanted[:MAX_WANTED])
    size, header = max(1, records.size), records.header_rows
    first_offset, match_count, last = -1, 0, -1
    for is_before in (False, True):
        for piece in records.pieces_from(0 if is_before else first):
            first_offset = piece.offset if first_offset < 0 else first_offset
            ends = piece.ends.tolist()
            rows: list[int] = []
            for number in needle.records_with(piece.data, ends):
                row = piece.row + number - header
                # Parts of a long record have the same row.
                if row >= 0 and row != last and (row < first) is is_before:
                    rows.append(row)
                    last = row
            match_count += len(rows)
            searched = (
                piece.offset + ends[-1] + (size - first_offset if is_before else -first_offset)
            )
            yield SearchStep(tuple(rows), min(1.0, searched / size), is_before)
            if match_count >= MAX_HITS or (is_before and piece.row + len(ends) - header > first):
                return
        if first == 0:
            return


class _Needle:
    """A text that is looked for in bytes."""

    def __init__(self, wanted: str) -> None:
        self._bytes = wanted.lower().encode()
        self._pattern: re.Pattern[bytes] | None = None
        if not wanted.isascii():
            cases = ({char, char.lower(), char.upper()} for char in wanted)
            parts = (b"|".join(re.escape(case.encode()) for case in each) for each in cases)
            self._pattern = re.compile(b"".join(b"(?:%b)" % part for part in parts))

    def records_with(self, data: bytes, ends: Sequence[int]) -> Iterator[int]:
        """Yield the numbers of the records in a piece that have the text, in ascending order."""
        if self._pattern is None:
            data = data.lower()
        number = at = 0
        while (offset := self._find(data, at)) >= 0:
            number = bisect_right(ends, offset, number)
            if number >= len(ends):
                return
            yield number
            at = ends[number]

    def _find(self, data: bytes, at: int) -> int:
        if self._pattern is None:
            return data.find(self._bytes, at)
        match = self._pattern.search(data, at)
        return -1 if match is None else match.start()
