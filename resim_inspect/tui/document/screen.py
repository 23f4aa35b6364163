"""Screen of one document: its panes, and reloading and validation when the file changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import Provider
from textual.containers import Vertical
from textual.message import Message
from textual.worker import get_current_worker

from resim_inspect.errors import DocumentError
from resim_inspect.text import clean
from resim_inspect.tui import keymap
from resim_inspect.tui.document.loading import load_when_written, signature
from resim_inspect.tui.document.pane import Pane, SessionObserver
from resim_inspect.tui.document.session import Session, changed_findings, changed_metrics
from resim_inspect.tui.document.top_bar import TopBar
from resim_inspect.tui.gc_tuning import gc_paused
from resim_inspect.tui.key_hints import KeyHint, key_name, key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.messages import EditionChosen, GoTo
from resim_inspect.tui.runs.run_host import RunHost
from resim_inspect.tui.runs.run_request import RunTarget, target_of_document
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.workers import Background, after_first_frame
from resim_inspect.validation.findings import Report

PaneFactory = Callable[[Session, str], Pane]
"""Creates a pane of a session under an id."""

RELOAD_TIMEOUT = 2.0
"""Seconds without a change after which an unreadable file counts as unreadable."""

POLL_INTERVAL = 0.5
"""Seconds between two checks of the file's state."""


def _metric_commands() -> type[Provider]:
    """Class of the palette's metrics, imported when the palette opens."""
    from resim_inspect.tui.document.palette import MetricCommands

    return MetricCommands


class DocumentScreen(MainScreen[None], Background, RunHost):
    """The panes of one document; a number key brings one into view."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.DOCUMENT, *keymap.RUN_HOST, *keymap.FOCUS]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_metric_commands}
    DEFAULT_CSS = """
    DocumentScreen > #panes { height: 1fr; }
    """

    class Reloaded(Message):
        """The file was rewritten and could be read."""

        def __init__(self, session: Session, changes: str) -> None:
            super().__init__()
            self.session = session
            self.changes = changes

    class NotReloaded(Message):
        """The file was rewritten and cannot be read."""

        def __init__(self, error: DocumentError) -> None:
            super().__init__()
            self.error = error

    class ValidationFinished(Message):
        """The validator has a report on a document."""

        def __init__(self, session: Session, report: Report, changes: str) -> None:
            super().__init__()
            self.session = session
            self.report = report
            self.changes = changes

    class Linked(Message):
        """The catalog has resolved the ids of a document."""

        def __init__(self, session: Session) -> None:
            super().__init__()
            self.session = session

    def __init__(
        self, session: Session, panes: Mapping[str, PaneFactory], *, watch: bool = True
    ) -> None:
        super().__init__()
        self.session = session
        self._factories = panes
        """The panes by name, in the order of their keys; the first is shown at once."""
        self.current = "metrics"
        self.edition: str | None = None
        self._watch = watch
        self._reading = False
        self._making = asyncio.Lock()
        self._seen = session.signature
        self._changes = ""
        self._note = ""

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Vertical(id="panes"):
            yield self._factories["metrics"](self.session, "metrics")
        yield BottomBar()

    def on_mount(self) -> None:
        self.pane.focus_main()
        self._update_lines()
        after_first_frame(self, self._validate_first)
        if self._watch and self.session.document.path is not None:
            self.set_interval(POLL_INTERVAL, self._check_file)

    def run_target(self) -> RunTarget | None:
        return target_of_document(self.session.document.path, self.session.inputs)

    def stays_while_watching(self) -> bool:
        return True

    # Panes.

    @property
    def pane(self) -> Pane:
        """The pane in view."""
        return self.query_one("#panes").get_child_by_id(self.current, Pane)

    @property
    def panes(self) -> list[Pane]:
        """Panes that have been opened and are mounted."""
        return [
            child
            for child in self.query_one("#panes").children
            if isinstance(child, Pane) and child.is_mounted
        ]

    async def action_pane(self, name: str) -> None:
        await self.show_pane(name)
        self.pane.focus_main()

    async def show_pane(self, name: str) -> Pane:
        """Bring a pane into view, creating it on first use."""
        async with self._making:  # A key and a message may ask for the same pane at once.
            if not any(pane.id == name for pane in self.panes):
                made_of = self.session
                pane = self._factories[name](made_of, name)
                await self.query_one("#panes").mount(pane)
                if made_of is not self.session:
                    pane.show_session(self.session)
        self.current = name
        for pane in self.panes:
            pane.display = pane.id == name
        self._update_lines()
        return self.pane

    @on(GoTo)
    async def _go_to(self, message: GoTo) -> None:
        message.stop()
        name = {"metric": "metrics", "event": "events"}.get(message.kind, message.kind)
        if name in self._factories:
            pane = await self.show_pane(name)
            pane.go_to(message.position, message.at)
            self._update_lines()

    async def action_dismiss_layer(self) -> None:
        if self.pane.dismiss_layer():
            return
        if self.current != "metrics":
            await self.action_pane("metrics")
        else:
            await self.run_action("app.table")

    # The lines around.

    def key_hints(self) -> Iterable[Hint]:
        return self.pane.key_hints()

    def tab_hints(self) -> tuple[KeyHint, ...]:
        return tuple(self._tab(name) for name in self._factories)

    def _tab(self, name: str) -> KeyHint:
        binding = keymap.BINDINGS[f"document.{name}"]
        label = binding.hint
        if name == "findings" and self.session.findings:
            label += f" {len(self.session.findings):,}"
        return KeyHint(key_name(binding.key), label, binding.action, self)

    def active_tab(self) -> str:
        return key_of(f"document.{self.current}")

    def _update_lines(self) -> None:
        """Show the state of the document and the keys that apply."""
        self.query_one(TopBar).show(self.session, self._note)
        self.update_hints()

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        for pane in self.panes:
            pane.on_theme_changed()
        self._update_lines()

    # Validation.

    def _validate_first(self) -> None:
        # The card of the first metric is being made: it comes before this too.
        self.call_after_refresh(self._validate, self.session, self.edition, None)

    @work(
        thread=True,
        exclusive=True,
        group="validate",
        exit_on_error=False,
        description="validating the file",
    )
    def _validate(self, session: Session, edition: str | None, before: Report | None) -> None:
        from resim_inspect.validation import validate

        try:
            with gc_paused():
                report = validate(session.document, edition=edition)
        except DocumentError as error:
            self.post_message(self.NotReloaded(error))
        else:
            self.post_message(
                self.ValidationFinished(session, report, changed_findings(before, report))
            )
        # One after the other: two threads that compute leave the screen a third of the time.
        if not session.catalog.linked:
            with gc_paused():
                session.catalog.link()
            self.post_message(self.Linked(session))

    @on(ValidationFinished)
    def _validated(self, message: ValidationFinished) -> None:
        if message.session.document is not self.session.document:
            return
        changes = ", ".join(part for part in (self._changes, message.changes) if part)
        self._changes = ""
        if changes:
            self._note = f"rewritten: {changes}"
            self.app.notify(changes, title="The file was rewritten", timeout=6, markup=False)
        self._set_session(self.session.with_report(message.report))

    @on(Linked)
    def _linked(self, message: Linked) -> None:
        message.session.catalog.linked = True
        if message.session.document is self.session.document:
            self._set_session(self.session)

    @on(EditionChosen)
    def _edition(self, message: EditionChosen) -> None:
        message.stop()
        self.edition = message.edition
        self._validate(self.session, self.edition, None)

    # Reloading.

    def _check_file(self) -> None:
        if not self._reading and signature(self.session.document.path) not in (None, self._seen):
            self._start_reload()

    def action_reload(self) -> None:
        self.pane.reload()
        self._start_reload()

    def _start_reload(self) -> None:
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
                new = Session.of(loaded, old.label, old.inputs)
                # What is in view is to stay in view: the tables that it is found in.
                new.document.metric_by_id("")
                new.document.metric_named("")
                new.document.data_by_id("")
                new.catalog.prepare(old.catalog)
                changes = changed_metrics(old.document, new.document)
        except DocumentError as error:
            self.post_message(self.NotReloaded(error))
        else:
            self.post_message(self.Reloaded(new, changes))

    @on(Reloaded)
    def _reloaded(self, message: Reloaded) -> None:
        old, new = self.session, message.session
        self._reading = False
        self._seen = new.signature
        self._changes = message.changes
        self._note = "rewritten"
        # Messages about an older state of the file no longer hold.
        self.app.clear_notifications()
        # The older document closes its file when the last thread that reads it is done.
        self._set_session(new)
        self.call_after_refresh(self._validate, new, self.edition, old.report)

    @on(NotReloaded)
    def _not_reloaded(self, message: NotReloaded) -> None:
        self._reading = False
        self._seen = signature(self.session.document.path)
        self._note = "new file unreadable: previous version shown"
        self.app.notify(
            clean(message.error.sentence, 300),
            title="The file cannot be read now",
            severity="warning",
            timeout=8,
            markup=False,
        )
        self._update_lines()

    def _set_session(self, session: Session) -> None:
        """Show another session in all panes and in the screens on top."""
        old, self.session = self.session, session
        for pane in self.panes:
            pane.show_session(session)
        for screen in self.app.screen_stack:
            if isinstance(screen, SessionObserver):
                # Queued: the screen may still be mounting.
                screen.call_later(screen.session_changed, old, session)
        self._update_lines()
