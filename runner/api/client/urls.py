"""Addresses: whose they are, and how they are shown without what may be secret in them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, urlsplit
from uuid import UUID

from resim_inspect.text import clean

API = "https://api.resim.ai/v1"
"""ReSim's own API."""
API_VARIABLE = "RESIM_API_URL"
"""Names another one in the environment."""


class Origin(NamedTuple):
    """Who answers."""

    scheme: str
    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> Origin:
    """Who answers at an address."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)


def part_of(identifier: UUID | str) -> str:
    """An id as part of a path."""
    return quote(str(identifier), safe="")


def shown(url: str) -> str:
    """An address for people: without the query, which may be signed."""
    parts = urlsplit(url)
    return clean(f"{parts.hostname or '?'}{parts.path}", 160)
