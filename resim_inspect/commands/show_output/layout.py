"""Lines of text for a terminal without a library: cells, colours, wrapping."""

from __future__ import annotations

import re
from collections.abc import Sequence

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width, cut

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


class SgrPainter:
    """Adds SGR codes to text, or leaves it unchanged without colour."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def paint(self, text: str, *codes: str) -> str:
        """Return `text` in these SGR codes; empty text and empty codes stay plain."""
        wanted = ";".join(code for code in codes if code)
        return f"\x1b[{wanted}m{text}\x1b[0m" if self.color and wanted and text else text

    def status(self, status: MetricStatus, text: str | None = None) -> str:
        """Return a status as symbol and word, or another text in its colour."""
        shown = status_words(status) if text is None else text
        return self.paint(shown, _STATUS_SGR.get(status, ""))


def status_words(status: MetricStatus) -> str:
    """Return a status such as `✗ FAIL_BLOCK`; one that is not set is `? none`."""
    return f"{status.symbol} {status.name if status else 'none'}"


def clip(line: str, width: int) -> str:
    """Cut a painted line to `width` columns; its colours end at the cut."""
    if len(line) <= width or cell_width(_SGR.sub("", line)) <= width:
        return line
    prefix = ""
    left = width
    for piece in _SGR.split(line):
        if piece.startswith("\x1b"):
            prefix += piece
        elif left:
            shown = cut(piece, left)
            left = 0 if shown != piece or cell_width(shown) == left else left - cell_width(shown)
            prefix += shown
    return prefix


def flow(parts: Sequence[str], gap: str, width: int) -> list[str]:
    """Arrange painted parts side by side, in as many lines as they need."""
    lines: list[str] = []
    used = 0
    for part in parts:
        size = cell_width(_SGR.sub("", part))
        if lines and used + cell_width(gap) + size <= width:
            lines[-1] += gap + part
            used += cell_width(gap) + size
        else:
            lines.append(part)
            used = size
    return lines
