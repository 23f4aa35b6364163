"""Requests to a run of any program: to stop, or to run again what it watches."""

from __future__ import annotations

from runner.workspace.errors import WorkspaceError
from runner.workspace.run_follower import run_state
from runner.workspace.run_record import RunRecord, active_owner, request_stop, terminate
from runner.workspace.run_state import Life
from runner.workspace.watch_requests import WatchAction, WatchPhase, request_watch

ENDED = "The run has ended already."


def run_is_active(record: RunRecord) -> bool:
    """Return `RunState.is_active` of a record; with unreadable events, True for a live owner."""
    if active_owner(record) is None:
        return False
    try:
        return run_state(record).is_active
    except WorkspaceError:
        return True


def stop_run(record: RunRecord, job: str = "") -> str:
    """Ask the process of a run to stop a job, or everything; return why that is not possible.

    It returns at once; the run ends its builds within their grace period.
    """
    owner = active_owner(record)
    if owner is None:
        return ENDED
    try:
        if job:
            request_stop(record, owner, job)
            return ""
        state = run_state(record)
        if state.watch is not WatchPhase.NONE:
            request_watch(record, owner, WatchAction.QUIT)
        if state.life is Life.ALIVE:
            request_stop(record, owner)
            if not state.planned:
                # A runner that is still preparing, such as pulling an image, reads no requests.
                terminate(owner)
    except OSError as error:
        return f"The run cannot be asked to stop: {error.strerror}."
    except WorkspaceError as error:
        return f"The run cannot be asked to stop: {error.reason}"
    return ""


def ask_watch(record: RunRecord, action: str) -> str:
    """Ask a watched run for `all`, `failed` or `pause`; return why that is not possible."""
    owner = active_owner(record)
    if owner is None:
        return ENDED
    try:
        request_watch(record, owner, WatchAction(action))
    except OSError as error:
        return f"The run cannot be asked to run again or to pause: {error.strerror}."
    return ""
