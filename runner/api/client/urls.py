"""Parts of API URLs, and URLs shown without what may be secret in them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit
from uuid import UUID

from resim_inspect.text import clean


def part_of(identifier: UUID | str) -> str:
    """Identifier, quoted as a part of a path."""
    return quote(str(identifier), safe="")


def shown(url: str) -> str:
    """URL for messages, without the query, which may be signed."""
    parts = urlsplit(url)
    return clean(f"{parts.hostname or '?'}{parts.path}", 160)
