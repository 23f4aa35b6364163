"""Retries of requests to the API: which answers are retried, how often, and after which delay."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

RETRYABLE_STATUSES = frozenset((408, 425, 429)) | frozenset(range(500, 600))
"""HTTP statuses after which the same request may succeed later."""


@dataclass(frozen=True)
class RetryPolicy:
    """Timeouts and delays in seconds, the number of attempts, and size limits in bytes."""

    connect: float = 10.0
    """Timeout of connecting."""
    read: float = 60.0
    """Timeout of waiting for the next byte."""
    total_timeout: float = 900.0
    """Timeout of one answer as a whole, however steadily its bytes arrive."""
    attempts: int = 6
    backoff: float = 0.1
    """Delay before the second attempt; it doubles before each further one, minus jitter."""
    max_delay: float = 60.0
    """Upper limit of a delay, unless the server asks for a longer one."""
    max_after: float = 300.0
    """Upper limit of a delay that a server asks for; one that asks for more is not retried."""
    slowest: float = 16.0
    """Bytes per second that an answer must bring, on average over the `read` timeout."""
    give_up_after: float = 90.0
    """Seconds without any answer of a host after which it gets no more requests."""
    give_up_attempts: int = 12
    """Number of failed attempts in that time below which the host is not given up."""
    memory: int = 1 << 30
    """Bytes of memory for all large answers that are read at the same time."""
    listing: int = 256 << 20
    """Size limit of a page of a list."""
    blob: int = 2 << 30
    """Size limit of a blob."""

    def delay(self, attempt: int, error: RetryableError, jitter: float) -> float | None:
        """Seconds to wait after attempt number `attempt`, from 1; None if it was the last one.

        `jitter` is a random number from 0 to 1.
        """
        if attempt == self.attempts or (error.after or 0.0) > self.max_after:
            return None
        delay: float = self.backoff * 2 ** (attempt - 1) * (0.5 + jitter / 2)
        if error.after is None:
            return min(delay, self.max_delay)
        return max(error.after, min(delay * jitter, self.max_delay))


class RetryableError(Exception):
    """A failed attempt that may succeed later; the message is the end of a sentence."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after
        """Delay in seconds that the server asks for, or None."""


def retry_after(value: str) -> float | None:
    """Parse a Retry-After header, a number or a date, to seconds; None if it is neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
