"""Exchange between a client and its workers beside jobs and results, by files of the workspace.

Requests to stop go to the workers in one file, and each worker leaves its events in a file of its
own. All machines share the workspace, so this works while a scheduler is busy or lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from runner.execution.run_context import RunContext
from runner.executors.remote_job import EVENTS_SUFFIX
from runner.storage.fs import disk_errors, remove_tree
from runner.workspace.growing_file import GrowingFile
from runner.workspace.run_events import event_from_line
from runner.workspace.run_record import RunRecord, append_line

RELAYED = frozenset({"started", "retry", "warning", "note"})
"""Events of workers that the client passes on; results it has from the jobs themselves."""


class Exchange:
    """The client's end of the exchange with its workers; used by one thread.

    The caller holds the lock of the workspace. The start raises StorageError.
    """

    def __init__(self, folder: RunRecord, context: RunContext) -> None:
        self._folder = folder
        self._context = context
        self._stage = 0
        self._files: dict[str, GrowingFile] = {}
        self._on_job: Callable[[str], None] = context.stop.on_job
        with disk_errors(folder.path):
            remove_tree(folder.path)
            folder.path.mkdir(parents=True)
        context.stop.on_job = self._stop_job

    def poll(self) -> None:
        """Pass requests to stop on to the workers, and their events on to the call."""
        self.forward_stop()
        for name in self._names():
            file = self._files.setdefault(name, GrowingFile(self._folder.path / name))
            lines: list[bytes] = []
            # A file that cannot be read now is read the next time.
            with suppress(OSError):
                lines = file.read().lines
            for line in lines:
                self._relay(line)

    def forward_stop(self) -> None:
        """Let the workers enter the stage of the call's stop: TERM, then KILL."""
        while self._stage < self._context.stop.stage:
            self._stage += 1
            self._request("")

    def _stop_job(self, job: str) -> None:
        self._on_job(job)
        self._request(job)

    def _request(self, job: str) -> None:
        # Without a disk the workers' own time limits end their jobs.
        with suppress(OSError):
            append_line(self._folder.stop, {"run": self._context.call_id, "job": job})

    def _names(self) -> list[str]:
        with suppress(OSError), os.scandir(self._folder.path) as entries:
            return sorted(each.name for each in entries if each.name.endswith(EVENTS_SUFFIX))
        return []

    def _relay(self, line: bytes) -> None:
        try:
            event = event_from_line(line)
        except ValueError:
            # Another program has written here.
            return
        # A worker of an earlier call may still write; its run is another one.
        if event.data.pop("run", "") == self._context.call_id and event.kind in RELAYED:
            self._context.notify(event)
