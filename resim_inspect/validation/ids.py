"""Ids: validity, comparison and short forms."""

from __future__ import annotations

import re

# What every writer makes: plain or in braces. Everything else asks Python's own UUID,
# which is what ReSim's validator asks.
_USUAL = re.compile(
    r"\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\}?"
).fullmatch


def is_uuid(text: str) -> bool:
    """Return True if ReSim's validator accepts this text as a UUID: Python's `UUID(hex=)` does."""
    if _USUAL(text) is not None:
        return True
    from uuid import UUID

    try:
        UUID(hex=text)
    except ValueError:
        return False
    return True


def same_id(text: str) -> str:
    """The id without case, dashes, braces and prefixes, in which spellings differ."""
    bare = text.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
    return bare.strip().lower()


def short(text: str) -> str:
    """An id for messages: whole where it is short, else its two ends."""
    if not text:
        return "no id"
    return text if len(text) <= 12 else f"{text[:8]}…{text[-4:]}"
