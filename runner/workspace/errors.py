"""Base of the runner's errors, and the errors of a workspace."""

from __future__ import annotations


class RunnerError(Exception):
    """An invalid call or an unusable machine.

    `str(error)` is one sentence; `hint` says what to do. A build that fails is a result, not an
    error.
    """

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class WorkspaceError(RunnerError):
    """A folder that is not a workspace, or that cannot be created, read, written or locked."""
