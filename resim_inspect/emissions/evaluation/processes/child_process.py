"""A child process that answers messages within a time limit, and is killed beyond it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from resim_inspect.emissions.evaluation.frames import (
    BrokenFrameError,
    Frame,
    read_frame,
    write_frame,
)

_PERIOD = 0.05
"""s between two looks at the request to cancel."""


class ChildTimeoutError(Exception):
    """The process did not answer in time; it has been killed."""


class ChildEndedError(Exception):
    """The process ended without an answer: it needed too much memory, or crashed."""


class CancelledEvaluationError(Exception):
    """The evaluation was cancelled; the process has been killed."""


class ChildProcess:
    """A process of a module of this package; close it after use."""

    def __init__(self, module: str, memory_bytes: int, cancelled: Callable[[], bool]) -> None:
        """`memory_bytes` is what the process may allocate beyond its start."""
        self._cancelled = cancelled
        # Few arenas and threads: each reserves address space, which is what is limited.
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment |= {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        # The same packages as here, wherever they are.
        folders = [entry or str(Path.cwd()) for entry in sys.path]
        environment["PYTHONPATH"] = os.pathsep.join(folders)
        self._process = subprocess.Popen(
            # -P: with -m alone Python imports from the working directory first, and that may be
            # the folder of the emissions.
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # Ctrl-C in a terminal is for the parent, which ends its children.
            start_new_session=os.name != "nt",
        )
        with suppress(OSError):
            self._write({"memory_bytes": memory_bytes}, ())

    def ask(
        self,
        header: dict[str, Any],
        buffers: Sequence[bytes | memoryview] = (),
        *,
        seconds: float,
        most: int,
    ) -> Frame:
        """Send a message and return the answer, with at most `most` bytes in its buffers.

        Raises ChildTimeoutError, ChildEndedError and CancelledEvaluationError; after these the
        process is gone.
        """
        answers: list[Frame | None] = []

        def exchange() -> None:
            try:
                self._write(header, buffers)
                answers.append(read_frame(self._stdout, most))
            except (OSError, BrokenFrameError, ValueError):
                answers.append(None)

        thread = threading.Thread(target=exchange, daemon=True)
        thread.start()
        try:
            self._wait(thread, seconds)
        except BaseException:
            self.close()
            raise
        if not answers or answers[0] is None:
            self.close()
            raise ChildEndedError
        return answers[0]

    def _wait(self, thread: threading.Thread, seconds: float) -> None:
        waited = 0.0
        while thread.is_alive():
            thread.join(_PERIOD)
            waited += _PERIOD
            if self._cancelled():
                raise CancelledEvaluationError
            if waited > seconds and thread.is_alive():
                raise ChildTimeoutError

    def _write(self, header: dict[str, Any], buffers: Sequence[bytes | memoryview]) -> None:
        assert self._process.stdin is not None
        write_frame(self._process.stdin, header, buffers)  # type: ignore[arg-type]

    @property
    def _stdout(self) -> Any:
        return self._process.stdout

    def close(self) -> None:
        """Kill the process and wait for its end."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError, ValueError):
                    stream.close()


_INHERITED = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""Variables that Python needs to start; others could hold secrets."""
