"""The scan of a workspace's jobs in a thread, and its messages to the screen."""

from __future__ import annotations

import time

from textual.message import Message
from textual.widget import Widget

from resim_inspect.job_rows import JobRow, WorkspaceOutline
from resim_inspect.text import clean
from resim_inspect.tui.workers import is_worker_cancelled, key_pauses
from resim_inspect.tui.workspace.jobs_reader import JobsReader

POST_INTERVAL = 0.1
"""Seconds between two messages with rows to the screen."""


class OutlineRead(Message):
    """The list of jobs has been read; the jobs themselves are next."""

    def __init__(self, outline: WorkspaceOutline) -> None:
        super().__init__()
        self.outline = outline


class RowsRead(Message):
    """Jobs have been read, for the first time or again."""

    def __init__(self, rows: list[JobRow]) -> None:
        super().__init__()
        self.rows = rows


class ScanFinished(Message):
    """A scan of the disk has finished; `problem` says why the jobs cannot be listed."""

    def __init__(self, seconds: float, problem: str) -> None:
        super().__init__()
        self.seconds, self.problem = seconds, problem


def scan(screen: Widget, reader: JobsReader) -> None:
    """Read the jobs that are new or have changed, and post them to the screen; for a worker."""
    from runner.workspace.errors import WorkspaceError

    started = posted = time.monotonic()
    problem = ""
    try:
        if reader.read_outline() and reader.outline is not None:
            screen.post_message(OutlineRead(reader.outline))
    except WorkspaceError as error:
        problem = clean(str(error), 300)
    rows: list[JobRow] = []
    give_way = key_pauses(screen.app)
    for row in reader.changed_rows():
        if is_worker_cancelled():
            return
        give_way()
        rows.append(row)
        if time.monotonic() - posted >= POST_INTERVAL:
            screen.post_message(RowsRead(rows))
            rows, posted = [], time.monotonic()
    if rows:
        screen.post_message(RowsRead(rows))
    screen.post_message(ScanFinished(time.monotonic() - started, problem))
