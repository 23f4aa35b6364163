"""Screen of one document: its panes, and reloading and validation when the file changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import Provider
from textual.message import Message
from textual.worker import get_current_worker

from resim_inspect.document.approximate import is_approximate
from resim_inspect.errors import DocumentError
from resim_inspect.tui import keymap
from resim_inspect.tui.comparison.host import CompareHost
from resim_inspect.tui.document.pane import Pane, SessionObserver
from resim_inspect.tui.document.reference_host import ReferencedScreen
from resim_inspect.tui.document.session import Session, changed_findings
from resim_inspect.tui.document.top_bar import TopBar
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.gc_tuning import gc_paused
from resim_inspect.tui.graceful_exit import screens_above
from resim_inspect.tui.key_hints import KeyHint, key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.document import DOCUMENT
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.keys.query import QUERY_HOST
from resim_inspect.tui.keys.raw import RAW_HOST
from resim_inspect.tui.keys.runs import LOG_HOST, RUN_HOST
from resim_inspect.tui.messages import EditionChosen, GoTo
from resim_inspect.tui.query.host import QueryHost
from resim_inspect.tui.runs.log_host import LogHost
from resim_inspect.tui.runs.run_host import RunHost
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.kept_views import pane_made, restore_later
from resim_inspect.tui.widgets.maximising import box_host
from resim_inspect.tui.workers import after_first_frame
from resim_inspect.validation.findings import Report

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice
    from resim_inspect.tui.runs.run_request import RunTarget

PaneFactory = Callable[[Session, str], Pane]
"""Creates a pane of a session under an id."""


def _metric_commands() -> type[Provider]:
    """Class of the palette's metrics, imported when the palette opens."""
    from resim_inspect.tui.document.palette import MetricCommands

    return MetricCommands


def _reference_commands() -> type[Provider]:
    """Class of the palette's commands about the reference, imported when the palette opens."""
    from resim_inspect.tui.document.reference_commands import ReferenceCommands

    return ReferenceCommands


class DocumentScreen(ReferencedScreen, RunHost, LogHost, CompareHost, ExportHost, QueryHost):
    """The panes of one document; a number key brings one into view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DOCUMENT, *EXPORT, *RUN_HOST, *LOG_HOST, *QUERY_HOST, *RAW_HOST,
        *FOCUS,
    ]  # fmt: skip
    TAKES = (GoTo,)
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        _metric_commands,
        _reference_commands,
    }
    DEFAULT_CSS = """
    DocumentScreen > #panes { height: 1fr; }
    """

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
        super().__init__(session, watch=watch)
        self._factories = panes
        """The panes by name, in the order of their keys; the first is shown at once."""
        self.current = "metrics"
        self.asked_for: GoTo | None = None
        """The place that was asked for last; it takes precedence over the view of the last time."""
        self._making = asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield TopBar()
        with VerticalBox(id="panes"):
            yield self._factories["metrics"](self.session, "metrics")
        yield BottomBar()

    def on_mount(self) -> None:
        self.pane.focus_main()
        self.update_lines()
        after_first_frame(self, self._validate_first)
        after_first_frame(self, self._follow_run)
        after_first_frame(self, self.follow_reference)
        restore_later(self, self.session.document.path)
        self.watch_file()

    def run_target(self) -> RunTarget | None:
        from resim_inspect.tui.runs.run_request import target_of_document

        return target_of_document(self.session.document.path, self.session.inputs)

    def logged_target(self) -> RunTarget | None:
        from resim_inspect.tui.runs.log_host import target_beside

        return self.run_target() or target_beside(self.session.document.path)

    def follows_log(self) -> bool:
        return self.follows_disk

    def _follow_run(self) -> object:
        """Show the run that these metrics come from while it goes on."""
        target = self.run_target()
        if target is None:
            return None
        from resim_inspect.tui.runs.run_bar import RunBar

        bar = RunBar(target.record().path, watch=self.follows_disk, hides=True)
        return self.mount(bar, after=self.query_one(TopBar))

    def compared_path(self) -> Path | None:
        return self.session.document.path

    def query_path(self) -> Path | None:
        return self.session.document.path

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
        self.focus_pane()

    def focus_pane(self) -> None:
        """Focus the box of the pane that fills the screen, or else its main widget."""
        host = box_host(self.pane)
        widget = None if host is None else host.maximised_widget()
        if widget is None:
            self.pane.focus_main()
        else:
            widget.focus()

    async def show_pane(self, name: str) -> Pane:
        """Bring a pane into view, creating it on first use."""
        async with self._making:  # A key and a message may ask for the same pane at once.
            if not any(pane.id == name for pane in self.panes):
                made_of = self.session
                pane = self._factories[name](made_of, name)
                # While it is being mounted, it would share the screen with the one in view.
                pane.display = False
                await self.query_one("#panes").mount(pane)
                if made_of is not self.session:
                    pane.show_session(self.session)
                pane_made(self, pane)
        self.current = name
        for pane in self.panes:
            pane.display = pane.id == name
        self.pane.take_theme()
        self.update_lines()
        return self.pane

    @on(GoTo)
    async def _go_to(self, message: GoTo) -> None:
        message.stop()
        self.asked_for = message
        name = {"metric": "metrics", "event": "events"}.get(message.kind, message.kind)
        if name in self._factories:
            pane = await self.show_pane(name)
            pane.go_to(message.position, message.at)
            self.update_lines()

    async def action_dismiss_layer(self) -> None:
        if self.pane.dismiss_layer():
            return
        if self.current != "metrics":
            await self.action_pane("metrics")
        else:
            await self.run_action("app.table")

    # The lines around.

    def key_hints(self) -> Iterable[Hint]:
        if not is_approximate(self.session.document):
            return self.pane.key_hints()
        return (*self.pane.key_hints(), Hint("query.open"))

    def export_choices(self) -> Sequence[ExportChoice]:
        return self.pane.export_choices()

    def tab_hints(self) -> tuple[KeyHint, ...]:
        return tuple(self._tab(name) for name in self._factories)

    def _tab(self, name: str) -> KeyHint:
        binding = keymap.BINDINGS[f"document.{name}"]
        label = binding.hint
        if name == "findings" and self.session.findings:
            label += f" {len(self.session.findings):,}"
        return KeyHint(key_of(f"document.{name}"), label, binding.action, self)

    def active_tab(self) -> str:
        return key_of(f"document.{self.current}")

    def update_lines(self) -> None:
        self.query_one(TopBar).show(self.session, self.note)
        self.update_hints()

    def on_theme_changed(self) -> None:
        self.pane.take_theme()
        self.update_lines()

    def action_reload(self) -> None:
        self.pane.reload()
        self.start_reload()

    # Validation.

    def _validate_first(self) -> None:
        # The card of the first metric is being made: it comes before this too.
        self.validate_later(None)

    @work(
        thread=True,
        exclusive=True,
        group="validate",
        exit_on_error=False,
        description="validating the file",
    )
    def validate(self, session: Session, edition: str | None, before: Report | None) -> None:
        from resim_inspect.validation import validate

        worker = get_current_worker()
        try:
            with gc_paused():
                report = validate(
                    session.document, edition=edition, is_cancelled=lambda: worker.is_cancelled
                )
        except CancelledError:
            return
        except DocumentError as error:
            end: Message = self.NotValidated(session, error)
        else:
            end = self.ValidationFinished(session, report, changed_findings(before, report))
        if worker.is_cancelled:
            # The screen is closed, or the next validation has begun: its message is the last.
            return
        self.post_message(end)
        # One after the other: two threads that compute leave the screen a third of the time.
        if not session.catalog.linked:
            with gc_paused():
                session.catalog.link()
            self.post_message(self.Linked(session))

    @on(ValidationFinished)
    def _validated(self, message: ValidationFinished) -> None:
        if message.session.document is not self.session.document:
            return
        changes = ", ".join(part for part in (self.changes_note, message.changes) if part)
        self.changes_note = ""
        if changes:
            self.note = f"rewritten: {changes}"
            self.app.notify(changes, title="The file was rewritten", timeout=6, markup=False)
        self.show_session(self.session.with_report(message.report))
        if self.session.catalog.linked:
            self.compare_with_before()

    @on(Linked)
    def _linked(self, message: Linked) -> None:
        message.session.catalog.linked = True
        self.compare_with_before()
        if message.session.document is self.session.document:
            self.show_session(self.session)

    @on(EditionChosen)
    def _edition(self, message: EditionChosen) -> None:
        message.stop()
        self.edition = message.edition
        self.validate(self.session, self.edition, None)

    def show_session(self, session: Session) -> None:
        old, self.session = self.session, session
        if session.document is not old.document:
            self.match_again()
        for pane in self.panes:
            pane.show_session(session)
        for screen in screens_above(self):
            if isinstance(screen, SessionObserver):
                # Queued: the screen may still be mounting.
                screen.call_later(screen.session_changed, old, session)
        self.update_lines()
