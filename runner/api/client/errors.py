"""Errors of the API's client; no message ever has a token or a signed URL in it.

ApiError
├── UnreachableError
├── TokenError
├── NotFoundError
├── RefusedError
├── BadAnswerError
└── UnsafeError
"""

from __future__ import annotations

from urllib.parse import urlsplit

from resim_inspect.text import clean
from runner.errors import RunnerError
from runner.workspace.urls import display_url


class ApiError(RunnerError):
    """The API, or a URL that it points to, did not give what was requested."""


class UnreachableError(ApiError):
    """No connection, no answer in time, or server errors only, in all attempts."""


class TokenError(ApiError):
    """401 or 403: the token is missing, wrong, expired, or not for this project."""

    def __init__(self, reason: str, hint: str = "", status: int = 401) -> None:
        super().__init__(reason, hint)
        self.status = status
        """403 may concern one list only; 401 concerns every request."""


class NotFoundError(ApiError):
    """404 or 410: the resource does not exist."""


class RefusedError(ApiError):
    """Another error status; a retry would not change it."""

    def __init__(self, reason: str, status: int, hint: str = "") -> None:
        super().__init__(reason, hint)
        self.status = status


class BadAnswerError(ApiError):
    """An invalid answer: not JSON, the wrong shape, too large, or a list without an end."""


class UnsafeError(ApiError):
    """The request would send a token, or fetch a file, where it must not."""


def tls_error(url: str, error: Exception) -> ApiError:
    """Translate a failure of TLS, with the reason why a certificate is not trusted."""
    text = str(error).lower()
    if "certificate" not in text:
        return UnreachableError(
            f"{display_url(url)} and this program have no version of TLS in common."
        )
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
        "Set REQUESTS_CA_BUNDLE to a file with the certificates to trust.",
    )


# Ends of sentences about an attempt that failed.
BREAKS_CONNECTION = "breaks the connection"
BREAKS_OFF = "breaks off in the middle of its answer"
NO_ANSWER = "does not answer in time"
NO_LENGTH = "does not state the length of its answer"
STALLS = "stalls in the middle of its answer"


def connection_problem(error: Exception) -> str:
    """Reason why a connection failed, as the end of a sentence."""
    text = str(error)
    if "NameResolution" in text or "Name or service" in text or "getaddrinfo" in text:
        return "cannot be found: the host does not exist"
    if "refused" in text.lower():
        return "refuses the connection"
    return BREAKS_CONNECTION
