"""The reference of tables of jobs: a workspace or a job whose values the others differ from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.text import DELTA_DIGITS, clean, signed

if TYPE_CHECKING:
    from resim_inspect.job_rows import Cell


class Shown(StrEnum):
    """Contents of the columns of metrics if there is a reference."""

    VALUES = "values"
    DIFFERENCES = "differences"
    BOTH = "both"

    @property
    def next(self) -> Shown:
        """The next one in the order of the key."""
        members = list(Shown)
        return members[(members.index(self) + 1) % len(members)]


class JobsReference(NamedTuple):
    """Values of the moment at which the reference was set: a later run is compared with them."""

    label: str
    """Name of the workspace or job."""
    jobs: Mapping[str, Mapping[str, Cell]]
    """Metrics by name, of each job by its name."""
    job: str = ""
    """Name of the only job, with which all jobs are compared; empty for a workspace."""

    def cell(self, job: str, metric: str) -> Cell | None:
        """Return what a metric of a job is compared with; None without one."""
        return self.jobs.get(self.job or job, {}).get(metric)

    def delta(self, job: str, metric: str, cell: Cell) -> float | None:
        """Value minus that of the reference, where both are numbers of one unit."""
        other = self.cell(job, metric)
        if other is None or other.value is None or cell.value is None or other.unit != cell.unit:
            return None
        return cell.value - other.value


class ReferenceView(NamedTuple):
    """A reference, and what the columns show of it."""

    reference: JobsReference
    shown: Shown

    @property
    def has_differences(self) -> bool:
        """True if the columns have differences."""
        return self.shown is not Shown.VALUES

    def number(self, job: str, metric: str, cell: Cell) -> float | None:
        """Return the number that the column is sorted by."""
        if self.shown is Shown.DIFFERENCES:
            return self.reference.delta(job, metric, cell)
        return cell.value

    def text(self, job: str, metric: str, cell: Cell, value: str, with_unit: bool) -> str:
        """Return the text of a cell; `value` is that of its value, `with_unit`: with its unit."""
        if not self.has_differences:
            return value
        other, delta = self.reference.cell(job, metric), self.reference.delta(job, metric, cell)
        if other is None:
            difference = "new"
        elif delta == 0:
            difference = "="
        elif delta is not None:
            difference = signed(delta, cell.unit if with_unit else "", DELTA_DIGITS)
        else:
            difference = "≠" if cell.unit != other.unit else ""
        if other is not None and other.status is not cell.status:
            # The symbol of the present status stands before the text.
            difference = f"{difference} was {other.status.symbol}".strip()
        if self.shown is Shown.DIFFERENCES:
            return difference
        return f"{value} {difference}".strip()

    def described(self, job: str, metric: str, cell: Cell) -> str:
        """Return the end of a sentence about a cell: `, +3.2 m/s from 41.5 m/s ✓ PASSED in …`."""
        other, label = self.reference.cell(job, metric), clean(self.reference.label, 40)
        if other is None:
            return f", not in the reference {label}"
        delta = self.reference.delta(job, metric, cell)
        difference = "" if delta is None else f", {signed(delta, cell.unit)}"
        was = f"{other.exact} {other.status.symbol} {other.status.name}".strip()
        return f"{difference} from {was} in the reference {label}"
