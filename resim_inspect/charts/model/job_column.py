"""A column of a table of jobs as plain data: its numbers, limits, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition


@dataclass(frozen=True, slots=True)
class JobColumn:
    """The jobs that have a number, in the order in which they are drawn.

    `jobs`, `numbers` and `statuses` have one element a job each.
    """

    title: str
    unit: str
    jobs: tuple[str, ...]
    """Names of the jobs."""
    numbers: tuple[float, ...]
    """Numbers of the jobs, which may be NaN or infinite."""
    statuses: tuple[MetricStatus, ...]
    """Statuses of the metric in these jobs; UNSET where a column has none."""
    limits: tuple[FailureDefinition, ...] = ()
    """Failure definition of each job that has one."""
    missing: tuple[tuple[str, int], ...] = ()
    """Reasons why jobs have no number, and the number of such jobs."""

    @property
    def total(self) -> int:
        """Number of all jobs, those without a number too."""
        return len(self.jobs) + self.missing_jobs

    @property
    def missing_jobs(self) -> int:
        """Number of the jobs without a number."""
        return sum(jobs for _, jobs in self.missing)
