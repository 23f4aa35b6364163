"""Cancellation of a call: signals such as Ctrl-C, and the stop of the builds that run."""

from __future__ import annotations

import errno
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from types import FrameType
from typing import Self

from runner.engines.protocol import Running

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
if sys.platform != "win32":
    # A terminal that is closed, or a connection that is lost, ends a call as TERM does.
    CODES[signal.SIGHUP] = 143
GRACE = 5.0
"""Seconds between TERM and KILL."""
POLL_INTERVAL = 0.1
"""Seconds between two checks for signals and deadlines."""


class Interrupted(BaseException):
    """A signal came while no run could be stopped; `code` is the exit code for it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Signals:
    """Listens to the signals of `CODES`; a handler only counts, since it may come at any moment."""

    def __init__(self) -> None:
        self.count = 0
        self.code: int | None = None
        """130 or 143 after the first signal."""
        self.graceful = False
        """Signals are counted if true, and raised as Interrupted if not."""
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in CODES:
            if number is getattr(signal, "SIGHUP", None) and _is_ignored(number):
                # `nohup` asks for a call that outlives its terminal.
                continue
            self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _receive(self, number: int, _: FrameType | None) -> None:
        code = CODES[signal.Signals(number)]
        drop_lost_terminal()
        self.count += 1
        self.code = self.code or code
        if not self.graceful:
            raise Interrupted(code)
        if self.count >= 4:
            # TERM and KILL were sent; a fourth signal ends the program whatever is left behind.
            os._exit(code)


def drop_lost_terminal() -> None:
    """Redirect output to a lost terminal to the null device, so that writing does not fail."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if _terminal_is_lost(stream.fileno()):
                devnull = os.open(os.devnull, os.O_WRONLY)
                os.dup2(devnull, stream.fileno())
                os.close(devnull)


def _terminal_is_lost(descriptor: int) -> bool:
    try:
        os.ttyname(descriptor)
    except OSError as error:
        return error.errno in {errno.EIO, errno.ENXIO}
    return False


def _is_ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN


class Stop:
    """Ends the runs that are active: TERM in the first stage, KILL in the second."""

    def __init__(self, grace: float = GRACE, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self._active: dict[Running, str] = {}
        self._grace = grace
        self._clock = clock
        self._deadline = 0.0
        self._requests = 0
        self._stopped: dict[str, float] = {}
        """Jobs that are stopped alone, and when they get KILL; infinite after that."""
        self.stage = 0
        self.on_job: Callable[[str], None] = lambda _: None
        """Receiver of the name of each job that is to be stopped alone."""

    def add(self, run: Running, job: str = "") -> None:
        """Register an active run; one that comes after a stop is ended at once."""
        with self._lock:
            self._active[run] = job
            stage = self.stage or int(job in self._stopped)
        if stage:
            _signal(run, stage)

    def discard(self, run: Running) -> None:
        """Forget a run that has ended."""
        with self._lock:
            self._active.pop(run, None)

    def covers(self, job: str) -> bool:
        """Return True if a job is not to start, or not to go on."""
        with self._lock:
            return bool(self.stage) or job in self._stopped

    def stop_job(self, job: str) -> None:
        """Stop one job, by TERM and after the grace period by KILL; it does not start any more."""
        with self._lock:
            if job in self._stopped or self.stage:
                return
            self._stopped[job] = self._clock() + self._grace
        self.on_job(job)
        self._signal_job(job, 1)

    def release(self, job: str) -> None:
        """Forget that a job was stopped alone, once it has ended."""
        with self._lock:
            self._stopped.pop(job, None)

    def advance(self) -> None:
        """Go one stage further: TERM, then KILL."""
        self._step(2)

    def begin(self) -> bool:
        """Enter the first stage; return False if it was entered before."""
        return self._step(1)

    def follow(self, requests: int) -> None:
        """Advance to the stage that so many requests to stop ask for, and tick."""
        while self._requests < requests and self.stage < 2:
            self._requests += 1
            self.advance()
        self.tick()

    def tick(self) -> None:
        """Send KILL once the grace period after TERM is over; to be called regularly."""
        if self.stage == 1 and self._clock() >= self._deadline:
            self.advance()
        with self._lock:
            late = [job for job, at in self._stopped.items() if self._clock() >= at]
            self._stopped.update(dict.fromkeys(late, math.inf))
        for job in late:
            self._signal_job(job, 2)

    def _signal_job(self, job: str, stage: int) -> None:
        with self._lock:
            runs = [run for run, name in self._active.items() if name == job]
        for run in runs:
            _signal(run, stage)

    def _step(self, last: int) -> bool:
        with self._lock:
            if self.stage >= last:
                return False
            self.stage += 1
            stage = self.stage
            self._deadline = self._clock() + self._grace
            active = list(self._active)
        for run in active:
            _signal(run, stage)
        return True


def _signal(run: Running, stage: int) -> None:
    if stage == 1:
        run.terminate()
    else:
        run.kill()
