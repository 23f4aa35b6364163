"""Requests to stop a run, or one of its jobs, whoever has started it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.workspace.run_record import RunRecord


def stop_run(record: RunRecord, job: str = "") -> str:
    """Ask the process of a run to stop a job, or everything; return why that is not possible."""
    from runner.workspace.run_follower import run_state
    from runner.workspace.run_record import active_owner, request_stop, terminate

    owner = active_owner(record)
    if owner is None:
        return "The run has ended already."
    try:
        request_stop(record, owner, job)
        if not job and not run_state(record).planned:
            # A runner that is still preparing, such as pulling an image, reads no requests.
            terminate(owner)
    except OSError as error:
        return f"The run cannot be told to stop: {error.strerror}."
    return ""
