"""Parts of API URLs, and URLs shown without what may be secret in them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit
from uuid import UUID

from resim_inspect.text import clean


def part_of(identifier: UUID | str) -> str:
    """An id as part of a path."""
    return quote(str(identifier), safe="")


def shown(url: str) -> str:
    """An address for people: without the query, which may be signed."""
    parts = urlsplit(url)
    return clean(f"{parts.hostname or '?'}{parts.path}", 160)
