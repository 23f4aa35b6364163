"""Ctrl-C and TERM: counted while runs are alive, an exception before and after."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Self

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Interrupted(BaseException):
    """Somebody asked to stop when nothing was running; `code` is the exit code for it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Signals:
    """Listens to SIGINT and SIGTERM; a handler only counts, since it may come at any moment."""

    def __init__(self) -> None:
        self.count = 0
        self.code: int | None = None
        """130 or 143 after the first signal."""
        self.graceful = False
        """Whether signals are counted rather than raised as Interrupted."""
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in CODES:
            self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _hear(self, number: int, _: FrameType | None) -> None:
        code = CODES[signal.Signals(number)]
        self.count += 1
        self.code = self.code or code
        if not self.graceful:
            raise Interrupted(code)
        if self.count >= 4:
            # Twice was polite and firm; whoever still insists wants out, whatever it leaves.
            os._exit(code)
