"""Screens from which a build can be run: on what they show, once or whenever a file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.message import Message
from textual.screen import Screen

from resim_inspect.tui.messages import OpenRequested

if TYPE_CHECKING:
    from pathlib import Path

    from resim_inspect.tui.runs.run_request import RunRequest, RunTarget


class RunRequested(Message):
    """A request to start a run; `show`: bring its screen into view."""

    def __init__(self, request: RunRequest, folder: Path | None, *, show: bool) -> None:
        super().__init__()
        self.request = request
        self.folder = folder
        """Working directory of the call; None for the app's."""
        self.show = show


class RunHost:
    """A screen with jobs to run; it comes after the screen among the bases."""

    def run_target(self) -> RunTarget | None:
        """The jobs to run; None if what is in view cannot be run."""
        raise NotImplementedError

    def nothing_to_run(self) -> str:
        """Sentence for what is in view and cannot be run."""
        return "Only a job's outputs can be run again: its inputs are in a folder beside them."

    def stays_while_watching(self) -> bool:
        """Return True if what is in view changes by itself when a watched build has run."""
        return False

    def action_run(self) -> None:
        self._ask(watch=False)

    def action_watch(self) -> None:
        self._ask(watch=True)

    def _ask(self, *, watch: bool) -> None:
        """Show the run that goes on, or ask for a new one."""
        from runner.workspace.stopping import run_is_active

        screen, target = cast(Screen[Any], self), self.run_target()
        if target is None:
            screen.app.notify(self.nothing_to_run(), title="Nothing to run", timeout=5)
            return
        record = target.record()
        if run_is_active(record):
            screen.post_message(OpenRequested(record.path))
            return
        from resim_inspect.tui.runs.run_dialog import RunDialog, StartedRun

        def answered(start: StartedRun | None) -> None:
            if start is not None:
                show = not (start.request.watch and self.stays_while_watching())
                screen.post_message(RunRequested(start.request, start.folder, show=show))

        screen.app.push_screen(RunDialog(target, watch=watch), answered)
