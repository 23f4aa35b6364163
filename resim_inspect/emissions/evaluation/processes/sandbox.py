"""The inside of a child process: its memory limit, its end with its parent, and its loop."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from resim_inspect.emissions.evaluation.frames import (
    BrokenFrameError,
    Frame,
    read_frame,
    write_frame,
)

OUT_OF_MEMORY = 86
"""Exit code of a process that went over its limit."""
_PERIOD = 0.02
"""s between two looks at the memory."""
_EVERYTHING = 1 << 50
Reply = tuple[dict[str, Any], list[bytes | memoryview]]


def serve(answer: Callable[[Frame], Reply]) -> None:
    """Answer the messages of stdin on stdout until stdin ends, then end the process at once.

    The first message sets the limit: `{"memory_bytes": N}`.
    """
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing that a library prints may come between the messages.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    frames: SimpleQueue[Frame] = SimpleQueue()

    def receive() -> None:
        try:
            while (frame := read_frame(stdin, _EVERYTHING)) is not None:
                frames.put(frame)
        except (BrokenFrameError, OSError, MemoryError):
            pass
        # The parent has closed the pipe or is dead: a query that still runs has no reader.
        os._exit(0)

    threading.Thread(target=receive, daemon=True).start()
    limit_memory(int(frames.get().header["memory_bytes"]))
    while True:
        frame = frames.get()
        try:
            header, buffers = answer(frame)
            write_frame(stdout, header, buffers)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def limit_memory(extra: int) -> None:
    """Limit what the process may allocate from now on, in bytes.

    The kernel refuses what exceeds it where it can: an address space limit on Linux, a job
    object on Windows. Elsewhere, macOS among them, the process ends itself.
    """
    if sys.platform == "win32":
        from resim_inspect.emissions.evaluation.processes.windows_job import limit_process_memory

        limit_process_memory(extra)
        return
    import resource

    if sys.platform == "linux":
        pages = int(open("/proc/self/statm").read().split()[0])  # noqa: PTH123, SIM115
        most = pages * os.sysconf("SC_PAGE_SIZE") + extra
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        return
    used = _peak_memory()
    threading.Thread(target=_watch, args=(used + extra,), daemon=True).start()


def _peak_memory() -> int:
    """Bytes; not for Windows, where a job object sets the limit."""
    if sys.platform == "win32":
        raise NotImplementedError
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in kB on other systems.
    return peak if sys.platform == "darwin" else peak * 1024


def _watch(most: int) -> None:
    while _peak_memory() <= most:
        time.sleep(_PERIOD)
    os._exit(OUT_OF_MEMORY)
