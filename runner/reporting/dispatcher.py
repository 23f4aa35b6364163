"""Everybody who watches a call, told one after the other whatever thread an event is from."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Lock
from typing import Self

from runner.commands.shared.build_args import wants_color
from runner.errors import CallError
from runner.execution.events import Event
from runner.redact import Secrets
from runner.reporting import machine
from runner.reporting.lines import Lines
from runner.workspace.results import JobResult


class EventDispatcher:
    """People on stderr (a live table on a terminal, lines elsewhere), programs as they asked."""

    def __init__(
        self, args: Namespace, secrets: Secrets, log_of: Callable[[JobResult], str]
    ) -> None:
        if args.events == "-" and args.format == "json":
            raise CallError("--events - and --format json cannot both have stdout.")
        self._lock = Lock()
        self._stack = ExitStack()
        self._told: list[Callable[[Event], None]] = []
        if args.events is not None:
            stream = machine.open_events(args.events, sys.stdout)
            if stream is not sys.stdout:
                self._stack.enter_context(stream)
            self._told.append(machine.JsonLines(stream, secrets))
        color = wants_color(args, os.environ)
        if sys.stderr.isatty() and not args.quiet and os.environ.get("TERM") != "dumb":
            from runner.reporting.table import LiveTable

            table = LiveTable(color=color, log_of=log_of)
            self._stack.callback(table.close)
            self._told.append(table)
        else:
            lines = Lines(sys.stderr, color=color, quiet=args.quiet, log_of=log_of)
            self._told.append(lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, event: Event) -> None:
        """Tell everybody."""
        with self._lock:
            for watcher in self._told:
                watcher(event)

    def plan(
        self, at: float, title: str, build: str, engine: str, names: Sequence[str], **numbers: int
    ) -> None:
        """Say what is about to happen; `numbers` are jobs, todo and parallel."""
        width = min(40, max((len(name) for name in names), default=4))
        data = {"title": title, "build": build, "engine": engine, "width": width, **numbers}
        self(Event("plan", at, data=data))
