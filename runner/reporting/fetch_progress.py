"""Progress of a download: a bar on a terminal, events for programs."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from resim_inspect.exit_codes import BROKEN_PIPE
from resim_inspect.text import clean, count, size
from runner.download.batch import Watch
from runner.download.downloader import Progress
from runner.execution.events import Event, EventSink
from runner.exit_codes import ExitCode
from runner.redact import Secrets
from runner.workspace.results import status_named

PROGRESS_INTERVAL = 0.2
"""Seconds between two events of progress."""
HEARTBEAT_INTERVAL = 1.0
"""Seconds between two equal events of progress."""
_MAX_ROWS = 20


@contextmanager
def send_progress(notify: EventSink) -> Iterator[Watch]:
    """Send the events `plan`, `table`, `missing`, and `progress` at least once a second.

    The event of the end is sent by the caller.
    """
    lock, over = threading.Lock(), threading.Event()
    started: list[Progress] = []
    sent: dict[str, int] = {}

    def send(event: Event) -> None:
        with lock:
            notify(event)

    def changed() -> bool:
        now = progress_numbers(started[0]) if started else {}
        new = now != sent
        sent.update(now)
        return new

    def send_regularly() -> None:
        at = 0.0
        while not over.wait(PROGRESS_INTERVAL):
            if not changed() and time.monotonic() - at < HEARTBEAT_INTERVAL:
                continue
            at = time.monotonic()
            try:
                send(Event("progress", time.time(), data=sent.copy()))
            except (OSError, ValueError) as error:
                # The reader of the events is gone, or their disk is full, and other threads may
                # be waiting for a server that does not answer. Downloads are safe at any moment.
                if isinstance(error, ValueError | BrokenPipeError):
                    os._exit(BROKEN_PIPE)
                sys.stderr.write(f"resim-runner: the events cannot be written: {error.strerror}.\n")
                sys.stderr.flush()
                os._exit(ExitCode.ERROR)

    def begun(progress: Progress) -> None:
        started.append(progress)
        send(Event("plan", time.time(), data={"jobs": progress.jobs, "kept": progress.done}))

    def table(jobs: list[dict[str, Any]]) -> None:
        send(Event("table", time.time(), data={"jobs": len(jobs)}))

    def lost(job: str, what: str, why: str) -> None:
        send(Event("missing", time.time(), job=job, text=why, data={"what": what}))

    thread = threading.Thread(target=send_regularly, name="progress", daemon=True)
    thread.start()
    try:
        yield Watch(begun, table=table, lost=lost)
    finally:
        over.set()
        thread.join()
        if changed():
            send(Event("progress", time.time(), data=sent))


def progress_numbers(progress: Progress) -> dict[str, int]:
    """Return the numbers of a progress, by name."""
    return {"jobs": progress.jobs, "done": progress.done, "bytes": progress.bytes}


@contextmanager
def show_progress(secrets: Secrets) -> Iterator[Watch]:
    """Show the table, and on a terminal a bar; all on stderr."""
    if not sys.stderr.isatty():
        yield Watch(table=lambda jobs: _write_table(jobs, secrets, sys.stderr.write))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("jobs"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[received]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("jobs", total=None, received="")
    seen: list[Progress] = []

    def begun(progress: Progress) -> None:
        seen.append(progress)
        bar.update(task, total=progress.jobs, completed=progress.done)

    def tick() -> None:
        progress = seen[0]
        received = f"{size(progress.bytes)}, {count(progress.connections, 'connection')}"
        bar.update(task, completed=progress.done, received=received)

    def table(jobs: list[dict[str, Any]]) -> None:
        _write_table(jobs, secrets, lambda text: bar.console.out(text, end="", highlight=False))

    with bar:
        yield Watch(begun, tick, table)


def _write_table(
    jobs: list[dict[str, Any]], secrets: Secrets, write: Callable[[str], object]
) -> None:
    """Write the table in a few lines: counts of each status, then the worst jobs."""
    statuses = Counter(str(job.get("status", "")) for job in jobs)
    metrics = sum(len(job["metrics"]) for job in jobs)
    parts = [f"{times:,} {clean(status, 24) or 'unknown'}" for status, times in statuses.items()]
    listed = f": {', '.join(sorted(parts))}" if parts else ""
    write(f"{count(len(jobs), 'job')}, {count(metrics, 'metric')}{listed}\n")
    bad = [job for job in jobs if status_named(str(job.get("status"))).fails]
    bad.sort(key=lambda job: (-status_named(job["status"]).rank, job["name"]))
    for job in bad[:_MAX_ROWS]:
        failing = [
            clean(str(metric["name"]), 40)
            for metric in job["metrics"]
            if metric["status"] == job["status"]
        ]
        text = f"  {job['status']:<10} {clean(job['name'], 60)}: {', '.join(failing[:3])}"
        write(secrets.hide_text(text) + "\n")
    if len(bad) > _MAX_ROWS:
        write(f"  and {len(bad) - _MAX_ROWS:,} more\n")
