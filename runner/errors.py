"""Errors around a run; a failing build is a result, not one of these."""

from __future__ import annotations

from runner.workspace.errors import RunnerError as RunnerError
from runner.workspace.errors import WorkspaceError as WorkspaceError


class CallError(RunnerError):
    """The command line has options that contradict each other, or an invalid value."""


class EngineError(RunnerError):
    """The engine is missing, does not answer or refuses."""


class ImageError(EngineError):
    """The image is not there, cannot be pulled, or is for another platform."""


class OutputsError(RunnerError):
    """The outputs of a build are refused, and none of them was kept."""


class StorageError(RunnerError):
    """This machine's disk is full, read-only or failing."""


class ExecutorError(RunnerError):
    """The scheduler of the workers cannot be reached, or was lost."""


class WorkerError(RunnerError):
    """A worker cannot run a job, or was lost with it again and again."""
