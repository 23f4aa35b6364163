"""Ids: which texts count as a UUID, and how an id is written for people."""

from __future__ import annotations

import re

# What every writer makes: plain or in braces. Everything else asks Python's own UUID,
# which is what ReSim's validator asks.
_USUAL = re.compile(
    r"\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\}?"
).fullmatch


def is_uuid(text: str) -> bool:
    """Whether ReSim's validator takes this text for a UUID: the test is Python's `UUID(hex=)`."""
    if _USUAL(text) is not None:
        return True
    from uuid import UUID

    try:
        UUID(hex=text)
    except ValueError:
        return False
    return True


def same_id(text: str) -> str:
    """The id without what spellings differ in: case, dashes, braces and prefixes."""
    bare = text.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
    return bare.strip().lower()


def short(text: str) -> str:
    """An id for people: whole where it is short, else its two ends."""
    if not text:
        return "no id"
    return text if len(text) <= 12 else f"{text[:8]}…{text[-4:]}"
