"""Resources of a process and all its descendants, as the kernel shows them while they run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from runner.engines.protocol import Usage

PROC = Path("/proc")


def tree_usage(pid: int) -> Usage:
    """Return the processor time of a process and its descendants, ended ones included, and the
    highest use of memory of the largest one; None for each that the system does not tell.
    """
    ticks, peak = 0, 0
    waiting = [pid]
    while waiting:
        folder = PROC / str(waiting.pop())
        with suppress(OSError, ValueError, IndexError):
            ticks += _ticks(folder)
            peak = max(peak, _peak(folder))
            waiting += _children(folder)
    return Usage(peak or None, ticks / os.sysconf("SC_CLK_TCK") if ticks else None)


def children(pid: int) -> list[int]:
    """Return the children of a process; none if it has ended, or the system does not tell."""
    with suppress(OSError):
        return _children(PROC / str(pid))
    return []


def _children(folder: Path) -> list[int]:
    # Each thread has the children that it started.
    return [
        int(child)
        for thread in (folder / "task").iterdir()
        for child in (thread / "children").read_text().split()
    ]


def _ticks(folder: Path) -> int:
    """Processor time of a process and of its children that have ended, in ticks of the clock."""
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    # utime, stime, cutime, cstime: fields 14 to 17, of which the third comes first here.
    return sum(map(int, fields[11:15]))


def _peak(folder: Path) -> int:
    """Highest use of memory of a process in bytes; 0 for one that is ending."""
    for line in (folder / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
