"""What can go wrong inside of an image, and the exit code that says so."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """The exit codes of `python -m runner.inside`."""

    DONE = 0
    """metrics.binproto is written, and both validators accept it, whatever its verdict is."""
    FUNCTION = 1
    """The build's own code failed: importing it, or its function raised."""
    SETUP = 2
    """No build, no function for the mode, no inputs, or a config file that breaks the contract."""
    INVALID = 3
    """What the function left in the writer cannot be packed, or a validator rejects it."""
    FETCH = 4
    """The metrics of the batch or report could not be had from the API, all of them."""
    OUTPUTS = 5
    """The outputs folder is missing, read-only or full."""
    INTERNAL = 70
    """An error of this program."""
    INTERRUPTED = 130
    TERMINATED = 143


class RunError(Exception):
    """The run cannot go on. `str(problem)` is one sentence; `hint` says what to do about it."""

    def __init__(self, code: Code, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.hint = hint


class InputsError(RunError):
    """An input is missing or is not what it was opened as."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(Code.SETUP, reason, hint)


class FetchError(RunError):
    """The API did not give all metrics; there is no such thing as a part of them."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(Code.FETCH, reason, hint)


class Interrupt(BaseException):
    """A signal asked the run to end; `code` is what to exit with."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code
