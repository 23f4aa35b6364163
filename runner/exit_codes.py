"""Exit codes of `resim-runner`, and which one wins where several apply."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes, in the order of precedence: the first member that applies wins."""

    INTERRUPTED = 130
    """SIGINT ended the call."""
    TERMINATED = 143
    """SIGTERM or SIGHUP ended the call."""
    INTERNAL = 1
    """A fault in this program."""
    CANCELLED = 5
    """Jobs were stopped, or not started."""
    TIMED_OUT = 6
    ERROR = 2
    """A wrong call, a broken run, or missing or invalid outputs."""
    FAIL_BLOCK = 7
    FAIL_WARN = 8
    OK = 0


def most_important(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the code with the highest precedence; OK for none."""
    present = set(codes)
    return next((code for code in ExitCode if code in present), ExitCode.OK)
