"""Lines of a previewed file, JSON in colours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from resim_inspect.text import fit
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.widgets.searchable_list import SearchableList

_JSON = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*"(?=\s*:))|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<word>-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)"
)


class PreviewLines(SearchableList):
    """Lines of a previewed file."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[str] = ()
        self.json = False
        """True if the lines are coloured as JSON."""

    def matching_rows(self, wanted: str) -> list[int]:
        return [row for row, line in enumerate(self.rows) if wanted in line.casefold()]

    def show(self, rows: Sequence[str], *, json: bool = False) -> None:
        """Set the lines and scroll to the top."""
        self.rows, self.json, self.wanted = rows, json, ""
        self.set_count(len(rows), 0)

    def copy_text(self, row: int) -> str:
        return self.rows[row]

    def empty_text(self) -> str:
        return ""

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        line = fit(self.rows[row], max(1, width - 1))
        pieces = json_pieces(line, styles) if self.json else [(line, styles.text)]
        return [(" ", styles.text), *self.marked(pieces, styles.marks)]


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
