"""Text whose lines break between facts: `12 m/s` or `importance HIGH` stays on one line."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from resim_inspect.text import cell_width, wrap
from resim_inspect.tui.widgets.repainting import show_text

GLUE = "\xa0"
"""The blank at which no line breaks. Textual breaks lines there too, so that `broken` does it."""
BETWEEN_FACTS = f" ·{GLUE}"
"""Separator of two facts; a line may begin with it."""


def as_fact(text: str) -> str:
    """A text that is kept on one line, unless it is longer than a line."""
    return text.replace(" ", GLUE)


def broken(text: Text, width: int) -> Text:
    """Break a text into lines of at most `width` cells; each `GLUE` becomes a blank."""
    words = [
        word.replace(GLUE, " ") if cell_width(word) > width else word
        for line in text.plain.split("\n")
        for word in line.split(" ")
    ]
    separators = [char for char in text.plain if char in " \n"]
    plain = "".join(
        word + separator for word, separator in zip(words, [*separators, ""], strict=True)
    )
    lines = Text("\n", end="").join(
        text[start:end] for start, end in _spans(plain, wrap(plain, width))
    )
    lines.plain = lines.plain.replace(GLUE, " ")
    return lines


def _spans(plain: str, lines: list[str]) -> list[tuple[int, int]]:
    """Start and end of each line in a text, of which blanks between lines were left out."""
    spans: list[tuple[int, int]] = []
    at = 0
    for line in lines:
        at = plain.index(line, at)
        spans.append((at, at + len(line)))
        at += len(line)
        at += plain[at : at + 1] == "\n"
    return spans


class FactsText(Static):
    """Facts and free text, broken again for each width."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._text = Text()

    def show(self, text: Text) -> None:
        """Show a text with `GLUE` in it."""
        self._text = text
        self._break()

    def _break(self) -> None:
        width = self.content_size.width
        text = broken(self._text, width) if width > 0 else self._text
        show_text(self, text)

    def on_resize(self) -> None:
        self._break()
