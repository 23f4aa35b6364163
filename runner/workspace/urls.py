"""URLs of the API: the default one, validation, origin, parts of paths, and a form for messages."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, urlsplit
from uuid import UUID

from resim_inspect.text import clean

DEFAULT_API_URL = "https://api.resim.ai/v1"
"""URL of ReSim's own API."""
API_VARIABLE = "RESIM_API_URL"
TOKEN_VARIABLE = "RESIM_TOKEN"
"""Environment variable with the URL of another API."""


class Origin(NamedTuple):
    """Scheme, host and port of a URL."""

    scheme: str
    host: str
    port: int

    @property
    def local(self) -> bool:
        """True if the host is this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> Origin:
    """Return the origin of a URL, with the default port of its scheme where it has none."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)


def url_problem(url: str) -> str:
    """Return what is wrong with an API's URL as a predicate; empty if it is valid."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what raises
    except ValueError:
        return "is not a valid URL."
    if parts.scheme not in {"http", "https"}:
        return "does not start with http:// or https://."
    if not parts.hostname:
        return "has no host."
    if parts.username is not None or parts.password is not None:
        return "has a user name or password in it."
    if any(char.isspace() or not char.isprintable() for char in url):
        return "has blanks or control characters."
    if parts.query or parts.fragment:
        return "has a query or fragment."
    return ""


def path_part(identifier: UUID | str) -> str:
    """Return an identifier quoted as one part of a path."""
    return quote(str(identifier), safe="")


def display_url(url: str) -> str:
    """Return a URL for messages: host and path, without the query, which may be signed."""
    parts = urlsplit(url)
    return clean(f"{parts.hostname or '?'}{parts.path}", 160)
