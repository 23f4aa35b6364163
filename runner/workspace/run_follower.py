"""The state of a run that may be under way, kept up with by reading what its process writes."""

from __future__ import annotations

import time
from collections.abc import Callable

from resim_inspect.text import clean
from runner.workspace.errors import WorkspaceError
from runner.workspace.growing_file import GrowingFile
from runner.workspace.run_events import Event, event_from_line
from runner.workspace.run_record import RunRecord, liveness, read_owner
from runner.workspace.run_state import RunFold, RunState


class RunFollower:
    """Follows the runs of one record; each reading takes only what is new.

    `clock` returns seconds since 1970. It is used by one thread at a time.
    """

    def __init__(self, record: RunRecord, clock: Callable[[], float] = time.time) -> None:
        self.record = record
        self._clock = clock
        self._file = GrowingFile(record.events)
        self._fold = RunFold()

    def poll(self, on_event: Callable[[Event], None] = lambda _: None) -> RunState:
        """Read what is new and return the present state; raises WorkspaceError.

        `on_event` gets every new event. When a new run has begun, its `begin` is the first.
        """
        # The owner first: if it has ended by now, its last event is already there.
        reading = read_owner(self.record)
        alive = liveness(reading, self._clock())
        try:
            self._read(on_event)
        except OSError as error:
            path = clean(str(self.record.events))
            raise WorkspaceError(f"{path} cannot be read: {error.strerror}.") from error
        owner = None if reading is None else reading.owner
        if owner is not None and self._fold.run and owner.run != self._fold.run:
            # A new run has its owner written, and not its events: those here are of the last run.
            return RunFold().state(owner, alive)
        return self._fold.state(owner, alive)

    def _read(self, on_event: Callable[[Event], None]) -> None:
        more = True
        while more:
            part = self._file.read()
            more = part.more
            if part.restarted:
                self._fold = RunFold()
            for line in part.lines:
                if not line.strip():
                    continue
                try:
                    event = event_from_line(line)
                except ValueError:
                    self._fold.add_damaged()
                    continue
                if event.kind == "begin":
                    # Also without a restart: the number of a removed file may be used again.
                    self._fold = RunFold()
                self._fold.add(event)
                on_event(event)


def run_state(record: RunRecord, clock: Callable[[], float] = time.time) -> RunState:
    """Return the state of the present or last run of a record; raises WorkspaceError."""
    return RunFollower(record, clock).poll()
