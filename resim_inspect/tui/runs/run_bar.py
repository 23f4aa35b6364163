"""The line of a run, which follows the files that its process writes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.strip import Strip

from resim_inspect.tui.runs.run_places import RunPlaces
from resim_inspect.tui.runs.run_summary import summary_line
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.progress_line import progress_strip
from resim_inspect.tui.workers import Background

if TYPE_CHECKING:
    from runner.workspace.run_follower import RunFollower
    from runner.workspace.run_record import RunRecord
    from runner.workspace.run_state import RunState

POLL_INTERVAL = 0.25
"""Seconds between two looks at the files of a run."""


class RunBar(Background):
    """One line with the state of a run; without a run that goes on or died it may be hidden."""

    RETRIED = ("_read",)
    DEFAULT_CSS = "RunBar { height: 1; background: $panel; }"

    class Changed(Message):
        """The run has advanced, ended or died."""

        def __init__(self, before: RunState, state: RunState) -> None:
            super().__init__()
            self.before = before
            self.state = state

    class StateRead(Message):
        """The state of a run has been read, or why it could not be."""

        def __init__(self, follower: RunFollower, state: RunState | None, problem: str) -> None:
            super().__init__()
            self.follower = follower
            self.state = state
            self.problem = problem

    def __init__(self, folder: Path, *, watch: bool = True, hides: bool = False) -> None:
        """`folder`: that of the run's record; `hides`: take no room for a run that has ended."""
        super().__init__()
        from runner.workspace.run_follower import RunFollower
        from runner.workspace.run_record import RunRecord
        from runner.workspace.run_state import RunState

        self.record: RunRecord = RunRecord(folder)
        self.state: RunState = RunState()
        self.problem = ""
        """Reason why the run cannot be followed."""
        self._follower: RunFollower = RunFollower(self.record)
        self._watch = watch
        self._hides = hides
        self._reading = False
        self.is_read = False
        """True once the run has been read, or could not be."""

    def on_mount(self) -> None:
        self._show_or_hide()
        self.read()
        if self._watch:
            self.set_interval(POLL_INTERVAL, self._read_if_current)

    def _read_if_current(self) -> None:
        if self.screen.is_active:
            self.read()

    def read(self) -> None:
        """Read what is new, unless that is being done."""
        if not self._reading:
            self._reading = True
            self._read(self._follower)

    @work(thread=True, group="run", exit_on_error=False, description="following the run")
    def _read(self, follower: RunFollower) -> None:
        from runner.workspace.errors import WorkspaceError
        from runner.workspace.job_status import with_continued_jobs

        state, problem = None, "The run cannot be read: an internal error occurred."
        try:
            places = RunPlaces(follower.record.path)
            state, problem = with_continued_jobs(follower.poll(), places.run_folder), ""
        except WorkspaceError as error:
            problem = str(error)
        finally:
            self.post_message(self.StateRead(follower, state, problem))

    @on(StateRead)
    def _state_read(self, message: StateRead) -> None:
        message.stop()
        self._reading = False
        self.problem = message.problem
        self.is_read = True
        if message.state is None:
            self.refresh()
            return
        before, self.state = self.state, message.state
        self._show_or_hide()
        if self.state != before:
            self.post_message(self.Changed(before, self.state))
        if self.state != before or self.is_alive:
            self.refresh()

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time()

    @property
    def is_alive(self) -> bool:
        """True while jobs run, or wait to be run."""
        from runner.workspace.run_state import Life

        return self.state.life is Life.ALIVE

    @property
    def is_watching(self) -> bool:
        """True for a run that is repeated when its files change, also between two runs."""
        from runner.workspace.watch_requests import WatchPhase

        return self.state.watch is not WatchPhase.NONE

    def _show_or_hide(self) -> None:
        from runner.workspace.run_state import Life

        goes_on = self.is_watching or self.state.life in {Life.ALIVE, Life.DIED}
        self.display = goes_on or not self._hides

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        styles = theme_styles(self.app)
        pieces = summary_line(self.state, self.now(), styles, short=self.size.width < 90)
        if self.problem:
            pieces = [(f" E {self.problem}", styles.strong)]
        return progress_strip(pieces, self.size.width, self.rich_style)
