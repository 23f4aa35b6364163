"""Entries of the command palette: ranked like all names, and shown as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.command import Hit, Provider
from textual.content import Content

from resim_inspect.filtering.fuzzy import Match


def score_of(rank: Match) -> float:
    """Score of a match: the greater, the higher in the palette; kinds are 1 apart."""
    return 4.0 - rank.kind - min(rank.distance, 999) / 4e3 - min(rank.length, 999) / 4e6


def hit_of(
    provider: Provider,
    title: str,
    offsets: Iterable[int],
    detail: str,
    action: Callable[[], object],
    score: float,
) -> Hit:
    """Entry of the palette, with the characters at these offsets of its title highlighted."""
    content = Content(title)
    if (style := provider.match_style) is not None:
        for offset in offsets:
            content = content.stylize(style, offset, offset + 1)
    return Hit(score, content, action, help=detail)
