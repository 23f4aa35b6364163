"""The line below the cards: what is in view, how it is grouped, and what is linked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resim_inspect.text import cell_width, count, cut
from resim_inspect.tui.key_hints import key_of


class GridStatus(NamedTuple):
    """State of the cards as numbers and words."""

    first: int
    """Index of the first card in view."""
    shown: int
    """Number of cards in view."""
    total: int
    pinned: int
    page: int
    pages: int
    grouping: str
    """Words for the grouping."""
    can_zoom: bool
    """True if a card in view has an axis to zoom."""
    linked_zoom: bool
    is_zoomed: bool
    cursor: str
    """The cursor in words; empty without one."""
    linked: int
    """Number of cards in view that the cursor is on."""
    more: Sequence[str] = ()
    """Words for what else holds for all cards."""


def status_text(status: GridStatus, width: int) -> str:
    """The state in one line of at most `width` cells; parts that do not fit are left out.

    The most important parts come first and go last.
    """
    parts: list[str] = []
    if status.total:
        last = status.first + status.shown
        shown = f"cards {status.first + 1:,}–{last:,}" if status.shown > 1 else f"card {last:,}"
        parts.append(f"{shown} of {status.total:,}")
    parts += [word for word in status.more if word]
    if status.cursor:
        on_cards = f"{status.cursor} on {count(status.linked, 'card')}"
        parts.append(on_cards if status.linked else "the cursor is on no card of this page")
    if status.can_zoom:
        zoom = "zoom in step" if status.linked_zoom else "zoom of each card"
        parts.append(f"{zoom} ({key_of('cards.link')})" + (", zoomed" if status.is_zoomed else ""))
    if status.pages > 1:
        parts.append(f"page {status.page + 1:,} of {status.pages:,}")
    parts.append(status.grouping)
    if status.pinned:
        parts.append(f"{status.pinned:,} pinned")
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        if cell_width(longer) <= width:
            line = longer
    return line or cut(parts[0], width)
