"""Output formats of comparisons: text, JSON, Markdown, and those of CI systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, TextIO

from resim_inspect.comparison.changes import Change, Comparison, JobError
from resim_inspect.comparison.directions import LISTED, Direction
from resim_inspect.comparison.gate import gate_fails
from resim_inspect.comparison.tolerance import UnmatchedTolerance
from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.schemas.window import UNBOUNDED, Bounds
from resim_inspect.text import clean, count


@dataclass(frozen=True)
class OutputOptions:
    """Options of all formats; each uses what it needs."""

    fail_on: str = "worse"
    only_changes: bool = False
    """True to leave out what is the same."""
    top: int | None = None
    """Number of changes that are listed, the worst first; None for all."""
    bounds: Bounds = UNBOUNDED
    """Bounds of the document of JSON."""
    width: int = 80
    color: bool = False
    job_paths: Sequence[Mapping[str, tuple[Path | None, Path | None]]] = ()
    """Metrics files of both sides for each comparison, by the name of the job."""


class Format(Protocol):
    """Interface of the modules in this package."""

    def write(
        self, comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions
    ) -> None:
        """Write the comparisons of one base with one or several sides."""


class Listed(NamedTuple):
    """The changes that are listed, and the number of those that `--top` leaves out."""

    changes: Sequence[Change]
    left_off: int


def listed(comparison: Comparison, options: OutputOptions, *, same: bool = True) -> Listed:
    """Select the changes to list; without `same`, those that are the same are never listed."""
    changes = comparison.changes
    if options.only_changes or not same:
        changes = [change for change in changes if change.direction is not Direction.SAME]
    shown = changes[: options.top]
    return Listed(shown, len(changes) - len(shown))


def summary_words(comparison: Comparison) -> str:
    """`worse 2 · gone 1 · same 37`; directions without changes are left out."""
    counts = comparison.summary
    return " · ".join(f"{way.value} {counts[way]:,}" for way in LISTED if counts[way]) or (
        "nothing to compare"
    )


def verdict_words(comparison: Comparison, fail_on: str) -> str:
    """Result of the gate in words: `fails (--fail-on worse)`."""
    if gate_fails(comparison, fail_on):
        return f"fails (--fail-on {fail_on})"
    if comparison.errors:
        return f"is incomplete: {count(len(comparison.errors), 'file')} cannot be read"
    return f"passes (--fail-on {fail_on})"


def approximate_words(comparison: Comparison) -> str:
    """Note about sides that were evaluated here, with their names; empty without one."""
    sides = [side for side in ("before", "after") if side in comparison.approximate]
    return f"{APPROXIMATE_NOTE} ({', '.join(sides)})" if sides else ""


def unreadable_text(error: JobError) -> str:
    """A job that cannot be read, its side and the reason, cleaned."""
    return f"{job_of(error)} cannot be read ({error.side}): {clean(error.message)}"


def job_of(error: JobError) -> str:
    """Name of the job of an error, cleaned; of a single document, its file's usual name."""
    return clean(error.job) or "metrics.binproto"


def unmatched_tolerances(comparisons: Sequence[Comparison]) -> list[UnmatchedTolerance]:
    """Tolerances that match no metric in any of the comparisons."""
    if not comparisons:
        return []
    patterns = [
        {tolerance.pattern for tolerance in each.unmatched_tolerances} for each in comparisons
    ]
    unmatched = set.intersection(*patterns)
    return [
        tolerance
        for tolerance in comparisons[0].unmatched_tolerances
        if tolerance.pattern in unmatched
    ]
