"""The policy of what fails a comparison: the one answer for exit code, JUnit and annotations."""

from __future__ import annotations

from resim_inspect.comparison.changes import Change, Comparison, VerdictChange
from resim_inspect.comparison.directions import Direction


def fails(change: Change, fail_on: str) -> bool:
    """Return True if a change alone fails a comparison; `never` is the most lenient choice.

    `worse`: anything worse, or a blocking metric that is gone; `gone`: also anything else that
    is gone; `changed`: everything that is not the same.
    """
    if fail_on == "changed":
        return change.direction is not Direction.SAME
    if fail_on == "never":
        return False
    if change.direction is Direction.GONE:
        return fail_on == "gone" or change.blocking
    return change.direction is Direction.WORSE


def gate_fails(comparison: Comparison, fail_on: str) -> bool:
    """Return True if a comparison fails: by a change, or by the verdict of a file or job."""
    return any(verdict_fails(verdict, fail_on) for verdict in comparison.verdicts) or any(
        fails(change, fail_on) for change in comparison.changes
    )


def verdict_fails(verdict: VerdictChange, fail_on: str) -> bool:
    """Return True if the verdict of a file or job alone fails a comparison."""
    if fail_on == "changed":
        return verdict.direction is not Direction.SAME
    return fail_on != "never" and verdict.direction is Direction.WORSE
