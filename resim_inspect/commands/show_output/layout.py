"""Lines of text for a terminal without a library: cells, colours, wrapping, tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import symbol

_STATUS_SGR = {
    MetricStatus.PASSED: "32",
    MetricStatus.FAIL_WARN: "33",
    MetricStatus.FAIL_BLOCK: "31",
    MetricStatus.NOT_APPLICABLE: "90",
    MetricStatus.RAW: "34",
}
_SGR = re.compile("(\x1b\\[[0-9;]*m)")
BOLD = "1"
DIM = "2"


class Ink:
    """Puts SGR codes around text, or leaves it as it is."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def paint(self, text: str, *codes: str) -> str:
        """`text` in these SGR codes; empty text and empty codes stay plain."""
        wanted = ";".join(code for code in codes if code)
        return f"\x1b[{wanted}m{text}\x1b[0m" if self.color and wanted and text else text

    def status(self, status: MetricStatus, text: str | None = None) -> str:
        """A status as symbol and word, or another text in its colour."""
        shown = status_words(status) if text is None else text
        return self.paint(shown, _STATUS_SGR.get(status, ""))


def status_words(status: MetricStatus) -> str:
    """`✗ FAIL_BLOCK`; a status that is not set reads `? none`."""
    return f"{symbol(status)} {status.name if status else 'none'}"


def cells(text: str) -> int:
    """How many columns a terminal gives to `text`, which has no control characters."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, width: int) -> str:
    """`text` in at most `width` columns, cut with `…`."""
    if cells(text) <= width:
        return text
    kept = ""
    used = 0
    for char in text:
        used += _cells(char)
        if used > width - 1:
            break
        kept += char
    return kept + "…" if width > 0 else ""


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` filled with blanks to `width` columns, at the left if `right`-aligned."""
    blanks = " " * max(0, width - cells(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int) -> list[str]:
    """`text` broken at blanks into lines of at most `width` columns; longer words are cut up."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if cells(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            while cells(word) > width:
                head = fit(word, width + 1)[:-1] or word[0]
                lines.append(head)
                word = word[len(head) :]
            line = word
        lines.append(line)
    return lines


def clip(line: str, width: int) -> str:
    """A painted line in at most `width` columns; what was painted ends where it is cut."""
    if len(line) <= width or cells(_SGR.sub("", line)) <= width:
        return line
    kept = ""
    left = width
    for piece in _SGR.split(line):
        if piece.startswith("\x1b"):
            kept += piece
        elif left:
            shown = fit(piece, left)
            left = 0 if shown != piece or cells(shown) == left else left - cells(shown)
            kept += shown
    return kept


def flow(parts: Sequence[str], gap: str, width: int) -> list[str]:
    """Painted parts side by side, in as many lines as they need."""
    lines: list[str] = []
    used = 0
    for part in parts:
        size = cells(_SGR.sub("", part))
        if lines and used + cells(gap) + size <= width:
            lines[-1] += gap + part
            used += cells(gap) + size
        else:
            lines.append(part)
            used = size
    return lines


def table(rows: Sequence[Sequence[str]], right: Iterable[int] = (), gap: int = 2) -> list[str]:
    """Plain rows as aligned lines; `right` names the right-aligned columns."""
    if not rows:
        return []
    columns = range(len(rows[0]))
    widths = [max(cells(row[column]) for row in rows) for column in columns]
    aligned = set(right)
    return [
        (" " * gap)
        .join(pad(row[column], widths[column], right=column in aligned) for column in columns)
        .rstrip()
        for row in rows
    ]
