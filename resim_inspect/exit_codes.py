"""Exit codes of `resim-inspect`, and those that both programs have."""

from __future__ import annotations

from enum import IntEnum

BROKEN_PIPE = 141
"""The reader of stdout is gone; a shell reports the same for SIGPIPE."""


class ExitCode(IntEnum):
    """Exit codes of the inspector; of several the larger wins."""

    OK = 0
    INVALID = 1
    """One file or more is not valid, or a metric got worse in a comparison."""
    ERROR = 2
    """A file could not be read, or the call was wrong."""
    INTERNAL = 70
    """A fault in this program."""
