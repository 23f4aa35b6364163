"""Lines of a previewed file: JSON in colours, and a search in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType

from resim_inspect.text import count, fit
from resim_inspect.tui import keymap
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText

_JSON = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*"(?=\s*:))|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<word>-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)"
)


class PreviewLines(RowList):
    """Lines of a previewed file."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.PREVIEW]

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[str] = ()
        self.json = False
        """True if the lines are coloured as JSON."""
        self.wanted = ""
        """Text that was searched for, in lower case."""

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
        if self.wanted:
            pieces = _marked(pieces, self.wanted, styles.marks)
        return [(" ", styles.text), *pieces]

    # Search.

    def action_search(self) -> None:
        from resim_inspect.tui.widgets.prompt import Prompt

        def typed(text: str | None) -> None:
            if text:
                self.wanted = text.casefold()
                hits = self._hits()
                if hits:
                    lines, key = count(len(hits), "line"), key_of("preview.next_hit")
                    self.app.notify(f"{lines} found; {key} goes to the next.", timeout=3)
                self._step(1, here=True)
                self.refresh()

        self.app.push_screen(Prompt("Find text", "a part of a line"), typed)

    def action_hit(self, by: int) -> None:
        if self.wanted:
            self._step(by)
        else:
            self.action_search()

    def _hits(self) -> list[int]:
        return [row for row, line in enumerate(self.rows) if self.wanted in line.casefold()]

    def _step(self, by: int, *, here: bool = False) -> None:
        """Go to the next matching line, cyclically; `here`: the line of the cursor counts."""
        hits = self._hits()
        if not hits:
            self.app.notify(f"No line has {self.wanted}.", timeout=3, markup=False)
        elif by > 0:
            first = self.cursor if here else self.cursor + 1
            self.cursor = next((row for row in hits if row >= first), hits[0])
        else:
            self.cursor = next((row for row in reversed(hits) if row < self.cursor), hits[-1])


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


def _marked(pieces: Sequence[StyledText], wanted: str, marks: Style) -> list[StyledText]:
    """The pieces with a style over each occurrence of a text within one of them."""
    marked: list[StyledText] = []
    for text, style in pieces:
        at = 0
        for match in re.finditer(re.escape(wanted), text, re.IGNORECASE):
            marked.append((text[at : match.start()], style))
            marked.append((match[0], style + marks))
            at = match.end()
        marked.append((text[at:], style))
    return [piece for piece in marked if piece[0]]
