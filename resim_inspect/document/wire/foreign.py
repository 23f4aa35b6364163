"""Kind of a file that is not a metrics file, by its first bytes."""

from __future__ import annotations

HEAD = 512
"""Bytes that are looked at."""
_MAGIC = (
    (b"\x1f\x8b", "gzip-compressed"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89MCAP0", "an MCAP log"),
    (b"PAR1", "a Parquet file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)
_FIRST_TAGS = b"\x0a\x12\x1a\x20\x2a"
"""Tags of the fields of a JobMetrics: one of them begins a metrics file."""
_ID_TAG = 0x0A
"""Tag of the id of the job, and of each message in it: also the line feed of a text."""
_TEXT_CONTROLS = frozenset(b"\b\t\n\v\f\r\x1b")
"""Control characters of texts: spaces, and those of logs with colours."""
_BYTES_PER_CONTROL = 8
"""Bytes of a text for each other control character."""
_BYTES_PER_OTHER = 4
"""Bytes of a text in another encoding for each byte that is not ASCII."""


def foreign_kind(head: bytes) -> str | None:
    """Return what a file is whose first bytes are not those of a metrics file, or None.

    `head` are at most HEAD bytes, which protobuf could not parse as a metrics file.
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return "text" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """Return True for text, which may have control characters where protobuf cannot begin so."""
    if _begins_with_id(head):
        return False
    others = sum((byte < 32 and byte not in _TEXT_CONTROLS) or byte == 127 for byte in head)
    begins_as_metrics = head[0] in _FIRST_TAGS
    if others and (begins_as_metrics or others * _BYTES_PER_CONTROL > len(head)):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD:
            # Latin-1 and its like have few such bytes, and no others that are not text.
            above = sum(byte > 127 for byte in head)
            return not others and not begins_as_metrics and above * _BYTES_PER_OTHER <= len(head)
    return True


def _begins_with_id(head: bytes) -> bool:
    """Return True for the id of a job, all of whose bytes may be those of a text.

    It is a message in a message, the lengths of which differ by the inner one's head.
    """
    if head[:1] != bytes([_ID_TAG]):
        return False
    return len(head) < 4 or (head[2] == _ID_TAG and head[1] == head[3] + 2)
