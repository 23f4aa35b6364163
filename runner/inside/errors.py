"""Errors of a run in the image, and their exit codes."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """Exit codes of `python -m runner.inside`."""

    DONE = 0
    """metrics.binproto was written and is valid, whatever its verdict."""
    FUNCTION = 1
    """The author's code failed: its import or its function raised."""
    SETUP = 2
    """No module, no function for the mode, no inputs, or an invalid config file."""
    INVALID = 3
    """The content of the writer cannot be packed, or a validator rejects it."""
    FETCH = 4
    """Some metrics of the batch or report could not be fetched."""
    OUTPUTS = 5
    """The outputs folder is missing, read-only or full."""
    INTERNAL = 70
    """An error of this program."""
    INTERRUPTED = 130
    TERMINATED = 143


class RunError(Exception):
    """A run that cannot continue. `str(error)` is one sentence; `hint` says what to do."""

    def __init__(self, code: Code, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.hint = hint


class InputsError(RunError):
    """An input is missing or has another format than expected."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(Code.SETUP, reason, hint)


class FetchError(RunError):
    """The API did not give all metrics."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(Code.FETCH, reason, hint)


class Interrupt(BaseException):
    """A signal requested the end of the run; `code` is the exit code."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code
