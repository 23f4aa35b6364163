"""Events of a repeated call between two runs, in its record and in `--events`."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Any

from runner.errors import RunnerError
from runner.execution.events import Event
from runner.redact import Secrets
from runner.reporting import machine
from runner.reporting.heartbeat import is_own
from runner.workspace.run_record import RunRecord, append_line
from runner.workspace.watch_requests import WatchPhase


class WatchEvents:
    """Reports the phases of a repeated call to programs that follow it; a failed write is ignored.

    `target` is the value of `--events`: a file, `-` for stdout, or None.
    """

    def __init__(self, record: RunRecord, target: str | None) -> None:
        self._record = record
        self._target = target

    def __call__(self, phase: WatchPhase, **data: Any) -> None:
        """Report a phase."""
        event = Event("watch", time.time(), data={"phase": phase.value, **data})
        # Another runner may have had a run here since.
        if is_own(self._record):
            with suppress(OSError):
                append_line(self._record.events, event.as_dict())
        if self._target is None:
            return
        with suppress(OSError, RunnerError):
            stream = machine.open_events(self._target, sys.stdout, appends=True)
            try:
                machine.JsonLines(stream, Secrets())(event)
            finally:
                if stream is not sys.stdout:
                    stream.close()
