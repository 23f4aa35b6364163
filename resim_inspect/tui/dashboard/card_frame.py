"""Frame of a card in lines of text: its title above, the values under the cursor below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from resim_inspect.text import cell_width, cut
from resim_inspect.tui.dashboard.arrangement import PINNED
from resim_inspect.tui.dashboard.cards import CardTitle
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.chart.reading_line import cursor_line, idle_line
from resim_inspect.tui.widgets.row_list import StyledText, strip_of

if TYPE_CHECKING:
    from resim_inspect.tui.dashboard.painted_cards import PaintedCard

LIGHT = tuple("╭─╮│╰─╯")
"""Corners and sides of a card."""
HEAVY = tuple("┏━┓┃┗━┛")
"""The same of the chosen card."""
MIN_NAME = 8
"""Cells of a name below which the word of its status gives way."""


def frame_style(styles: ThemeStyles, *, chosen: bool, focused: bool) -> Style:
    """Style of a card's sides."""
    return styles.accent if chosen and focused else styles.text if chosen else styles.quiet


def title_line(
    title: CardTitle, width: int, styles: ThemeStyles, frame: Style, *, chosen: bool, pinned: bool
) -> list[StyledText]:
    """The upper side with status and name: `╭─ ✓ PASSED Speed ──── ★ pinned ─╮`."""
    left, side, right = (HEAVY if chosen else LIGHT)[:3]
    room = width - 6
    status = f"{title.symbol} {title.word}".strip()
    mark = PINNED if pinned else ""
    if mark and room - len(mark) - 2 - cell_width(status) - 1 < MIN_NAME:
        mark = PINNED[:1]  # The heading of the pinned cards has the word.
    room -= len(mark) + 2 if mark else 0
    if room - cell_width(status) - 1 < MIN_NAME:
        status = title.symbol
    style = styles.quiet if title.status is None else styles.of(title.status)
    name = cut(title.name, max(0, room - cell_width(status) - 1))
    used = cell_width(status) + 1 + cell_width(name)
    return [
        (f"{left}{side} ", frame),
        (status, style),
        (" " + name, styles.strong if chosen else styles.text),
        (" " + side * max(0, room - used), frame),
        *([(f" {mark} ", styles.accent)] if mark else []),
        (side + right, frame),
    ]


def foot_line(
    reading: Sequence[StyledText], width: int, base: Style, frame: Style, *, chosen: bool
) -> Strip:
    """The lower side, with a text that is cut where it is too long."""
    left, side, right = (HEAVY if chosen else LIGHT)[4:]
    text = "".join(part for part, _ in reading)
    room = width - 4
    if not text.strip() or room < 4:
        return strip_of([(left + side * max(0, width - 2) + right, frame)], width, base)
    cells = cell_width(text)
    words = strip_of(reading, min(cells, room), base)
    if cells > room:
        words = Strip.join([words.crop(0, room - 1), strip_of([("…", reading[-1][1])], 1, base)])
    rest = room - words.cell_length
    return Strip.join(
        [
            strip_of([(left + side, frame)], 2, base),
            words,
            strip_of([(" " * (rest > 0) + side * max(0, rest), frame)], rest + 1, base),
            strip_of([(right, frame)], 1, base),
        ]
    )


def reading_of(
    card: PaintedCard | None,
    cursor: float | None,
    width: int,
    styles: ThemeStyles,
    *,
    is_read: bool,
) -> list[StyledText]:
    """Text below a card: its values under the cursor, or its extremes while nothing is read.

    `is_read`: a cursor stands on some card. A chart that it does not concern says nothing then.
    """
    if card is None:
        return [(" drawing…", styles.quiet)]
    main = card.drawing.main
    if not is_read:
        return idle_line([], card.drawing, card.extremes, width, styles)
    if cursor is None or main is None:
        return []
    pieces = cursor_line(main, cursor, None, width, styles)
    if len(pieces) == 1:
        return [(" no value at this time", styles.quiet)]
    if sum(cell_width(text) for text, _ in pieces) > width:
        # The line below the cards has the time.
        return [(f" {pieces[1][0].lstrip()}", pieces[1][1]), *pieces[2:]]
    return pieces
