"""Fields of the jobs of a workspace, for the filter language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, Protocol, TypeVar

from resim_inspect.document.enums import MetricStatus
from resim_inspect.filtering.query import (
    STATUS_HELP,
    Comparison,
    Fields,
    Test,
    choice,
    statuses,
)


class CellLike(Protocol):
    """Fields of a metric of a job that the filter reads."""

    @property
    def value(self) -> float | None: ...


class JobLike(Protocol):
    """Fields of a job that the filter reads."""

    @property
    def name(self) -> str: ...
    @property
    def verdict(self) -> MetricStatus | None: ...
    @property
    def note(self) -> str: ...
    @property
    def cells(self) -> Mapping[str, CellLike]: ...
    @property
    def fetched(self) -> bool: ...
    @property
    def has_run(self) -> bool: ...
    @property
    def is_broken(self) -> bool: ...
    @property
    def is_failing(self) -> bool: ...
    @property
    def seconds(self) -> float | None: ...


J = TypeVar("J", bound=JobLike)


class JobFields(Fields[J]):
    """Jobs; a comparison asks for the value of a metric, or for the duration of the run."""

    HELP = {  # noqa: RUF012
        "verdict": STATUS_HELP,
        "status": "the same as verdict",
        "metric": "a part of the name of a metric that the job has",
        "is": "failing, broken, unrun, pending",
        "name": "a part of the name",
        "note": "a part of the reason why there are no metrics",
    }
    EXAMPLE: ClassVar[str] = "verdict:block  Max speed>40  NOT is:broken"

    def __init__(self, jobs: Sequence[J]) -> None:
        self.jobs = jobs

    def named(self, text: str) -> Test[J]:
        return lambda job: text in job.name.casefold()

    def field(self, name: str, value: str) -> Test[J]:
        if name in ("verdict", "status"):
            wanted = statuses(value)
            return lambda job: job.verdict is not None and int(job.verdict) in wanted
        if name == "metric":
            return lambda job: any(value in metric.casefold() for metric in job.cells)
        if name == "note":
            return lambda job: value in job.note.casefold()
        tests: dict[str, Test[J]] = {
            "failing": lambda job: job.is_failing,
            "broken": lambda job: job.is_broken,
            "unrun": lambda job: not job.has_run,
            "pending": lambda job: not job.fetched,
        }
        return choice("is", value, tests)

    def value_names(self) -> Iterable[str]:
        names = {
            name: None
            for job in self.jobs
            for name, cell in job.cells.items()
            if cell.value is not None
        }
        if any(job.seconds is not None for job in self.jobs):
            names["duration"] = None
        return [name.casefold() for name in names]

    def compared(self, names: Collection[str], comparison: Comparison) -> Test[J]:
        def test(job: J) -> bool:
            if "duration" in names and job.seconds is not None and comparison(job.seconds):
                return True
            return any(
                cell.value is not None and name.casefold() in names and comparison(cell.value)
                for name, cell in job.cells.items()
            )

        return test
