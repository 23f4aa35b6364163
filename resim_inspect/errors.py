"""What can go wrong with a file before anything can be said about its content."""

from __future__ import annotations

from pathlib import Path


class DocumentError(Exception):
    """A file that cannot be read as a metrics document.

    `str(error)` is one sentence for people, without the path; `path` is None for
    bytes that came from no file; `offset` is the byte where the trouble starts,
    if there is one.
    """

    def __init__(self, reason: str, path: Path | None = None, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.offset = offset


class UnreadableError(DocumentError):
    """The file is missing, a folder, not permitted, or the disk failed."""


class EmptyFileError(DocumentError):
    """The file has no bytes: often one that is just being written."""


class TruncatedError(DocumentError):
    """A record reaches past the end of the file: a copy or a write that stopped half-way."""


class MalformedError(DocumentError):
    """The bytes are not what protobuf allows, or nothing in them is of a metrics document."""


class ChangedError(DocumentError):
    """The file was rewritten in place while it was open; open it again."""


class TooLargeError(DocumentError):
    """What protobuf must parse in one piece is over its limit of 2 GiB."""


class SeriesError(DocumentError):
    """A series that was asked for is not there, or is of another kind."""
