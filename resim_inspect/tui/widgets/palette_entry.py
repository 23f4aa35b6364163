"""Entries of the command palette: ranked like all names, and shown as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from textual.app import SystemCommand
from textual.command import Hit, Provider
from textual.content import Content

from resim_inspect.filtering.fuzzy import Match, match, matched_offsets

STEP = 1e-9
"""Difference of the scores of two entries that match alike, less than of any that do not.

The palette shows entries of equal scores in an order that differs from start to start.
"""


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
    # The palette reads markup in the detail, which may name a file.
    return Hit(score, content, action, help=detail.replace("[", "\\["))


def all_commands(
    provider: Provider, commands: Iterable[SystemCommand], first: int = 0
) -> Iterator[Hit]:
    """Yield entries in their order; `first`: number of entries of other providers before them."""
    for number, (title, detail, action, _) in enumerate(commands, first):
        yield hit_of(provider, title, (), detail, action, -number * STEP)


def found_commands(
    provider: Provider, query: str, commands: Iterable[SystemCommand], first: int = 0
) -> Iterator[Hit]:
    """Yield the entries that match, those that match alike in their order, before all names."""
    for number, (title, detail, action, _) in enumerate(commands, first):
        name = title.casefold()
        if rank := match(query, name):
            score = score_of(rank) + 0.5 - number * STEP
            yield hit_of(provider, title, matched_offsets(query, name), detail, action, score)
