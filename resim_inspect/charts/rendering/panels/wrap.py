"""Text broken into lines of a given width, measured in cells."""

from __future__ import annotations

from resim_inspect.charts.rendering.cells import width_of


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells; words longer than that are broken. At least one line."""
    width = max(1, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for word in paragraph.split(" "):
            size = width_of(word)
            if line and used + 1 + size <= width:
                line, used = f"{line} {word}", used + 1 + size
                continue
            if line:
                lines.append(line)
            while size > width:
                head = _head(word, width)
                lines.append(head)
                word = word[len(head) :]
                size = width_of(word)
            line, used = word, size
        lines.append(line)
    return lines or [""]


def _head(word: str, width: int) -> str:
    used = 0
    for place, char in enumerate(word):
        used += width_of(char)
        if used > width:
            return word[: max(1, place)]
    return word
