"""Memory and processor time of a container: from its control group, or the engine's statistics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from runner.engines.protocol import Usage


class UsageFiles(NamedTuple):
    """Files of a control group, of version 1 or 2; None for those that it lacks."""

    memory: Path | None
    """Highest or, for old kernels, present use of memory, in bytes."""
    cpu: Path | None
    """Processor time: a number of nanoseconds, or `usage_usec` and a number of microseconds."""

    def read(self) -> Usage:
        """Read the present values; raises OSError once the group is gone."""
        memory = None if self.memory is None else int(self.memory.read_text())
        words = [] if self.cpu is None else self.cpu.read_text().split()
        if words[:1] == ["usage_usec"]:
            return Usage(memory, int(words[1]) / 1e6)
        return Usage(memory, int(words[0]) / 1e9 if words else None)


def usage_files(pids: Path, groups: Path) -> UsageFiles:
    """Return the files beside the control group that counts a container's processes.

    In version 1, each kind of resource has a tree of its own below `groups`.
    """
    first = groups / "pids"
    if not pids.is_relative_to(first):
        memory = (pids / name for name in ("memory.peak", "memory.current"))
        return UsageFiles(_first(memory), _first([pids / "cpu.stat"]))
    relative = pids.relative_to(first)
    return UsageFiles(
        _first([groups / "memory" / relative / "memory.max_usage_in_bytes"]),
        _first([groups / "cpuacct" / relative / "cpuacct.usage"]),
    )


def _first(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if path.is_file()), None)


def usage_of(statistics: Any) -> Usage:
    """Return the values in an engine's statistics; raises KeyError or TypeError for others."""
    cpu = statistics["cpu_stats"]["cpu_usage"].get("total_usage")
    memory = statistics.get("memory_stats") or {}
    peak = memory.get("max_usage", memory.get("usage"))
    # After the end of the container an engine reports zeros.
    return Usage(int(peak) if peak else None, int(cpu) / 1e9 if cpu else None)
