"""Hosts that do not answer, which get no more requests, and hosts that ask for a pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from resim_inspect.text import clean
from runner.api.client.errors import UnreachableError
from runner.api.client.retry import RetryableError, RetryPolicy
from runner.workspace.urls import Origin


@dataclass
class _Streak:
    """Failed attempts since the last answer of a host."""

    began: float
    attempts: int = 0
    reason: str = ""
    given_up: float = 0.0
    """Seconds from the first failure until the host was given up; 0 before that."""


class HostHealth:
    """Failures in a row by origin; many threads may share it."""

    def __init__(self, retry: RetryPolicy, clock: Callable[[], float] = time.monotonic) -> None:
        self._retry = retry
        self._clock = clock
        self._streaks: dict[Origin, _Streak] = {}
        self._resume: dict[Origin, float] = {}
        """Times by the clock until which hosts asked for no requests."""
        self._lock = threading.Lock()

    def check(self, origin: Origin) -> None:
        """Raise UnreachableError if the host was given up."""
        streak = self._streaks.get(origin)
        if streak is not None and streak.given_up:
            raise UnreachableError(
                f"{clean(origin.host, 80)} did not answer {streak.attempts} requests in a row"
                f" within {streak.given_up:.0f} s (the last problem: it {streak.reason}), so no"
                " more requests are sent to it.",
                "Try again later.",
            )

    def pause(self, origin: Origin) -> float:
        """Seconds until the host wants requests again, whichever thread it asked to wait."""
        return max(0.0, self._resume.get(origin, 0.0) - self._clock())

    def answered(self, origin: Origin) -> None:
        """Note an answer, whatever it is; a host that was given up stays so."""
        streak = self._streaks.get(origin)
        if streak is not None and not streak.given_up:
            with self._lock:
                self._streaks.pop(origin, None)

    def failed(self, origin: Origin, error: RetryableError) -> None:
        """Note a failed attempt; one with a Retry-After is the answer of a host that works."""
        now = self._clock()
        with self._lock:
            if error.after is not None:
                # One that asks for more than is waited for has only this request fail.
                if error.after <= self._retry.max_after:
                    self._resume[origin] = max(self._resume.get(origin, 0.0), now + error.after)
                return
            streak = self._streaks.setdefault(origin, _Streak(now))
            if streak.given_up:
                return
            streak.attempts += 1
            streak.reason = str(error)
            duration = now - streak.began
            if (
                streak.attempts >= self._retry.give_up_attempts
                and duration >= self._retry.give_up_after
            ):
                streak.given_up = max(duration, 0.001)
