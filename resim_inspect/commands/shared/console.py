"""The terminal as the commands use it: width of a page, progress of jobs, what is left out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from resim_inspect.terminal import terminal_columns
from resim_inspect.text import count

if TYPE_CHECKING:
    from resim_inspect.export.omissions import Omissions

MIN_JOBS_FOR_PROGRESS = 20
"""Number of jobs from which a progress bar is shown."""
MAX_LISTED = 20
"""Number of files or errors that are written one by one; the others are counted."""
_PAGE_WIDTH = 80
"""Columns if the output is not a terminal."""
_MIN_WIDTH = 40


def page_width(asked_width: int | None, most: int) -> int:
    """Return the columns of the output: those of `--width`, else the terminal's up to `most`."""
    if asked_width is None:
        asked_width = _PAGE_WIDTH
        if sys.stdout.isatty():
            asked_width = min(terminal_columns(), most)
    return max(asked_width, _MIN_WIDTH)


@contextmanager
def job_progress(text: str, jobs: int) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal while many jobs are read.

    Gives a function that takes the number of jobs done and of all; None without a bar.
    """
    if jobs < MIN_JOBS_FOR_PROGRESS or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def write_omissions(omissions: Omissions) -> None:
    """Write to stderr what is left out, the notes, and the errors of parts that cannot be read."""
    for line in omissions.lines():
        sys.stderr.write(f"left out: {line}\n")
    for note in omissions.notes:
        sys.stderr.write(f"note: {note}\n")
    for error in omissions.errors:
        sys.stderr.write(f"resim-inspect: {error}\n")
    more = omissions.error_count - len(omissions.errors)
    if more:
        sys.stderr.write(f"resim-inspect: {count(more, 'more error')}\n")
