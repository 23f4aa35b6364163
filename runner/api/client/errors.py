"""What can go wrong between us and an API; no message ever holds a token or a signed address."""

from __future__ import annotations

from runner.errors import RunnerError


class ApiError(RunnerError):
    """The API, or what it points to, did not give what was asked for."""


class UnreachableError(ApiError):
    """No connection, no answer in time, or only errors of the server, however often we asked."""


class TokenError(ApiError):
    """401 or 403: the token is missing, wrong, expired, or not for this project."""


class MissingError(ApiError):
    """404 or 410: there is no such thing."""


class RefusedError(ApiError):
    """Another answer that says no; asking again would not change it."""

    def __init__(self, reason: str, status: int, hint: str = "") -> None:
        super().__init__(reason, hint)
        self.status = status


class BadAnswerError(ApiError):
    """An answer that makes no sense: no JSON, the wrong shape, too large, an endless list."""


class UnsafeError(ApiError):
    """To go on would send a token, or ask for a file, where it should not go."""
