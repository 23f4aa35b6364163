"""Screens of jobs, from which the build log of one opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from resim_inspect.files import is_missing
from resim_inspect.text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from resim_inspect.tui.runs.run_request import RunTarget


class LogHost:
    """A screen with a job whose build may have run; it comes after the screen among the bases."""

    def logged_target(self) -> RunTarget | None:
        """The job in view, or the chosen one; None without one."""
        raise NotImplementedError

    def follows_log(self) -> bool:
        """Return True if a log that grows is followed."""
        return True

    def action_build_log(self) -> None:
        from resim_inspect.tui.runs.log_screen import LogScreen

        screen, target = cast(Screen[Any], self), self.logged_target()
        if target is None:
            text = "A build log belongs to a job of a workspace, or to outputs on this disk."
            screen.app.notify(text, title="No log", timeout=5)
            return
        path = log_of(target)
        if _is_absent(path):
            text = f"{target.name} has no build log: {clean(str(path), 300)} does not exist."
            screen.app.notify(text, title="No log", timeout=5, markup=False)
        else:
            screen.app.push_screen(LogScreen(path, target.name, watch=self.follows_log()))


def target_beside(path: Path | None) -> RunTarget | None:
    """A target for outputs that nothing can run again, whose run has left its record beside them.

    None for a document that was not read from a file.
    """
    from resim_inspect.tui.runs.run_request import RunTarget

    if path is None:
        return None
    outputs = path.absolute().parent
    return RunTarget(inputs=outputs, outputs=outputs)


def log_of(target: RunTarget) -> Path:
    """Path of the log of a job, or of the batch of a workspace; it may not exist."""
    from resim_inspect.tui.runs.run_places import RunPlaces
    from runner.workspace.errors import WorkspaceError
    from runner.workspace.run_follower import run_state
    from runner.workspace.run_state import RunKey

    record = target.record()
    recorded = ""
    if target.workspace is None:
        try:
            recorded = run_state(record).log
        except WorkspaceError:
            recorded = ""  # The build's output is beside the record that cannot be read.
    key = RunKey("job", target.job) if target.job else RunKey("batch", "batch")
    return RunPlaces(record.path).log_of(key, recorded)


def _is_absent(path: Path) -> bool:
    from runner.workspace.live_log import LiveLog

    return is_missing(path) and not LiveLog(path).exists()
