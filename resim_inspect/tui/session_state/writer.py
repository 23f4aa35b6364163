"""Writing of views, one after the other, in a thread that neither the screen nor the end awaits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

JOIN_SECONDS = 1.0
"""Seconds that the end of the app waits for a disk that is slow."""


class StateWriter:
    """Queue of tasks on the state folder, which run in the order in which they were submitted.

    Its thread is not a worker of the app: the app waits at its end for those, and a state folder on
    a disk that does not answer must not keep it from ending.
    """

    def __init__(self, on_failure: Callable[[Exception], object]) -> None:
        """`on_failure` is called in the thread when a file cannot be written."""
        self._on_failure = on_failure
        self._tasks: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, task: Callable[[], object]) -> None:
        """Queue a task, which may raise OSError."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="state", daemon=True)
            self._thread.start()
        self._tasks.put(task)

    def finish(self, seconds: float = JOIN_SECONDS) -> bool:
        """Wait until everything is done, at most this long; return True if it is."""
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        self._tasks.put(None)
        thread.join(seconds)
        return not thread.is_alive()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except OSError as error:
                self._on_failure(error)
