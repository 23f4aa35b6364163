"""Comparison of what two paths mean, with the metrics files that belong to its jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.screen import Screen

from resim_inspect.errors import InspectError
from resim_inspect.text import clean, count
from resim_inspect.tui.gc_tuning import gc_paused
from resim_inspect.tui.workers import is_worker_cancelled, key_pauses

if TYPE_CHECKING:
    from resim_inspect.comparison import Comparison, JobChanges

Files = tuple[Mapping[str, Path], Mapping[str, Path]]
"""Metrics files before and after, by the names of jobs in the changes."""
MAX_LISTED = 3
"""Tolerances without effect that are named."""


class Compared(Message):
    """A comparison is finished."""

    def __init__(self, comparison: Comparison, files: Files) -> None:
        super().__init__()
        self.comparison = comparison
        self.files = files


class CompareFailed(Message):
    """The sides cannot be compared."""

    def __init__(self, error: InspectError) -> None:
        super().__init__()
        self.error = error


class _StoppedError(Exception):
    """The screen is closed while jobs are still compared."""


def compare_paths(
    screen: Screen[Any],
    base: Path,
    other: Path,
    on_job: Callable[[int, int], None],
    on_changes: Callable[[JobChanges], None] | None = None,
) -> None:
    """Compare two paths in a worker of a screen, and post `Compared` or `CompareFailed` to it.

    Between two jobs it gives way to keys, and ends without a message if the worker is cancelled.
    For the callbacks see `compare_sides`.
    """
    give_way = key_pauses(screen.app)

    def next_job(done: int, total: int) -> None:
        if is_worker_cancelled():
            raise _StoppedError
        give_way()
        on_job(done, total)

    try:
        result = _compare(base, other, next_job, on_changes)
    except InspectError as error:
        screen.post_message(CompareFailed(error))
    except _StoppedError:
        return
    else:
        screen.post_message(Compared(*result))


def _compare(
    base: Path,
    other: Path,
    on_job: Callable[[int, int], None],
    on_changes: Callable[[JobChanges], None] | None,
) -> tuple[Comparison, Files]:
    """Compare two paths with the tolerances of the project. Raises InspectError."""
    from resim_inspect.compared_sides import project_tolerances, side_of
    from resim_inspect.comparison import CompareOptions, compare_sides

    files: tuple[dict[str, Path], dict[str, Path]] = ({}, {})

    def compared(job: JobChanges) -> None:
        # The sides may call a job differently if it has the same experience.
        for by_name, path in zip(files, job.paths, strict=True):
            if path is not None:
                by_name[job.name] = path
        if on_changes is not None:
            on_changes(job)

    with gc_paused():
        options = CompareOptions(project_tolerances([]))
        sides = side_of(base), side_of(other)
        comparison = compare_sides(*sides, options, on_job=on_job, on_changes=compared)
        # Cached: screens would wait for it with 100,000 changes.
        _ = comparison.by_direction
    return comparison, files


def notify_of_tolerances(screen: Screen[Any], comparison: Comparison) -> None:
    """Say which tolerances of the project match no metric."""
    unmatched = comparison.unmatched_tolerances
    if not unmatched:
        return
    sentences = [
        f"{tolerance.sentence[0].upper()}{tolerance.sentence[1:]}."
        for tolerance in unmatched[:MAX_LISTED]
    ]
    if len(unmatched) > MAX_LISTED:
        sentences.append(f"{count(len(unmatched) - MAX_LISTED, 'more tolerance')} match no metric.")
    screen.app.notify(
        "\n".join(sentences),
        title="Tolerances without effect",
        severity="warning",
        timeout=8,
        markup=False,
    )


def notify_of_failure(screen: Screen[Any], error: InspectError) -> None:
    """Say why two sides cannot be compared."""
    screen.app.notify(
        clean(error.located(), 300),
        title="Cannot compare",
        severity="warning",
        timeout=8,
        markup=False,
    )
