"""Lines of a previewed file: JSON in colours, in blocks that can be folded."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from resim_inspect.text import cell_width, count, cut, fit, wrap
from resim_inspect.tui.keys.document import JSON
from resim_inspect.tui.keys.searching import HITS
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.widgets.searchable_list import SearchableList

_JSON = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*"(?=\s*:))|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<word>-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)"
)


def blocks_of(lines: Sequence[str]) -> dict[int, int]:
    """First and last line of each object and list in indented JSON; those of one line have none.

    A line that opens a block ends with its bracket, one that closes it begins with its bracket:
    text stands in quotes.
    """
    blocks: dict[int, int] = {}
    open_lines: list[int] = []
    for number, line in enumerate(lines):
        if line.lstrip()[:1] in ("}", "]") and open_lines:
            blocks[open_lines.pop()] = number
        if line[-1:] in ("{", "["):
            open_lines.append(number)
    return blocks


class PreviewLines(SearchableList):
    """Lines of a previewed file."""

    BINDINGS: ClassVar[list[BindingType]] = [*HITS, *JSON]

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[str] = ()
        """All lines of the file; sentences about it in as many as they need."""
        self._unwrapped: Sequence[str] = ()
        """The lines as they were set."""
        self._sentences = 0
        """Number of lines at the beginning that are wrapped."""
        self._sentence_of: list[int] = []
        """Line as it was set of each wrapped line."""
        self.json = False
        """True if the lines are coloured as JSON."""
        self.blocks: dict[int, int] = {}
        """First and last line of what can be folded."""
        self._folded: set[int] = set()
        """First lines of the blocks that are folded."""
        self._shown: Sequence[int] = ()
        """Line of each row."""

    @property
    def rows(self) -> list[str]:
        """The lines that are not folded away."""
        return [self.lines[number] for number in self._shown]

    def show(
        self,
        lines: Sequence[str],
        *,
        json: bool = False,
        foldable: bool = False,
        sentences: int = 0,
    ) -> None:
        """Set the lines and scroll to the top; the first `sentences` of them are wrapped."""
        self._unwrapped, self._sentences = lines, sentences
        self.json, self.wanted = json, ""
        self._wrap()
        self.blocks = blocks_of(lines) if foldable else {}
        self._folded = set()
        self._lay_out(0)

    def _wrap(self) -> None:
        """Break the sentences for the width of the list."""
        self.lines, self._sentence_of = self._unwrapped, []
        room = self.scrollable_content_region.width - 1
        if not self._sentences or room <= 0:
            return
        wrapped: list[str] = []
        for number, sentence in enumerate(self._unwrapped[: self._sentences]):
            parts = wrap(sentence, room)
            wrapped += parts
            self._sentence_of += [number] * len(parts)
        self.lines = [*wrapped, *self._unwrapped[self._sentences :]]

    def on_resize(self) -> None:
        if self._sentences:
            before = len(self.lines)
            self._wrap()
            self._lay_out(max(0, self.cursor + len(self.lines) - before))
        super().on_resize()

    def _lay_out(self, line: int) -> None:
        """Work out the rows; the cursor goes to a line, or to the block that hides it."""
        if not self._folded:
            self._shown = range(len(self.lines))
            self.set_count(len(self.lines), line)
            return
        shown: list[int] = []
        number = row = 0
        while number < len(self.lines):
            if number <= line:
                row = len(shown)
            shown.append(number)
            number = self.blocks[number] + 1 if number in self._folded else number + 1
        self._shown = shown
        self.set_count(len(shown), row)

    def _line_at(self, row: int) -> int:
        return self._shown[row] if 0 <= row < len(self._shown) else 0

    # Folding.

    def action_fold(self) -> None:
        line = self._line_at(self.cursor)
        block = line if line in self.blocks else self._block_around(line)
        if block is not None:
            self._folded.symmetric_difference_update({block})
            self._lay_out(block)

    def _block_around(self, line: int) -> int | None:
        """First line of the innermost block with a line; None outside of all."""
        around = [first for first, last in self.blocks.items() if first < line <= last]
        return max(around, default=None)

    def action_fold_all(self) -> None:
        """Unfold all blocks, or fold all but those that are not inside another one."""
        line = self._line_at(self.cursor)
        outermost, end = set(), -1
        for first in sorted(self.blocks):
            if first > end:
                outermost.add(first)
                end = self.blocks[first]
        self._folded = set() if self._folded else set(self.blocks) - outermost
        self._lay_out(line)

    def action_choose(self) -> None:
        if self._line_at(self.cursor) in self.blocks:
            self.action_fold()
        else:
            super().action_choose()

    def on_click(self, event: events.Click) -> None:
        row = self.row_at(event)
        if row is not None and self._line_at(row) in self.blocks and event.x <= self._mark(row):
            event.stop()
            event.prevent_default()
            self.cursor = row
            self.action_fold()

    def _mark(self, row: int) -> int:
        """Column of the mark of a block."""
        line = self.lines[self._line_at(row)]
        return len(line) - len(line.lstrip()) + 1

    # Search.

    def matching_rows(self, wanted: str) -> list[int]:
        return [row for row, line in enumerate(self.rows) if wanted in line.casefold()]

    def uncover(self, wanted: str) -> None:
        if not self._folded:
            return
        hits = [number for number, line in enumerate(self.lines) if wanted in line.casefold()]
        hiding = set()
        for first in self._folded:
            following = bisect_right(hits, first)
            if following < len(hits) and hits[following] <= self.blocks[first]:
                hiding.add(first)
        if hiding:
            line = self._line_at(self.cursor)
            self._folded -= hiding
            self._lay_out(line)

    # Looks.

    def copy_text(self, row: int) -> str:
        first = self._line_at(row)
        if first < len(self._sentence_of):
            return self._unwrapped[self._sentence_of[first]]
        last = self.blocks[first] if first in self._folded else first
        return "\n".join(self.lines[first : last + 1])

    def empty_text(self) -> str:
        return ""

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        number = self._line_at(row)
        room = max(1, width - 1)
        line = self.lines[number]
        if number not in self.blocks:
            line = fit(line, room)
            pieces = json_pieces(line, styles) if self.json else [(line, styles.text)]
            return [(" ", styles.text), *self.marked(pieces, styles.marks)]
        indent = len(line) - len(line.lstrip())
        folded = number in self._folded
        line = cut(line, room)
        pieces = list(self.marked(json_pieces(line, styles), styles.marks))
        if folded:
            last = self.blocks[number]
            rest = f" {count(last - number - 1, 'line')} {self.lines[last].strip()}"
            pieces.append((cut(rest, room - cell_width(line)), styles.quiet))
        # The mark stands before the text, in the indentation.
        mark = ("▸" if folded else "▾", styles.accent if folded else styles.quiet)
        if not indent:
            return [mark, *pieces]
        return [(" " * indent, styles.text), mark, *_without_start(pieces, indent)]


def _without_start(pieces: Sequence[StyledText], cells: int) -> list[StyledText]:
    """The pieces without their first cells, which are blanks."""
    lines: list[StyledText] = []
    for text, style in pieces:
        lines.append((text[cells:], style))
        cells = max(0, cells - len(text))
    return [piece for piece in lines if piece[0]]


def json_pieces(line: str, styles: ThemeStyles) -> list[StyledText]:
    """A line of JSON with its keys, texts, numbers and punctuation in styles of their own."""
    pieces: list[StyledText] = []
    end = 0
    by_kind = {"key": styles.accent, "text": styles.text, "word": styles.strong}
    for match in _JSON.finditer(line):
        pieces.append((line[end : match.start()], styles.quiet))
        pieces.append((match[0], by_kind[match.lastgroup or "text"]))
        end = match.end()
    pieces.append((line[end:], styles.quiet))
    return [piece for piece in pieces if piece[0]]
