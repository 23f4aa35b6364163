"""A document's screen as one of those that follow the reference."""

from __future__ import annotations

from pathlib import Path

from textual import on, work
from textual.message import Message

from resim_inspect.errors import InspectError
from resim_inspect.text import clean
from resim_inspect.tui.document.reference import (
    MatchedReference,
    Reference,
    match_reference,
    open_reference,
    reference_state,
)
from resim_inspect.tui.document.reloading import ReloadingScreen
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.gc_tuning import gc_paused


class ReferencedScreen(ReloadingScreen):
    """A screen whose document is compared with the reference of the app, if there is one."""

    class ReferenceMatched(Message):
        """The metrics of a document have been matched with those of the reference."""

        def __init__(self, session: Session, matched: MatchedReference) -> None:
            super().__init__()
            self.session = session
            self.matched = matched

    class ReferenceOpened(Message):
        """A file has been opened as the reference."""

        def __init__(self, reference: Reference) -> None:
            super().__init__()
            self.reference = reference

    class ReferenceFailed(Message):
        """A file cannot be the reference."""

        def __init__(self, error: InspectError) -> None:
            super().__init__()
            self.error = error

    def follow_reference(self) -> None:
        """Follow the reference of the app from now on."""
        state = reference_state(self.app)
        if state is not None:
            state.changed.subscribe(self, self._reference_changed)
            self._reference_changed(state.reference)

    def _reference_changed(self, reference: Reference | None) -> None:
        if reference is None:
            if self.session.reference is not None:
                self.show_session(self.session.with_reference(None))
        else:
            self._match_reference(reference, self.session)

    def match_again(self) -> None:
        """Match the reference with another version of the document."""
        state = reference_state(self.app)
        if state is not None and state.reference is not None and self.session.reference is None:
            self._match_reference(state.reference, self.session)

    @work(
        thread=True,
        exclusive=True,
        group="reference",
        exit_on_error=False,
        description="matching the reference",
    )
    def _match_reference(self, reference: Reference, session: Session) -> None:
        with gc_paused():
            matched = match_reference(reference, session.document)
        self.post_message(self.ReferenceMatched(session, matched))

    @on(ReferenceMatched)
    def _reference_matched(self, message: ReferenceMatched) -> None:
        message.stop()
        state = reference_state(self.app)
        is_current = state is not None and state.reference is message.matched.reference
        if is_current and message.session.document is self.session.document:
            self.show_session(self.session.with_reference(message.matched))

    def set_as_reference(self) -> None:
        """Make the document, as it is now, the reference."""
        state = reference_state(self.app)
        if state is not None:
            state.set(Reference(self.session.document, self.session.label))
            self.app.notify("This document is the reference now.", timeout=3)

    def open_reference(self, path: Path) -> None:
        """Open a file as the reference."""
        self._open_reference(path)

    @work(
        thread=True,
        exclusive=True,
        group="open-reference",
        exit_on_error=False,
        description="opening the reference",
    )
    def _open_reference(self, path: Path) -> None:
        try:
            reference = open_reference(path)
        except InspectError as error:
            self.post_message(self.ReferenceFailed(error))
        else:
            self.post_message(self.ReferenceOpened(reference))

    @on(ReferenceOpened)
    def _reference_opened(self, message: ReferenceOpened) -> None:
        message.stop()
        state = reference_state(self.app)
        if state is not None:
            state.set(message.reference)

    @on(ReferenceFailed)
    def _reference_failed(self, message: ReferenceFailed) -> None:
        message.stop()
        self.app.notify(
            clean(message.error.located(), 300),
            title="Not a reference",
            severity="warning",
            timeout=8,
            markup=False,
        )
