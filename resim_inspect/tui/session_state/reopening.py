"""The last session: kept when the app is left, and opened again away from the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NamedTuple

from textual.app import App
from textual.screen import Screen

from resim_inspect.errors import DocumentError
from resim_inspect.text import count
from resim_inspect.tui.batch_address import AddressError, BatchAddress
from resim_inspect.tui.comparison.host import ComparedScreen
from resim_inspect.tui.gc_tuning import gc_paused
from resim_inspect.tui.messages import CompareRequested
from resim_inspect.tui.open.opening import Opened, open_path
from resim_inspect.tui.open_documents import OpenDocuments
from resim_inspect.tui.session_state.last_session import (
    ComparedPair,
    LastSession,
    read_last_session,
    write_last_session,
)
from resim_inspect.tui.session_state.writer import StateWriter


class OpenedAgain(NamedTuple):
    """The documents of the last session, opened."""

    last: LastSession
    opened: Sequence[Opened]
    """Documents that have been opened just now, in the order of `last`."""
    failures: int
    """Number of paths that cannot be opened any more."""

    @property
    def sentence(self) -> str:
        """Result in words."""
        if not self.last.opened:
            return "No last session has been saved."
        restored = len(self.last.opened) - self.failures
        words = f"{count(restored, 'document')} of the last session {_are(restored)} open."
        if self.failures:
            words += f" {count(self.failures, 'document')} cannot be opened any more."
        return words


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def open_again(known: AbstractSet[Path | BatchAddress]) -> OpenedAgain:
    """Open what was open last, `known` apart, which is open; for a worker's thread."""
    last, opened, failures = read_last_session(), [], 0
    for entry in last.opened:
        if entry in known:
            continue
        try:
            with gc_paused():
                opened.append(open_path(entry))
        except (DocumentError, AddressError):
            failures += 1
    return OpenedAgain(last, opened, failures)


async def show_again(app: App[Any], documents: OpenDocuments, again: OpenedAgain) -> None:
    """Show what has been opened again, and the comparison that was in view."""
    for opened in again.opened:
        if documents.mode_of(opened.source) is None:
            documents.add(opened)
    modes = [documents.mode_of(entry) for entry in again.last.opened]
    first = next((mode for mode in modes if mode is not None), None)
    if first is not None:
        await documents.show(first)
    pair = again.last.compared
    if pair is not None and first is not None:
        app.post_message(CompareRequested(pair.other, pair.base, is_batch=pair.is_batch))
    app.notify(again.sentence, timeout=4, markup=False)


def keep_session(
    writer: StateWriter,
    screens: Iterable[Screen[Any]],
    entries: Sequence[Path | BatchAddress],
) -> None:
    """Keep what is open; a run of the app that opened nothing leaves the session as it was."""
    pairs = [
        ComparedPair(screen.base.absolute(), screen.other.absolute(), screen.compares_jobs)
        for screen in screens
        if isinstance(screen, ComparedScreen)
    ]
    session = LastSession(tuple(entries), pairs[0] if pairs else None)
    if entries:
        writer.submit(lambda: write_last_session(session))
