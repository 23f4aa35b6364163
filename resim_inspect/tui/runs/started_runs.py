"""The runs that the app has started: their processes, and what is said when one does not begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.text import clean, count

if TYPE_CHECKING:
    from resim_inspect.tui.runs.run_process import RunProcess
    from resim_inspect.tui.widgets.dialogs import ChoiceDialog

CHECK_INTERVAL = 0.3
"""Seconds between two looks at the processes."""


class FailedStart(NamedTuple):
    """A run that ended before it had a record, and the end of what the runner wrote."""

    process: RunProcess
    problem: str


class StartedRuns:
    """Processes of runs, until they have ended."""

    def __init__(self) -> None:
        self._running: list[RunProcess] = []
        self.is_watched = False
        """True once the app looks at the processes regularly."""
        self.question: ChoiceDialog | None = None
        """The last question about runs that go on, which may be answered or removed by now."""

    def add(self, process: RunProcess) -> None:
        """Add the process of a run that has been started."""
        self._running.append(process)

    def active(self) -> list[RunProcess]:
        """Return the processes of runs that go on, or have not begun."""
        return [process for process in self._running if _goes_on(process)]

    def failed_starts(self) -> list[FailedStart]:
        """Forget the processes that have ended; return those that have recorded nothing."""
        from resim_inspect.tui.runs.run_plan import problem_of

        ended = [process for process in self._running if not process.is_running]
        self._running = [process for process in self._running if process not in ended]
        return [
            FailedStart(process, problem_of(process.stderr_tail()))
            for process in ended
            if process.exit_code and not has_recorded(process)
        ]

    def stop(self) -> None:
        """Ask all runs to stop, without waiting for them."""
        from runner.workspace.stopping import stop_run

        for process in self.active():
            record = process.request.target.record()
            if not has_recorded(process) or stop_run(record):
                process.terminate()


def _goes_on(process: RunProcess) -> bool:
    # Imported here: most of the times that the app quits, it has started no run.
    from runner.workspace.stopping import run_is_active

    if not process.is_running:
        return False
    return not has_recorded(process) or run_is_active(process.request.target.record())


def has_recorded(process: RunProcess) -> bool:
    """Return True if a process has written that it owns the run of its target."""
    from runner.workspace.run_record import read_owner

    record = process.request.target.record()
    reading = read_owner(record)
    return reading is not None and reading.owner.pid == process.pid


def reopen_command(process: RunProcess) -> str:
    """Return the command that shows a run again that is left running."""
    target = process.request.target
    folder = target.workspace or target.record().path
    return f"resim-inspect {clean(str(folder), 200)}"


def leave_dialog(runs: Sequence[RunProcess]) -> ChoiceDialog:
    """Return the question about runs that go on when the app quits."""
    from resim_inspect.tui.widgets.dialogs import ChoiceDialog

    run = runs[0]
    title = f"The run of {run.request.target.name} goes on"
    rows = [f"Leave it running ({reopen_command(run)})", "Stop it", "Do not quit"]
    if len(runs) > 1:
        title = f"{count(len(runs), 'run')} go on"
        rows = ["Leave them running", "Stop them", "Do not quit"]
    return ChoiceDialog(title, rows)
