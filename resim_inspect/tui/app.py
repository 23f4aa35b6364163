"""The app: modes for open documents, keys that apply everywhere, and errors of workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.driver import Driver
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from resim_inspect.errors import DocumentError
from resim_inspect.text import clean
from resim_inspect.tui.batch_address import AddressError, BatchAddress
from resim_inspect.tui.breakpoints import CSS
from resim_inspect.tui.dashboard.host import DashboardApp
from resim_inspect.tui.gc_tuning import gc_paused, low_latency_gc
from resim_inspect.tui.jump.host import JumpApp
from resim_inspect.tui.key_order import OrderedKeysApp
from resim_inspect.tui.keys.app import APP
from resim_inspect.tui.messages import (
    CompareRequested,
    FetchRequested,
    OpenRequested,
    WorkerFailed,
)
from resim_inspect.tui.open.detect import DetectedPath, PathKind
from resim_inspect.tui.open.opening import Opened, open_path
from resim_inspect.tui.open_documents import OpenDocuments
from resim_inspect.tui.preferences.app import PreferencesApp
from resim_inspect.tui.preferences.model import DEFAULTS, Preferences
from resim_inspect.tui.raw.host import RawApp, damage_of
from resim_inspect.tui.runs.run_host import RunRequested
from resim_inspect.tui.runs.started_runs import CHECK_INTERVAL, StartedRuns, leave_dialog
from resim_inspect.tui.screens import compare_later, import_screen_of
from resim_inspect.tui.session_state.app import SessionApp
from resim_inspect.tui.terminal_hangup import exits_on_hangup
from resim_inspect.tui.widgets.chart.terminal_graphics import Graphics, prepare, remembered
from resim_inspect.tui.workers import FirstFrameMixin
from resim_inspect.tui.workspace.reference_host import JobsReferenceApp

if TYPE_CHECKING:
    from resim_inspect.charts.build.job_values import JobValues
    from resim_inspect.tui.runs.run_process import RunProcess


def _palette_commands() -> type[Provider]:
    """Class of the palette's commands, imported when the palette opens."""
    from resim_inspect.tui.command_palette import PaletteCommands

    return PaletteCommands


class InspectApp(
    OrderedKeysApp, PreferencesApp, FirstFrameMixin, JobsReferenceApp, DashboardApp, RawApp,
    SessionApp, JumpApp,
):  # fmt: skip
    """The terminal app; each open document, folder or batch is a mode of its own."""

    graphics: Graphics | None = None
    """Terminal graphics for images; None for half blocks."""

    TITLE = "resim-inspect"
    DEFAULT_MODE: ClassVar[str] = "first"
    CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [*APP]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette_commands}

    class OpenFinished(Message):
        """A path or batch has been opened."""

        def __init__(self, opened: Opened, metric: int | None) -> None:
            super().__init__()
            self.opened = opened
            self.metric = metric

    class RunStarted(Message):
        """A run has been started."""

        def __init__(self, process: RunProcess, *, show: bool) -> None:
            super().__init__()
            self.process = process
            self.show = show

    class OpenFailed(Message):
        """A path or batch could not be opened."""

        def __init__(self, path: Path | BatchAddress, error: DocumentError | AddressError) -> None:
            super().__init__()
            self.path = path
            self.error = error

    def __init__(
        self,
        opened: Opened | None = None,
        *,
        base: Path | None = None,
        theme: str | None = None,
        preferences: Preferences = DEFAULTS,
        watch: bool = True,
        keeps_state: bool = False,
    ) -> None:
        self.start_with(preferences, theme)
        super().__init__()
        FirstFrameMixin.__init__(self)
        JobsReferenceApp.__init__(self)
        DashboardApp.__init__(self)
        SessionApp.__init__(self, keeps_state=keeps_state)
        self.documents = OpenDocuments(self, watch=watch)
        self.runs = StartedRuns()
        self._first = opened
        self._base = base
        self.documents.begin(opened, self.DEFAULT_MODE)

    def get_default_screen(self) -> Screen[Any]:
        # The styles of a mode's screen would be computed twice before the first frame.
        return self.documents.first_screen()

    def get_driver_class(self) -> type[Driver]:
        return remembered(super().get_driver_class())

    def on_mount(self) -> None:
        self.documents.add_first_mode()
        if self._first is not None:
            path = self._first.source
            self.after_first_frame(self.screen, lambda: self.remember_opened(path))
            if self._base is not None and isinstance(path, Path):
                is_batch = self._first.detected.kind is PathKind.WORKSPACE
                request = CompareRequested(path, self._base, is_batch=is_batch)
                self.after_first_frame(self.screen, lambda: compare_later(self, request))
        self.after_first_frame(self.screen, self.show_first_damage)
        self.call_after_refresh(self.mark_first_frame)
        # A dialog may already cover the screen, which then is not refreshed.
        self.set_timer(1.0, self.mark_first_frame)

    def is_started(self) -> bool:
        return self.first_frame_drawn

    # Opening and switching.

    @on(OpenRequested)
    async def _open_requested(self, message: OpenRequested) -> None:
        message.stop()
        mode = self.documents.mode_of(message.path)
        if mode is not None:
            await self.documents.show(mode, message.metric)
            if isinstance(message.path, BatchAddress):
                await self.documents.ask(FetchRequested(message.path))
        else:
            self._open(message.path, message.metric)

    @work(
        thread=True, exclusive=True, group="open", exit_on_error=False, description="opening a file"
    )
    def _open(self, path: Path | BatchAddress, metric: int | None) -> None:
        try:
            with gc_paused():
                opened = open_path(path)
            import_screen_of(opened)
        except (DocumentError, AddressError) as error:
            self.post_message(self.OpenFailed(path, error))
        else:
            self.post_message(self.OpenFinished(opened, metric))

    @on(OpenFinished)
    async def _open_finished(self, message: OpenFinished) -> None:
        # A folder is known by its file only now, and may be opened twice meanwhile.
        mode = self.documents.mode_of(message.opened.source)
        await self.documents.show(mode or self.documents.add(message.opened), message.metric)
        text = f"{clean(message.opened.name, 80)} is open as {message.opened.detected.description}."
        self.notify(text, timeout=3, markup=False)
        self.remember_opened(message.opened.source)

    @on(OpenFailed)
    def _open_failed(self, message: OpenFailed) -> None:
        if isinstance(message.path, Path) and self.show_damage(message.path, message.error):
            return
        text = f"{clean(str(message.path), 200)}: {clean(str(message.error), 300)}"
        self.notify(text, title="Cannot open", severity="warning", timeout=8, markup=False)

    @on(CompareRequested)
    def _compare_requested(self, message: CompareRequested) -> None:
        from resim_inspect.tui.comparing import compare

        message.stop()
        compare(self, message, self.documents.paths)

    async def action_open(self) -> None:
        from resim_inspect.tui.open.screen import OpenScreen

        if not isinstance(self.screen, OpenScreen):
            await self.documents.show_open()

    async def action_previous(self) -> None:
        await self.documents.previous()

    async def action_table(self) -> None:
        await self.documents.show_table()

    def job_values(self, path: Path, name: str) -> JobValues | None:
        """Values of a metric in the jobs of the workspace that the document was opened from."""
        return self.documents.job_values(path, name)

    async def action_close(self) -> None:
        problem = await self.documents.close()
        if problem:
            self.notify(problem, timeout=3)

    def action_switch(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChoiceDialog

        modes = list(self.documents.recency)
        if not modes:
            return

        async def chosen(row: int | None) -> None:
            if row is not None:
                await self.documents.show(modes[row])

        names = [self.documents.names[mode] for mode in modes]
        self.push_screen(ChoiceDialog("Open documents", names, min(1, len(names) - 1)), chosen)

    # Runs.

    @on(RunRequested)
    def _run_requested(self, message: RunRequested) -> None:
        message.stop()
        self._start_run(message)

    @work(thread=True, group="run", exit_on_error=False, description="starting the runner")
    def _start_run(self, wanted: RunRequested) -> None:
        from resim_inspect.tui.runs.known_builds import remember_build
        from resim_inspect.tui.runs.run_process import RunProcess

        process = RunProcess(wanted.request, os.environ, wanted.folder)
        self.post_message(self.RunStarted(process, show=wanted.show))
        remember_build(wanted.request.build)

    @on(RunStarted)
    async def _run_started(self, message: RunStarted) -> None:
        message.stop()
        if not self.runs.is_watched:
            self.runs.is_watched = True
            self.set_interval(CHECK_INTERVAL, self._check_runs)
        self.runs.add(message.process)
        record = message.process.request.target.record()
        if message.show:
            mode = self.documents.mode_of(record.path)
            run = Opened(DetectedPath(PathKind.RUN, record.path, "a run"))
            await self.documents.show(mode or self.documents.add(run))

    def _check_runs(self) -> None:
        for failed in self.runs.failed_starts():
            title = f"The run of {failed.process.request.target.name} did not start"
            self.notify(failed.problem, title=title, severity="error", timeout=10, markup=False)

    async def action_quit(self) -> None:
        runs = self.runs.active()
        if not runs or self.leaving:
            self.exit()
            return
        if self.runs.question in self.screen_stack:
            return
        if self.runs.question is not None:
            self.runs.question.dismiss(None)  # It may wait in another mode.

        def answered(row: int | None) -> None:
            if row == 1:
                self.runs.stop()
            if row is not None and row < 2:
                self.exit()

        self.runs.question = leave_dialog(runs)
        self.push_screen(self.runs.question, answered)

    # Help and commands.

    def action_help(self) -> None:
        from resim_inspect.tui.help_screen import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.clear_notifications()  # They would cover it.
            focused = self.focused
            nodes = [self.screen, self] if focused is None else focused.ancestors_with_self
            self.push_screen(HelpScreen(nodes))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        from resim_inspect.tui.command_palette import commands

        yield from commands(self, self.documents, screen)

    # Errors of workers.

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.post_message(WorkerFailed(event.worker.description, event.worker.error))

    @on(WorkerFailed)
    def _worker_failed(self, message: WorkerFailed) -> None:
        from resim_inspect.tui.widgets.dialogs import ErrorDialog

        message.stop()
        dialogs = [screen for screen in self.screen_stack if isinstance(screen, ErrorDialog)]
        if not any(dialog.shows_same(message.doing, message.error) for dialog in dialogs):
            self.push_screen(ErrorDialog(message.doing, message.error))


def run_app(
    path: Path | BatchAddress | None,
    *,
    base: Path | None = None,
    watch: bool = True,
    preferences: Callable[[], Preferences] = Preferences,
    keeps_state: bool = True,
) -> bool:
    """Run the app on a path, compared with a base if there is one.

    Return False if it ended because of an internal error. A damaged file is shown as its fields.

    Raises DocumentError, AddressError and GraphicsError before it starts.
    """
    opened, damage = None, None
    with low_latency_gc() as started:
        try:
            opened = None if path is None else open_path(path)
        except DocumentError as error:
            damage = damage_of(path, error)
            if damage is None or base is not None:
                raise
        wanted = preferences()  # As late as possible: the terminal may not have answered yet.
        graphics = prepare(wanted.images)
        if graphics is not None and graphics.way == "kitty":
            # The id of an image is encoded as a colour, which needs all 24 bits.
            os.environ.setdefault("COLORTERM", "truecolor")
        app = InspectApp(
            opened, base=base, preferences=wanted, watch=watch, keeps_state=keeps_state
        )
        app.graphics, app.first_damage = graphics, damage
        app.call_later(started)
        with exits_on_hangup(lambda: app.call_later(app.exit_in_haste)):
            app.run(mouse=wanted.mouse)
            app.finish_state()
    return not app.return_code
