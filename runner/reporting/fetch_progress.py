"""Watching a fetch: a bar for people at a terminal, a JSON line per change for programs."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from resim_inspect.text import clean, count, size
from runner.download.batch import Watch
from runner.download.downloader import Progress
from runner.execution.events import Event
from runner.redact import Secrets

EVERY = 0.2
"""Seconds between two lines that say how far it is."""
ALIVE = 1.0
"""Seconds between two that say the same."""
_FEW = 20


@contextmanager
def telling(tell: Callable[[Event], None]) -> Iterator[Watch]:
    """As events: `plan`, `table`, `missing`, and `progress` each second, more often while it goes.

    The call itself adds how it ended.
    """
    lock, over = threading.Lock(), threading.Event()
    seen: list[Progress] = []
    told: dict[str, int] = {}

    def say(event: Event) -> None:
        with lock:
            tell(event)

    def news() -> bool:
        now = how_far(seen[0]) if seen else {}
        new = now != told
        told.update(now)
        return new

    def go_on() -> None:
        at = 0.0
        while not over.wait(EVERY):
            if not news() and time.monotonic() - at < ALIVE:
                continue
            at = time.monotonic()
            try:
                say(Event("progress", time.time(), data=told.copy()))
            except (BrokenPipeError, ValueError):
                # Whoever wanted this is gone, and the other threads may be waiting for a server
                # that says nothing. What came is safe, whenever we die.
                os._exit(141)

    def begun(progress: Progress) -> None:
        seen.append(progress)
        say(Event("plan", time.time(), data={"jobs": progress.jobs, "kept": progress.done}))

    def table(jobs: list[dict[str, Any]]) -> None:
        say(Event("table", time.time(), data={"jobs": len(jobs)}))

    def lost(job: str, what: str, why: str) -> None:
        say(Event("missing", time.time(), job=job, text=why, data={"what": what}))

    thread = threading.Thread(target=go_on, name="telling", daemon=True)
    thread.start()
    try:
        yield Watch(begun, table=table, lost=lost)
    finally:
        over.set()
        thread.join()
        if news():
            say(Event("progress", time.time(), data=told))


def how_far(progress: Progress) -> dict[str, int]:
    """Numbers of a progress, by name."""
    return {"jobs": progress.jobs, "done": progress.done, "bytes": progress.bytes}


@contextmanager
def showing(secrets: Secrets) -> Iterator[Watch]:
    """The table, and a bar where somebody sits at a terminal; all on stderr."""
    if not sys.stderr.isatty():
        yield Watch(table=lambda jobs: _tell(jobs, secrets, sys.stderr.write))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("jobs"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[came]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("jobs", total=None, came="")
    seen: list[Progress] = []

    def begun(progress: Progress) -> None:
        seen.append(progress)
        bar.update(task, total=progress.jobs, completed=progress.done)

    def tick() -> None:
        progress = seen[0]
        came = f"{size(progress.bytes)}, {count(progress.connections, 'connection')}"
        bar.update(task, completed=progress.done, came=came)

    def table(jobs: list[dict[str, Any]]) -> None:
        _tell(jobs, secrets, lambda text: bar.console.out(text, end="", highlight=False))

    with bar:
        yield Watch(begun, tick, table)


def _tell(jobs: list[dict[str, Any]], secrets: Secrets, write: Callable[[str], object]) -> None:
    """The table in a few lines: how many of each status, and the worst jobs first."""
    order = ("FAIL_BLOCK", "FAIL_WARN", "PASSED", "RAW", "NOT_APPLICABLE")
    statuses = Counter(str(job.get("status", "")) for job in jobs)
    metrics = sum(len(job["metrics"]) for job in jobs)
    parts = [f"{times:,} {clean(status, 24) or 'unknown'}" for status, times in statuses.items()]
    write(f"{count(len(jobs), 'job')}, {count(metrics, 'metric')}: {', '.join(sorted(parts))}\n")
    bad = [job for job in jobs if job.get("status") in order[:2]]
    bad.sort(key=lambda job: (order.index(job["status"]), job["name"]))
    for job in bad[:_FEW]:
        failing = [
            clean(str(one["name"]), 40) for one in job["metrics"] if one["status"] == job["status"]
        ]
        text = f"  {job['status']:<10} {clean(job['name'], 60)}: {', '.join(failing[:3])}"
        write(secrets.hide_text(text) + "\n")
    if len(bad) > _FEW:
        write(f"  and {len(bad) - _FEW:,} more\n")
