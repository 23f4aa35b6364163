"""Resources of a container: its processes at once, its memory, its processor time.

The control group that counts them vanishes with the container. So a thread follows it where this
machine's files show it, which is on Linux with a local engine, and elsewhere the statistics of the
engine, which has no count of processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread

from runner.engines.docker.usage import usage_files, usage_of
from runner.engines.protocol import Usage

INTERVAL = 0.02
"""Seconds between two looks: a build that reaches its limit may end a moment later."""
GROUPS = Path("/sys/fs/cgroup")
PROCESSES = Path("/proc")
LAYOUTS = ("docker/{}", "system.slice/docker-{}.scope", "machine.slice/libpod-{}.scope")
"""Usual places of a container's control group; in others a build that ends at once is not seen."""
JOIN_TIMEOUT = 0.5
"""Seconds that the thread may take to see that the control group is gone."""


class GroupWatch:
    """The watch of one container.

    Without a control group that can be read its processes stay at zero, and `statistics`, which
    the engine yields while the container runs, tell the rest.
    """

    def __init__(
        self, container: str, statistics: Callable[[], Iterable[object]] = lambda: ()
    ) -> None:
        self.peak = 0
        """The most processes and threads at once, as far as they were seen."""
        self.refused = False
        """True if the limit refused a process or thread."""
        self.usage = Usage()
        """The highest values that were seen."""
        self._statistics = statistics
        self._by_statistics = False
        self._container = container
        self._started = Event()
        self._thread: Thread | None = None

    def follow(self, first_process: Callable[[], int]) -> None:
        """Follow a container that is about to start; `first_process` returns its first pid."""
        self._thread = Thread(target=self._follow, args=(first_process,), daemon=True)
        self._thread.start()

    def started(self) -> None:
        """Note that the container was started, or could not be."""
        self._started.set()

    def complete(self) -> None:
        """Wait until the end of the container was seen."""
        if self._thread is not None and not self._by_statistics:
            self._thread.join(JOIN_TIMEOUT)

    def _follow(self, first_process: Callable[[], int]) -> None:
        group = None
        # A build may end before the engine has answered that it was started.
        while group is None and not self._started.wait(0.005):
            group = _readable(layout.format(self._container) for layout in LAYOUTS)
        group = group or control_group(first_process(), self._container)
        if group is None:
            self._follow_statistics()
            return
        files = usage_files(group, GROUPS)
        # A file of a control group that is gone cannot be read: the container has ended.
        with ExitStack() as stack, suppress(OSError, ValueError):
            events = os.open(group / "pids.events", os.O_RDONLY)
            stack.callback(os.close, events)
            # Kernels without a peak have the present count.
            name = "pids.peak" if (group / "pids.peak").exists() else "pids.current"
            peak = os.open(group / name, os.O_RDONLY)
            stack.callback(os.close, peak)
            while True:
                self.refused = self.refused or _refusals(os.pread(events, 256, 0)) > 0
                self.peak = max(self.peak, int(os.pread(peak, 64, 0)))
                self.usage = self.usage.highest(files.read())
                time.sleep(INTERVAL)

    def _follow_statistics(self) -> None:
        self._by_statistics = True
        # Values that are missing, or of another engine's kind, stay unknown.
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            for values in self._statistics():
                self.usage = self.usage.highest(usage_of(values))


def control_group(pid: int, container: str) -> Path | None:
    """Folder of the control group that counts a container's processes; None if it is not here.

    The path must name the container: on another machine the pid is another process.
    """
    try:
        lines = (PROCESSES / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return None
    entries = (line.split(":", 2) for line in lines if line.count(":") > 1)
    return _readable(
        path.lstrip("/")
        for _, controllers, path in entries
        if container in path and controllers in {"", "pids"}
    )


def _readable(paths: Iterable[str]) -> Path | None:
    """Return the first control group that counts processes; None if all are missing."""
    groups = (root / path for path in paths for root in (GROUPS / "pids", GROUPS))
    return next((group for group in groups if (group / "pids.events").is_file()), None)


def _refusals(events: bytes) -> int:
    """Number of refused processes in the text `max 3`."""
    words = events.split()
    return int(words[words.index(b"max") + 1]) if b"max" in words[:-1] else 0
