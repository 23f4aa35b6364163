"""Following of a document's file: reading it again when it was rewritten, and what that changed."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from resim_inspect.derived import is_derived
from resim_inspect.document.discovery import inputs_beside
from resim_inspect.document.reloading.loading import load_when_written
from resim_inspect.document.reloading.signatures import Debounce, Signature, document_signature
from resim_inspect.errors import ChangedError, DocumentError
from resim_inspect.text import clean
from resim_inspect.tui.document.session import Session, changed_metrics
from resim_inspect.tui.gc_tuning import gc_paused
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.workers import Background
from resim_inspect.validation.findings import Report

if TYPE_CHECKING:
    from resim_inspect.tui.document.run_changes import Changes

RELOAD_TIMEOUT = 2.0
"""Seconds without a change after which an unreadable file counts as unreadable."""

POLL_INTERVAL = 0.5
"""Seconds between two checks of the file's state."""

MAX_DELAY = 5.0
"""Seconds after which emissions that grow without a pause are evaluated again."""


class ReloadingScreen(MainScreen[None], Background):
    """A screen of a document that follows its file."""

    RETRIED = ("_check",)

    class FileChecked(Message):
        """The state of the file has been read; `seen` is the state that was known then."""

        def __init__(
            self, seen: Signature | None, state: Signature | None, *, is_derived: bool
        ) -> None:
            super().__init__()
            self.seen = seen
            self.state = state
            self.is_derived = is_derived

    class Reloaded(Message):
        """The file was rewritten and could be read."""

        def __init__(self, session: Session, changes: str) -> None:
            super().__init__()
            self.session = session
            self.changes = changes

    class NotReloaded(Message):
        """The file was rewritten and cannot be read; `state` is its state after the attempt."""

        def __init__(self, error: DocumentError, state: Signature | None) -> None:
            super().__init__()
            self.error = error
            self.state = state

    class NotValidated(Message):
        """The validator could not read a document to its end."""

        def __init__(self, session: Session, error: DocumentError) -> None:
            super().__init__()
            self.session = session
            self.error = error

    class Compared(Message):
        """A new version of the document has been compared with the one before."""

        def __init__(self, session: Session, changes: Changes) -> None:
            super().__init__()
            self.session = session
            self.changes = changes

    def __init__(self, session: Session, *, watch: bool) -> None:
        super().__init__()
        self.session = session
        self.edition: str | None = None
        """Edition of the validator; None for the default."""
        self.changes_note = ""
        """Changes that are announced once the new version is validated."""
        self.note = ""
        """State of the file, for the first line."""
        self.follows_disk = watch
        """True if changes on disk are followed."""
        self._checking = self._reading = False
        self._seen = session.signature
        self._debounce = Debounce(MAX_DELAY)
        self._before: Session | None = None
        """The version before, until it has been compared."""

    # For the screen itself.

    def show_session(self, session: Session) -> None:
        """Show another session in all panes and in the screens on top."""
        raise NotImplementedError

    def validate(self, session: Session, edition: str | None, before: Report | None) -> object:
        """Validate a session; `before`: the report that its findings are compared with."""
        raise NotImplementedError

    def validate_later(self, before: Report | None) -> None:
        """Validate once the screen is drawn: what it shows then, by the edition of then."""
        self.call_after_refresh(lambda: self.validate(self.session, self.edition, before))

    def update_lines(self) -> None:
        """Show the state of the document and the keys that apply."""
        raise NotImplementedError

    # The file.

    def watch_file(self) -> None:
        """Look at the file regularly from now on."""
        if self.follows_disk and self.session.document.path is not None:
            self.set_interval(POLL_INTERVAL, self._check_file)

    def _check_file(self) -> None:
        path = self.session.document.path
        if path is not None and not self._checking and not self._reading:
            self._checking = True
            self._check(path, self._seen)

    @work(thread=True, group="check", exit_on_error=False, description="looking at the file")
    def _check(self, path: Path, seen: Signature | None) -> None:
        # The sources of a derived document are many files, and a disk may take its time.
        state, derived = None, False
        try:
            state, derived = document_signature(path), is_derived(path)
        finally:
            self.post_message(self.FileChecked(seen, state, is_derived=derived))

    @on(FileChecked)
    def _file_checked(self, message: FileChecked) -> None:
        message.stop()
        self._checking = False
        # A state from before the last reload says nothing about what is in view.
        is_old = self._reading or message.seen != self._seen
        if is_old or message.state in (None, self._seen):
            return
        # Emissions are evaluated as a whole: not for each of many rows that come in turn.
        if not message.is_derived or self._debounce.is_due(message.state, monotonic()):
            # A state whose reading raises is not read again and again.
            self._seen = message.state
            self.start_reload()

    def start_reload(self) -> None:
        """Read the file again, unless that is being done."""
        path = self.session.document.path
        if path is not None and not self._reading:
            self._reading = True
            self._reload(path, self.session)

    @work(
        thread=True,
        group="reload",
        exit_on_error=False,
        description="reading the file again",
    )
    def _reload(self, path: Path, old: Session) -> None:
        worker = get_current_worker()
        try:
            with gc_paused():
                loaded = load_when_written(
                    path, timeout=RELOAD_TIMEOUT, cancelled=lambda: worker.is_cancelled
                )
                new = Session.of(loaded, old.label, old.inputs or inputs_beside(path.parent))
                # What is in view is to stay in view: the tables that it is found in.
                new.document.metric_by_id("")
                new.document.metric_named("")
                new.document.data_by_id("")
                new.catalog.prepare(old.catalog)
                changes = changed_metrics(old.document, new.document)
        except DocumentError as error:
            self.post_message(self.NotReloaded(error, document_signature(path)))
        else:
            self.post_message(self.Reloaded(new, changes))

    @on(Reloaded)
    def _reloaded(self, message: Reloaded) -> None:
        old, new = self.session, message.session
        self._reading = False
        self._seen = new.signature
        self.changes_note = message.changes
        # A reload on request may find the same bytes.
        self.note = "read again" if new.signature == old.signature else "rewritten"
        # Messages about an older state of the file no longer hold.
        self.app.clear_notifications()
        # The older document closes its file when the last thread that reads it is done.
        self.show_session(new)
        self.validate_later(old.report)
        self._before = old

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "reload" and event.state is WorkerState.ERROR:
            self._reading = False

    def compare_with_before(self) -> None:
        """Compare the document with the version before it, once the threads that read it are done:
        two that compute leave the screen a third of the time."""
        before, self._before = self._before, None
        if before is not None:
            self._compare(before, self.session)

    @work(
        thread=True,
        exclusive=True,
        group="compare",
        exit_on_error=False,
        description="comparing with the version before",
    )
    def _compare(self, old: Session, new: Session) -> None:
        from resim_inspect.tui.document.run_changes import changes_between

        with gc_paused():
            changes = changes_between(old.document, new.document)
        self.post_message(self.Compared(new, changes))
        old.document.forget_values()

    @on(Compared)
    def _compared(self, message: Compared) -> None:
        if message.session.document is self.session.document:
            self.show_session(self.session.with_changes(message.changes))

    @on(NotReloaded)
    def _not_reloaded(self, message: NotReloaded) -> None:
        self._reading = False
        self._seen = message.state
        self.note = "new file unreadable: previous version shown"
        self._warn("The file cannot be read now", message.error)
        self.update_lines()

    @on(NotValidated)
    def _not_validated(self, message: NotValidated) -> None:
        if message.session.document is not self.session.document:
            return
        if isinstance(message.error, ChangedError):
            self.start_reload()
        else:
            self._warn("The file cannot be validated", message.error)
            self.show_session(self.session.with_failure(clean(message.error.sentence, 300)))

    def _warn(self, title: str, error: DocumentError) -> None:
        sentence = clean(error.sentence, 300)
        self.app.notify(sentence, title=title, severity="warning", timeout=8, markup=False)
