"""The end of a worker that gets TERM, as from Slurm: `dask worker --preload` loads this module.

Its builds get the same signal, so their results do not count, and their jobs run again elsewhere.
"""

from __future__ import annotations

import os
import signal
import time
from threading import Thread
from types import FrameType
from typing import Any

from runner.executors.worker_process import WORKER_CALLS

END_TIMEOUT = 15.0
"""Seconds that builds may take to end and to be removed; Slurm sends KILL after 30 by default."""
POLL_INTERVAL = 0.05


def dask_setup(_worker: Any) -> None:
    """Listen to TERM from now on, in place of Dask, which would wait for the builds.

    Dask calls it by this name when the worker starts, in the main thread.
    """
    signal.signal(signal.SIGTERM, _on_term)


def _on_term(number: int, _: FrameType | None) -> None:
    # First and here: a result that is published from now on does not hold.
    WORKER_CALLS.ending = True
    Thread(target=_end, args=(128 + number,), name="end of the worker").start()


def _end(code: int) -> None:
    """Kill the builds, wait until nothing is left of them, and end the process.

    Dask gives the jobs to other workers when the connection breaks. What is left after all is
    removed by the watchdog of the process.
    """
    WORKER_CALLS.kill_all()
    deadline = time.monotonic() + END_TIMEOUT
    while WORKER_CALLS.are_active and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    os._exit(code)
