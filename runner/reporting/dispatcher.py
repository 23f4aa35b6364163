"""Dispatch of events to every sink of a call, one at a time, whatever thread they come from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Lock
from typing import Self

from runner.execution.events import Event, EventSink
from runner.redact import Secrets
from runner.reporting import machine
from runner.reporting.lines import MAX_WIDTH, Lines
from runner.reporting.recorder import RunRecorder
from runner.workspace.results import JobResult


class EventDispatcher:
    """Sends events to stderr (a live table on a terminal, lines elsewhere) and to `events`.

    `events` is a file, `-` for stdout, or None; `log_of` returns the path of a result's log;
    `recorder` has been entered by the caller. `appends` keeps the content of the file of events;
    `hints` names keys in the last line of a table.
    Raises StorageError for a file that cannot be written.
    """

    def __init__(
        self,
        secrets: Secrets,
        log_of: Callable[[JobResult], str],
        *,
        color: bool = False,
        events: str | None = None,
        quiet: bool = False,
        recorder: RunRecorder | None = None,
        appends: bool = False,
        hints: str = "",
    ) -> None:
        self._lock = Lock()
        self._stack = ExitStack()
        self._sinks: list[EventSink] = []
        self._display: EventSink | None
        """Receiver on stderr; None once stderr is lost."""
        if events is not None:
            stream = machine.open_events(events, sys.stdout, appends=appends)
            if stream is not sys.stdout:
                self._stack.enter_context(stream)
            self._sinks.append(machine.JsonLines(stream, secrets))
        if recorder is not None:
            self._sinks.append(recorder)
        if sys.stderr.isatty() and not quiet and os.environ.get("TERM") != "dumb":
            from runner.reporting.table import LiveTable

            table = LiveTable(color=color, log_of=log_of, hints=hints)
            self._stack.callback(table.close)
            self._display = table
        else:
            self._display = Lines(sys.stderr, color=color, quiet=quiet, log_of=log_of)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, event: Event) -> None:
        """Send an event to every sink."""
        with self._lock:
            for sink in self._sinks:
                sink(event)
            if self._display is not None:
                try:
                    self._display(event)
                except OSError:
                    # The terminal is gone, and the call goes on without it.
                    self._display = None

    def plan(
        self,
        at: float,
        title: str,
        build: str,
        engine: str,
        names: Sequence[str],
        queue: Sequence[str],
        **numbers: int,
    ) -> None:
        """Send the plan of the call; `numbers` are jobs, todo, parallel, and batch: 1
        with a run after the jobs, else 0.

        `names` are those of all rows of the display, `queue` those of the jobs in their order.
        """
        width = min(MAX_WIDTH, max((len(name) for name in names), default=4))
        about = {"title": title, "build": build, "engine": engine, "width": width}
        data = {**about, **numbers, "queue": list(queue)}
        self(Event("plan", at, data=data))
