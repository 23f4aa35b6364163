"""Requests to stop that other programs leave in the record of a run."""

from __future__ import annotations

from contextlib import suppress

from runner.execution.cancellation import Stop
from runner.workspace.growing_file import GrowingFile
from runner.workspace.run_record import RunRecord, stop_requests


class StopRequests:
    """Reads the stop file of a run; used by one thread."""

    def __init__(self, record: RunRecord, run: str) -> None:
        self._file = GrowingFile(record.stop)
        self._run = run
        self._all = 0

    def poll(self, stop: Stop) -> int:
        """Stop the jobs that are named since the last call.

        Returns how often everything was asked to stop, in all calls together.
        """
        lines: list[bytes] = []
        # A file that cannot be read holds no requests; signals still stop the run.
        with suppress(OSError):
            lines = self._file.read().lines
        for job in stop_requests(lines, self._run):
            if job:
                stop.stop_job(job)
            else:
                self._all += 1
        return self._all
