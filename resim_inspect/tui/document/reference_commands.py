"""Commands of the palette that set, choose and clear the reference document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from textual.command import DiscoveryHit, Hits, Provider
from textual.content import Content

from resim_inspect.filtering.fuzzy import match, matched_offsets
from resim_inspect.tui.document.reference import reference_state
from resim_inspect.tui.document.reference_host import ReferencedScreen
from resim_inspect.tui.widgets.palette_entry import hit_of, score_of


class _Command(NamedTuple):
    title: str
    detail: str
    run: Callable[[], object]


class ReferenceCommands(Provider):
    """Commands about the reference, in the palette of a document."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(Content(command.title), command.run, help=command.detail)

    async def search(self, query: str) -> Hits:
        for title, detail, run in self._commands():
            if rank := match(query, title.casefold()):
                offsets = matched_offsets(query, title.casefold())
                yield hit_of(self, title, offsets, detail, run, score_of(rank) + 0.5)

    def _commands(self) -> Iterator[_Command]:
        screen, state = self.screen, reference_state(self.app)
        if not isinstance(screen, ReferencedScreen) or state is None:
            return
        yield _Command(
            "Set document as reference",
            "Compare all charts and numbers with this document as it is now",
            screen.set_as_reference,
        )
        yield _Command(
            "Choose a reference document",
            "Compare all charts and numbers with another file",
            lambda: state.choose(screen.session.document.path or Path(), screen.open_reference),
        )
        if state.reference is not None:
            yield _Command(
                "Clear the reference document",
                f"No longer compare with {state.reference.label}",
                lambda: state.set(None),
            )
