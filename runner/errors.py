"""What can go wrong around a run; a build that fails is a result, not one of these."""

from __future__ import annotations


class RunnerError(Exception):
    """The call or the machine is wrong. `str(error)` is one sentence; `hint` says what to do."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class CallError(RunnerError):
    """The command line asks for something that makes no sense."""


class WorkspaceError(RunnerError):
    """A folder is no workspace, or cannot be made, read, written or locked."""


class EngineError(RunnerError):
    """The engine is missing, does not answer or refuses."""


class ImageError(EngineError):
    """The image is not there, cannot be pulled, or is for another platform."""


class OutputsError(RunnerError):
    """What a build left in its outputs is refused; nothing of it was kept."""


class StorageError(RunnerError):
    """This machine's disk is full, read-only or failing."""
