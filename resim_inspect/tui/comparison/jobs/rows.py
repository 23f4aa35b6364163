"""Rows of the table of compared jobs: the direction of each job and of each of its metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from resim_inspect.comparison import Change, Direction, JobChanges
from resim_inspect.comparison.changes import EVENT, FINDING, JOB, Reading
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import DELTA_DIGITS, signed

_BESIDE = (EVENT, FINDING, JOB)


class ChangeCell(NamedTuple):
    """A metric of a job on both sides; of several with one name, the one that got worst."""

    change: Change
    text: str
    """Difference without its unit; empty where no number describes it."""
    unit: str

    @property
    def value(self) -> float | None:
        """Difference, after minus before."""
        return None if self.change.direction is Direction.SAME else self.change.delta

    @property
    def statuses(self) -> str:
        """Symbols of both statuses such as `✓→✗`; empty where they are the same."""
        before, after = self.change.before, self.change.after
        if before is None or after is None or not self.change.status_changed:
            return ""
        return f"{before.status.symbol}→{after.status.symbol}"


class ComparedRow(NamedTuple):
    """One job of the table."""

    name: str
    direction: Direction
    """The direction that matters most of the job, its verdict and everything in it."""
    verdicts: tuple[MetricStatus | None, MetricStatus | None]
    """None for a side without metrics that can be read."""
    paths: tuple[Path | None, Path | None]
    """Metrics files; None for a side that does not have the job."""
    note: str
    """Reason why the metrics cannot be compared; empty if they can."""
    cells: Mapping[str, ChangeCell]
    counts: Mapping[Direction, int]
    """Number of metrics, events and findings by direction."""

    @property
    def is_not_compared(self) -> bool:
        """True for a job of both sides of which a file cannot be read or compared."""
        return bool(self.note) and None not in self.paths

    @property
    def verdict(self) -> MetricStatus | None:
        """Verdict after, or before where only the base has the job."""
        return self.verdicts[1] if self.paths[1] is not None else self.verdicts[0]


def compared_row(job: JobChanges) -> ComparedRow:
    """Describe one job, however much of it could be read."""
    cells: dict[str, ChangeCell] = {}
    counts: Counter[Direction] = Counter()
    note, direction = "", Direction.SAME
    verdicts: tuple[MetricStatus | None, MetricStatus | None] = (None, None)
    for change in job.changes:
        if change.type == JOB:
            note = change.why[0] if change.why else ""
            if job.before is None or job.after is None:
                note = f"only {'after' if job.before is None else 'before'}: {note}"
            direction = change.direction
            verdicts = _status(change.before), _status(change.after)
            continue
        counts[change.direction] += 1
        if change.type not in _BESIDE:
            known = cells.get(change.name)
            if known is None or change.direction.rank < known.change.direction.rank:
                cells[change.name] = _cell(change)
    if job.errors:
        sides: dict[str, list[str]] = {}
        for error in job.errors:
            sides.setdefault(error.message, []).append(error.side)
        note = "; ".join(f"{' and '.join(of)}: {message}" for message, of in sides.items())
        # A job with a file that cannot be compared needs attention, whatever it was before.
        direction = Direction.WORSE if direction is Direction.SAME else direction
    direction = min((direction, *counts), key=lambda way: way.rank)
    if job.verdict is not None:
        verdicts = job.verdict.before, job.verdict.after
        verdict_way = job.verdict.direction
        # A verdict that got better says more than values that differ.
        if verdict_way in (Direction.WORSE, Direction.BETTER) and direction is not Direction.WORSE:
            direction = verdict_way
    known_job = job.after or job.before
    assert known_job is not None
    return ComparedRow(
        known_job.name or known_job.path.name,
        direction,
        verdicts,
        job.paths,
        note,
        cells,
        counts,
    )


def _cell(change: Change) -> ChangeCell:
    if change.delta is None or change.after is None or change.direction is Direction.SAME:
        return ChangeCell(change, "", "")
    unit = change.after.measured.unit
    return ChangeCell(change, signed(change.delta, "", DELTA_DIGITS), unit)


def _status(reading: Reading | None) -> MetricStatus | None:
    return None if reading is None else reading.status
