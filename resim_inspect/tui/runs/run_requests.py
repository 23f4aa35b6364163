"""Requests to a run from its screen: to stop a job or all of them, and to run them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.text import clean
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.widgets.main_screen import MainScreen

if TYPE_CHECKING:
    from runner.workspace.run_state import JobProgress, RunState


class RunRequests(MainScreen[None]):
    """A screen of a run; a notice says why a request cannot be made."""

    @property
    def bar(self) -> RunBar:
        """The line of the run."""
        raise NotImplementedError

    @property
    def state(self) -> RunState:
        """State of the run as it was read last."""
        raise NotImplementedError

    @property
    def job(self) -> JobProgress | None:
        """The chosen job."""
        raise NotImplementedError

    def action_stop(self) -> None:
        job = self.job
        if job is None or job.result is not None or not self.bar.is_alive:
            self.app.notify("Only a job that waits or runs can be stopped.", timeout=3)
        elif job.key.mode != "job" and len(self.state.running) != 1:
            key = key_of("run.stop_all")
            text = f"The {clean(job.name, 40)} follows the jobs; {key} stops everything."
            self.app.notify(text, timeout=4, markup=False)
        else:
            self._request_stop(job.name if job.key.mode == "job" else "")

    def action_stop_all(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChoiceDialog

        if not (self.bar.is_alive or self.bar.is_watching):
            self.app.notify("The run has ended.", timeout=3)
            return

        def answered(row: int | None) -> None:
            if row == 0:
                self._request_stop("")

        self.app.push_screen(
            ChoiceDialog("Stop the run?", ["Stop all jobs; what finished is kept", "Go on"]),
            answered,
        )

    def _request_stop(self, job: str) -> None:
        from runner.workspace.stopping import stop_run

        self._requested(stop_run(self.bar.record, job))

    def action_again(self, action: str) -> None:
        from runner.workspace.stopping import ask_watch

        if self.bar.is_watching:
            self._requested(ask_watch(self.bar.record, action))
        else:
            key = key_of("run.watch")
            self.app.notify(
                f"This run does not watch files; {key} starts one that does.", timeout=4
            )

    def _requested(self, problem: str) -> None:
        """Say why a request could not be made, and follow its effect."""
        if problem:
            self.app.notify(
                problem, title="Cannot ask the run", severity="error", timeout=6, markup=False
            )
        self.bar.read()
