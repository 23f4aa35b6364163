"""How long to wait for an API and how often to ask again; and what its troubles are called."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from resim_inspect.text import clean
from runner.api.client.errors import ApiError, UnreachableError, UnsafeError
from runner.api.client.urls import shown


@dataclass(frozen=True)
class Patience:
    """How long to wait, how often to ask again, and how much to take. Seconds and bytes."""

    connect: float = 10.0
    read: float = 60.0
    """Without a single byte."""
    whole: float = 900.0
    """For one answer, however steadily it drips."""
    attempts: int = 6
    backoff: float = 0.1
    """Before the second attempt; twice as long before each further one, less by chance."""
    longest: float = 60.0
    """That we wait between two attempts, also where the server asks for more."""
    listing: int = 256 << 20
    blob: int = 2 << 30


class AgainError(Exception):
    """An attempt that failed in a way that may pass."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


def retry_after(value: str) -> float | None:
    """Seconds that a server asks us to wait; it says a number, or a date."""
    value = value.strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def distrust(url: str, error: Exception) -> ApiError:
    """Why a TLS connection did not come to be."""
    text = str(error).lower()
    if "certificate" not in text:
        return UnreachableError(f"{shown(url)} does not speak TLS as we do.")
    reasons = (
        ("expired", "has expired"),
        ("self-signed", "is self-signed"),
        ("self signed", "is self-signed"),
        ("hostname mismatch", "is for another host"),
        ("match", "is for another host"),
    )
    why = next((why for words, why in reasons if words in text), "cannot be verified")
    host = clean(urlsplit(url).hostname or "?")
    return UnsafeError(
        f"the certificate of {host} {why}.",
        "REQUESTS_CA_BUNDLE names a file of certificates to trust.",
    )


def connection_trouble(error: Exception) -> str:
    """Why a connection did not come to be, or did not last: the end of a sentence."""
    text = str(error)
    if "NameResolution" in text or "Name or service" in text or "getaddrinfo" in text:
        return "cannot be found: there is no such host"
    if "refused" in text.lower():
        return "refuses the connection"
    return "breaks the connection"
