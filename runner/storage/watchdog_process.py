"""The watchdog's own process; it needs the standard library only, and so do its tasks.

It reads tasks from stdin, a JSON line each. When stdin ends, the runner has ended: it does them.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

PAUSES = (0.0, 0.5, 1.5, 3.0, 5.0)
"""Seconds before each sweep: an engine may still be creating what it was last asked for."""
TIMEOUT = 300.0
"""Seconds after which the tasks are given up, such as those of an engine that stays away."""


class CleanupTask(NamedTuple):
    """A function with its arguments; see `Watchdog.guard`."""

    function: Callable[..., bool]
    arguments: tuple[str, ...]
    final: bool


def main() -> None:
    """Read the tasks until stdin ends, and do them."""
    # The pipe ends with the runner; until then a signal to the process group changes nothing.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Imported now: at the end the files may have been replaced by those of another version.
    tasks = [task_of(line) for line in sys.stdin.buffer]
    perform(tasks)


def task_of(line: bytes) -> CleanupTask:
    """Read a task; raises ValueError, ImportError or AttributeError for a malformed one."""
    function, arguments, final = json.loads(line)
    module, _, name = function.partition(":")
    return CleanupTask(getattr(import_module(module), name), tuple(arguments), bool(final))


def perform(
    tasks: Sequence[CleanupTask],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Call the functions until nothing was left to remove several times, the latest ones first."""
    deadline = clock() + TIMEOUT
    step = 0
    while step < len(PAUSES) and clock() < deadline:
        sleep(PAUSES[step])
        answers = [_call(task) for task in reversed(tasks) if not task.final]
        if None in answers:
            step = len(PAUSES) - 1
        else:
            step = 1 if any(answers) else step + 1
    for task in reversed(tasks):
        if task.final:
            _call(task)


def _call(task: CleanupTask) -> bool | None:
    """Return True if anything was removed; None after a failure."""
    try:
        return bool(task.function(*task.arguments))
    except Exception:  # noqa: BLE001 - it can be reported to nothing, and other tasks remain
        return None
