"""The metrics of a document in the command palette."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import Hits, Provider

from resim_inspect.document.enums import MetricStatus
from resim_inspect.filtering.fuzzy import Match, matched_offsets, ranked_in_slices
from resim_inspect.text import clean
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.widgets.palette_entry import STEP, hit_of, score_of

MAX_HITS = 50
"""Number of metrics that the palette lists for a query."""
MAX_NAME = 120
"""Number of characters of a name that are shown."""
_PREFIX = "Go to metric: "


@runtime_checkable
class _HasSession(Protocol):
    session: Session


class MetricCommands(Provider):
    """Metrics whose names have the letters of the query, each a place to go to."""

    async def search(self, query: str) -> Hits:
        assert isinstance(self.screen, _HasSession)
        catalog = self.screen.session.catalog
        typed = query.casefold().strip()
        prefix = _PREFIX.casefold()
        letters = "" if prefix.startswith(typed) else typed.removeprefix(prefix)
        hits: list[tuple[Match, int]] = []
        for best in ranked_in_slices(letters, catalog.lowered, catalog.order, MAX_HITS):
            hits = best
            await asyncio.sleep(0)
        for number, (rank, position) in enumerate(hits):
            status = MetricStatus(catalog.statuses[position])
            offsets = matched_offsets(letters, catalog.lowered[position])
            yield hit_of(
                self,
                _PREFIX + clean(catalog.names[position], MAX_NAME),
                [len(_PREFIX) + offset for offset in offsets],
                f"{status.symbol} {status.name}",
                partial(self.screen.post_message, GoTo("metric", position)),
                score_of(rank) - number * STEP,
            )
