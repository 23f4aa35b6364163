"""Commands of the palette that set, choose and clear the reference document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.app import SystemCommand
from textual.command import Hits, Provider

from resim_inspect.tui.document.reference import reference_state
from resim_inspect.tui.document.reference_host import ReferencedScreen
from resim_inspect.tui.widgets.palette_entry import all_commands, found_commands

_FIRST = 500
"""Number of entries of the palette's commands, which come first, at most."""


class ReferenceCommands(Provider):
    """Commands about the reference, in the palette of a document."""

    async def discover(self) -> Hits:
        for hit in all_commands(self, self._commands(), _FIRST):
            yield hit

    async def search(self, query: str) -> Hits:
        for hit in found_commands(self, query, self._commands(), _FIRST):
            yield hit

    def _commands(self) -> Iterator[SystemCommand]:
        screen, state = self.screen, reference_state(self.app)
        if not isinstance(screen, ReferencedScreen) or state is None:
            return
        yield SystemCommand(
            "Set document as reference",
            "Compare all charts and numbers with this document as it is now",
            screen.set_as_reference,
        )
        yield SystemCommand(
            "Choose a reference document",
            "Compare all charts and numbers with another file",
            lambda: state.choose(screen.session.document.path or Path(), screen.open_reference),
        )
        if state.reference is not None:
            yield SystemCommand(
                "Clear the reference document",
                f"No longer compare with {state.reference.label}",
                lambda: state.set(None),
            )
