"""Values of a comparison: changes with their direction, totals by metric, verdicts of jobs.

Texts are as in the files: whoever shows them cleans them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from resim_inspect.comparison.directions import LISTED, Direction, severity, status_direction
from resim_inspect.comparison.tolerance import UnmatchedTolerance
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, digits_apart, number, with_unit

EVENT, FINDING, JOB = "EVENT", "FINDING", "JOB"
"""Types of changes that are not about a metric."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Value of a metric in one line, and as a number where one number describes it."""

    text: str = ""
    value: float | None = None
    unit: str = ""
    measure: str = ""
    """Meaning of the number of a series: `mean`, `min`, `max`, …; empty for a single value."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One side of a change."""

    status: MetricStatus
    measured: Measured = Measured()

    @property
    def value(self) -> float | None:
        """The number of the value, where one describes it."""
        return self.measured.value


@dataclass(frozen=True, slots=True)
class Change:
    """Comparison of one metric, event, finding or job; also of one that is the same."""

    name: str
    type: str
    """Name of the metric's type such as `SCALAR`, or EVENT, FINDING or JOB."""
    direction: Direction
    before: Reading | None
    """None for one that only the other side has."""
    after: Reading | None
    why: tuple[str, ...] = ()
    """Reasons, the most important first; empty for one that is the same."""
    job: str = ""
    """Name of the job; empty for a comparison of two files."""
    event: str = ""
    """Name of the event that the metric belongs to."""
    delta: float | None = None
    """Difference, after minus before, where both are numbers of one unit."""
    blocking: bool = False
    """True for a metric that blocks, on either side, and for a job that has one."""
    closer: bool = False
    """True for a passing value that is nearer to its limit."""
    details: tuple[str, ...] = ()
    """Lines of a longer description, such as those of a unified diff."""
    position: int | None = None
    """Position of the metric in the other side's file."""
    base_position: int | None = None
    """Position of the metric in the base's file."""
    renamed: str = ""
    """Name of the metric that one that is GONE may have become, or one ADDED may have been."""

    @property
    def relative(self) -> float:
        """Size of the difference from 0 to 1, relative to the larger value; 0 without numbers."""
        if self.delta is None or self.before is None or self.after is None:
            return 0.0
        largest = max(abs(self.before.value or 0.0), abs(self.after.value or 0.0))
        # Values of opposite signs differ by up to twice the larger one.
        return min(1.0, abs(self.delta) / largest) if largest else 0.0

    @property
    def status_changed(self) -> bool:
        """True if both sides have the item, with other statuses."""
        sides = self.before, self.after
        return None not in sides and sides[0].status is not sides[1].status  # type: ignore[union-attr]

    @property
    def order(self) -> tuple[int, int, int, float]:
        """Sort key: direction, then what fails now, then changes of status, then the size."""
        reading = self.after or self.before
        status = severity(reading.status) if reading is not None else 0
        return self.direction.rank, -status, not self.status_changed, -self.relative

    @property
    def words(self) -> str:
        """The change without its name: `44.7 → 39.2 m/s, FAIL_BLOCK → PASSED`; `new`; `gone`."""
        before, after = self.before, self.after
        if before is None or after is None:
            return "new" if before is None else "gone"
        value = _values_in_words(before.measured, after.measured)
        status = f"{before.status.name} → {after.status.name}" if self.status_changed else ""
        text = ", ".join(part for part in (value, status) if part)
        return text or (clean(self.why[0], 80) if self.why else "differs")


def _values_in_words(old: Measured, new: Measured) -> str:
    """Return two values as `44.7 → 39.2 m/s`; empty if they are the same."""
    if old.value is not None and new.value is not None and old.unit == new.unit:
        if old.value == new.value:
            return ""
        digits = digits_apart(old.value, [new.value])
        text = f"{number(old.value, digits)} → {with_unit(number(new.value, digits), new.unit)}"
        return f"{new.measure} {text}" if new.measure else text
    return "" if old.text == new.text else f"{clean(old.text, 40)} → {clean(new.text, 40)}"


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """Verdicts of one job on both sides."""

    job: str
    before: MetricStatus
    after: MetricStatus

    @property
    def direction(self) -> Direction:
        """Direction of the change of the verdict."""
        return status_direction(self.before, self.after)


@dataclass(frozen=True, slots=True)
class MetricTotals:
    """One metric over all jobs that both sides have."""

    name: str
    type: str
    unit: str
    counts: Mapping[Direction, int]
    """Number of jobs by direction; zeros are left out."""
    pairs: int = 0
    """Number of jobs with a number on both sides: the differences below are theirs."""
    median: float | None = None
    """Median of the paired difference, after minus before."""
    lowest: float | None = None
    highest: float | None = None
    p_value: float = 1.0
    """Result of a two-sided sign test on the paired differences."""
    leading: tuple[tuple[str, float | None], ...] = ()
    """Jobs with the largest changes, worse ones first, and their differences."""

    @property
    def significant(self) -> bool:
        """True if the sign test finds a difference at 5%."""
        return self.p_value < 0.05

    @property
    def direction(self) -> Direction:
        """The direction that matters most of all jobs: worse before gone before changed."""
        return min(self.counts, key=lambda direction: direction.rank, default=Direction.SAME)


@dataclass(frozen=True, slots=True)
class JobError:
    """A job whose metrics file cannot be read on one side."""

    job: str
    side: str
    """`before` or `after`."""
    message: str


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between a base and another side."""

    before: str
    """Path of the base, as it was given."""
    after: str
    is_batch: bool
    """True if a side has several jobs."""
    changes: Sequence[Change]
    """The worst first; those that are the same last."""
    verdicts: tuple[VerdictChange, ...] = ()
    """One for each job that both sides have; none if metrics were selected by a query."""
    metrics: tuple[MetricTotals, ...] = ()
    """Totals of each metric over the matched jobs of batches, the worst first."""
    errors: tuple[JobError, ...] = ()
    matched: int = 0
    """Number of jobs that both sides have."""
    transitions: Mapping[tuple[MetricStatus, MetricStatus], int] = field(default_factory=dict)
    """Number of jobs by their verdicts before and after."""
    approximate: frozenset[str] = frozenset()
    """Sides (`before`, `after`) with metrics that were evaluated here from emissions."""
    unmatched_tolerances: tuple[UnmatchedTolerance, ...] = ()
    """Tolerances for names that no metric of either side has."""

    @cached_property
    def by_direction(self) -> Mapping[Direction, Sequence[Change]]:
        """Changes of each direction that has any, the directions in the order of lists."""
        members: dict[Direction, list[Change]] = {way: [] for way in LISTED}
        # Runs of the same direction, since hashing a direction for each change is slow.
        for direction, run in groupby(self.changes, attrgetter("direction")):
            members[direction].extend(run)
        return {way: changes for way, changes in members.items() if changes}

    @cached_property
    def summary(self) -> dict[Direction, int]:
        """Number of changes of each direction, zeros included."""
        return {way: len(self.by_direction.get(way, ())) for way in Direction}
