"""Sentences about a file that ends too early, for all that read its records."""

from __future__ import annotations

from resim_inspect.errors import TruncatedError


def cut_record(offset: int, needed: int, present: int) -> TruncatedError:
    """Create the error about a record at an offset, with fewer bytes than it needs."""
    return TruncatedError(
        f"is cut short: the record at byte {offset:,} needs {needed:,} bytes, "
        f"of which {present:,} are there",
        None,
        offset,
    )


def cut_inside(part: str, end: int) -> TruncatedError:
    """Create the error about a file that ends inside a part of a record, such as `a number`."""
    return TruncatedError(f"is cut short: it ends inside {part}", None, end)
