"""One line of progress: a bar, a summary, and what is wrong, cut to the width of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from resim_inspect.text import cell_width, fit
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText, strip_of

BAR_WIDTH = 20
"""Cells of the progress bar at most; it has a quarter of a narrow line."""


def progress_bar(share: float, styles: ThemeStyles, width: int = 4 * BAR_WIDTH) -> list[StyledText]:
    """Return a bar that is filled to a share between 0 and 1, and a blank behind it.

    `width`: cells of the whole line.
    """
    cells = min(BAR_WIDTH, width // 4)
    full = round(min(1.0, max(0.0, share)) * cells)
    return [
        ("━" * full, styles.accent),
        ("─" * (cells - full), styles.quiet),
        (" ", styles.text),
    ]


def progress_strip(pieces: Sequence[StyledText], width: int, base: Style) -> Strip:
    """Return a line of a width in cells; the piece that does not fit is cut, the rest left out."""
    line: list[StyledText] = []
    room = width
    for text, style in pieces:
        cells = cell_width(text)
        if cells > room:
            line.append((fit(text, max(0, room)), style))
            break
        line.append((text, style))
        room -= cells
    return strip_of(line, width, base)
