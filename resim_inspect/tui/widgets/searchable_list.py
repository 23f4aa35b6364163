"""A list of lines of text with a search: marks on what matched, and keys to the next match."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType

from resim_inspect.tui.key_hints import found_text
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.searching import PREVIEW
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.widgets.row_list import RowList, StyledText


def mark_matches(pieces: Sequence[StyledText], wanted: str, marks: Style) -> Sequence[StyledText]:
    """Return the pieces with a style over each match within one of them; `wanted` may be empty."""
    if not wanted:
        return pieces
    marked: list[StyledText] = []
    for text, style in pieces:
        at = 0
        for match in re.finditer(re.escape(wanted), text, re.IGNORECASE):
            marked.append((text[at : match.start()], style))
            marked.append((match[0], style + marks))
            at = match.end()
        marked.append((text[at:], style))
    return [piece for piece in marked if piece[0]]


class SearchableList(RowList):
    """Lines of text that can be searched; a subclass says which rows match."""

    BINDINGS: ClassVar[list[BindingType]] = [*PREVIEW]

    NEXT_HIT: ClassVar[tuple[str, str]] = ("preview.next_hit", "preview.previous_hit")
    """Ids of the bindings of `action_hit`, which a subclass has among its own."""

    SEARCHED: ClassVar[tuple[str, str]] = ("line", "a part of a line")
    """Word for a row, and for what is typed to find one."""
    wanted = ""
    """Text that was searched for, in lower case."""

    def matching_rows(self, wanted: str) -> list[int]:
        """Return the rows whose text has `wanted`, which is in lower case, in ascending order."""
        raise NotImplementedError

    def not_found_text(self) -> str:
        """A sentence for a search without a match."""
        return f"No {self.SEARCHED[0]} has {self.wanted}."

    def uncover(self, wanted: str) -> None:
        """Bring lines with `wanted` into the list that are out of it, such as folded ones."""

    def marked(self, pieces: Sequence[StyledText], marks: Style) -> Sequence[StyledText]:
        """Return the pieces with a style over each match within one of them."""
        return mark_matches(pieces, self.wanted, marks)

    def search_hints(self) -> tuple[Hint, ...]:
        """Hints of the search, and of the keys to its matches once there is one."""
        hits = map(Hint, self.NEXT_HIT) if self.wanted else ()
        return (Hint("preview.search"), *hits)

    def action_search(self) -> None:
        from resim_inspect.tui.widgets.prompt import Prompt

        def typed(text: str | None) -> None:
            if text:
                self.wanted = text.casefold()
                hits = self._step(1, here=True)
                if hits:
                    text = found_text(hits, self.SEARCHED[0], self.NEXT_HIT[0])
                    self.app.notify(text, timeout=3)
                self.refresh()
                self.post_message(KeyHintsChanged())

        self.app.push_screen(Prompt("Find text", self.SEARCHED[1], done="find"), typed)

    def action_hit(self, by: int) -> None:
        if self.wanted:
            self._step(by)
        else:
            self.action_search()

    def _step(self, by: int, *, here: bool = False) -> int:
        """Go to the next matching line, cyclically; `here`: the line of the cursor counts.

        Return the number of matching lines.
        """
        self.uncover(self.wanted)
        hits = self.matching_rows(self.wanted)
        if not hits:
            self.app.notify(self.not_found_text(), timeout=3, markup=False)
        elif by > 0:
            hit = bisect_left(hits, self.cursor if here else self.cursor + 1)
            self.cursor = hits[hit % len(hits)]
        else:
            self.cursor = hits[bisect_left(hits, self.cursor) - 1]
        return len(hits)
