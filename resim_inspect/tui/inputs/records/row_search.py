"""State of a search in the rows of a file: what has been found so far, and how far it is."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

from resim_inspect.inputs.records.search import MAX_HITS, SearchStep
from resim_inspect.text import count


class RowSearch:
    """Rows that have a text; a worker finds more of them while it runs."""

    def __init__(self, wanted: str, first: int) -> None:
        self.wanted = wanted.casefold()
        self.first = first
        """Row at which the search began."""
        self._before, self._after = array("q"), array("q")
        self.share = 0.0
        """Part of the file that has been searched."""
        self.is_running = True
        self.has_jumped = False
        """True once the cursor has been moved to a match."""

    def add(self, step: SearchStep) -> None:
        """Add what was found in one piece."""
        (self._before if step.is_before else self._after).extend(step.rows)
        self.share = step.share

    @property
    def match_count(self) -> int:
        """Number of matching rows so far."""
        return len(self._before) + len(self._after)

    def first_match(self) -> int | None:
        """Return the first match from where the search began, None if none is known yet."""
        # Rows before the start are searched when those behind it have been.
        rows = self._after or self._before
        return rows[0] if rows else None

    def next_row(self, row: int, by: int) -> int | None:
        """Return the next or previous match, round and round; None if there is none."""
        if not self.match_count:
            return None
        position = self._position_right(row) if by > 0 else self._position_left(row) - 1
        return self._row_at(position % self.match_count)

    def words(self, row: int) -> str:
        """State in words, for a frame; `row`: that of the cursor."""
        matches = count(self.match_count, "match", "matches")
        position = self._position_left(row)
        if not self.is_running and position < self._position_right(row):
            matches = f"match {position + 1:,} of {self.match_count:,}"
        if self.is_running:
            return f"searching {self.share:.0%}: {matches}"
        if self.match_count >= MAX_HITS:
            return f"the first {matches}"
        return matches if self.share >= 1 else f"{matches} in {self.share:.0%} of the file"

    def _position_left(self, row: int) -> int:
        return bisect_left(self._before, row) + bisect_left(self._after, row)

    def _position_right(self, row: int) -> int:
        return bisect_right(self._before, row) + bisect_right(self._after, row)

    def _row_at(self, position: int) -> int:
        before = len(self._before)
        return self._before[position] if position < before else self._after[position - before]
