"""The terminal as the commands use it: the width of a page, and the progress of many jobs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MANY = 20
"""Number of jobs from which a progress bar is shown, and of lines that are written one by one."""
_PAGE_WIDTH = 80
"""Columns if the output is not a terminal."""
_LEAST_WIDTH = 40


def page_width(given: int | None, most: int) -> int:
    """Return the columns of the output: those of `--width`, else the terminal's up to `most`."""
    if given is None:
        given = _PAGE_WIDTH
        if sys.stdout.isatty():
            given = min(shutil.get_terminal_size((_PAGE_WIDTH, 24)).columns, most)
    return max(given, _LEAST_WIDTH)


@contextmanager
def job_progress(text: str, jobs: int) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal while many jobs are read.

    Gives a function that takes the number of jobs done and of all; None without a bar.
    """
    if jobs < MANY or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
