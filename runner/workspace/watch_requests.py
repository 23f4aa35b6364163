"""Requests of other programs to a run that is repeated by `--watch`."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum

from runner.workspace.growing_file import GrowingFile
from runner.workspace.run_record import RunOwner, RunRecord, addressed_to, append_line


class WatchAction(StrEnum):
    """A request, under the name of its key on the terminal."""

    ALL = "all"
    """Run everything again."""
    FAILED = "failed"
    """Run exactly the failed jobs again."""
    PAUSE = "pause"
    """Stop watching, or go on with it."""
    QUIT = "quit"
    """End the watch, after the run that is under way."""


class WatchPhase(StrEnum):
    """State of a repeated run, as its `watch` events tell it."""

    NONE = ""
    """The run is not repeated, or its process has ended."""
    RUNNING = "running"
    WAITING = "waiting"
    """The watch waits for changes of the files."""
    PAUSED = "paused"


def request_watch(record: RunRecord, owner: RunOwner, action: WatchAction) -> None:
    """Ask the owner of a repeated run for an action; raises OSError.

    A run that is under way ends first. `run_record.request_stop` ends that one at once.
    """
    append_line(record.watch, {"identity": owner.identity, "action": action.value})


class WatchRequests:
    """Reads the requests to one process; used by one thread."""

    def __init__(self, record: RunRecord, identity: str) -> None:
        self._file = GrowingFile(record.watch)
        self._identity = identity

    def poll(self) -> list[WatchAction]:
        """Return the requests since the last call, in their order."""
        lines: list[bytes] = []
        # A file that cannot be read holds no requests; the keys of the terminal still work.
        with suppress(OSError):
            lines = self._file.read().lines
        actions = []
        for values in addressed_to(lines, "identity", self._identity):
            with suppress(ValueError):
                actions.append(WatchAction(str(values.get("action"))))
        return actions
