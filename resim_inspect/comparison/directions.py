"""Directions of a change, and the ranking of statuses that decides them first."""

from __future__ import annotations

from enum import StrEnum

from resim_inspect.document.enums import MetricStatus


class Direction(StrEnum):
    """Direction of a change from the base to the other side."""

    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"
    """Different, and neither worse nor better by status, limit or tolerance."""
    GONE = "gone"
    """Present in the base only."""
    ADDED = "added"
    """Present on the other side only."""
    SAME = "same"

    @property
    def symbol(self) -> str:
        """One character: `▼ ▲ ≠ − + =`."""
        return _SYMBOLS[self]

    @property
    def rank(self) -> int:
        """Place in a list sorted by what matters most: worse 0, same 5."""
        return _RANKS[self]


_SYMBOLS = {
    Direction.WORSE: "▼",
    Direction.BETTER: "▲",
    Direction.CHANGED: "≠",
    Direction.GONE: "−",
    Direction.ADDED: "+",
    Direction.SAME: "=",
}
LISTED = (
    Direction.WORSE,
    Direction.GONE,
    Direction.CHANGED,
    Direction.BETTER,
    Direction.ADDED,
    Direction.SAME,
)
"""All directions in the order of lists: what needs attention first."""
_RANKS = {direction: rank for rank, direction in enumerate(LISTED)}


def status_direction(before: MetricStatus, after: MetricStatus) -> Direction:
    """Direction of a change of status.

    FAIL_BLOCK is worse than FAIL_WARN, and both are worse than every other status. Among
    PASSED, RAW, NOT_APPLICABLE and unset a difference is a change without a direction.
    """
    if before is after:
        return Direction.SAME
    return by_size(severity(before), severity(after), otherwise=Direction.CHANGED)


def severity(status: MetricStatus) -> int:
    """Severity of a status: FAIL_BLOCK 2, FAIL_WARN 1, every other 0."""
    return max(0, status.rank - MetricStatus.PASSED.rank)


def by_size(before: float, after: float, *, otherwise: Direction) -> Direction:
    """Direction of a quantity that should be small; `otherwise` if both are equal."""
    if after > before:
        return Direction.WORSE
    return Direction.BETTER if after < before else otherwise


def strongest(*directions: Direction) -> Direction:
    """Return the first that is worse or better, else CHANGED if any differs, else SAME."""
    for direction in directions:
        if direction in (Direction.WORSE, Direction.BETTER):
            return direction
    different = any(direction is not Direction.SAME for direction in directions)
    return Direction.CHANGED if different else Direction.SAME
