"""Opening of a file of records, unless its first bytes show that it is not text."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.inputs.bounded_file import opened
from resim_inspect.inputs.recording import RecordingError
from resim_inspect.inputs.records.record_file import RecordFile

LOOKED_AT = 4_096
"""Bytes in which a NUL byte tells that a file is not text."""


def open_records(path: Path) -> RecordFile:
    """Open a file of text; raises RecordingError and OSError."""
    with opened(path) as file:
        if b"\0" in file.read(0, LOOKED_AT):
            raise RecordingError("The file does not contain text.")
    return RecordFile.open(path)
