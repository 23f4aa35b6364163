"""Rows of a table of jobs: verdict, duration and metric values of each job."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.document import open_document
from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.from_proto import failure_definition
from resim_inspect.document.model import FailureDefinition
from resim_inspect.errors import DocumentError
from resim_inspect.text import NOT_RUN, clean, full_number, number, quantity, with_unit

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from runner.workspace.layout import RunFolder


class Cell(NamedTuple):
    """A metric of a job: its status, and its value if it is a scalar."""

    status: MetricStatus
    value: float | None = None
    unit: str = ""
    limits: FailureDefinition | None = None
    """Failure definition of the metric; None without one."""
    position: int | None = None
    """Position in the document; None if the document has not been read."""
    is_text: bool = False
    """True for a text, which has neither a value nor a chart."""

    @property
    def text(self) -> str:
        """Value without its unit, for a narrow column."""
        return "" if self.value is None else number(self.value)

    @property
    def full(self) -> str:
        """Value with its unit."""
        return "" if self.value is None else quantity(self.value, self.unit)

    @property
    def exact(self) -> str:
        """Value in all its digits, with its unit."""
        return "" if self.value is None else with_unit(full_number(self.value), self.unit)


class JobRow(NamedTuple):
    """One job of the table."""

    name: str
    path: Path
    """Path of its metrics file, which may not exist."""
    verdict: MetricStatus | None
    """None if the metrics cannot be read."""
    note: str
    """Reason why they cannot be read."""
    cells: dict[str, Cell]
    """Metrics by name."""
    fetched: bool = True
    """False if the row comes from the batch's lists, before the metrics have been fetched."""
    seconds: float | None = None
    """Duration of the recorded run; None if no run is recorded."""
    has_run: bool = True
    """False for a job without metrics of which no run is recorded: it has not run yet."""
    approximate: bool = False
    """True if the metrics were evaluated here from emissions."""

    @property
    def why_no_metrics(self) -> str:
        """A sentence that says why there are no metrics to show; empty if there are."""
        note = clean(self.note, 300).removesuffix(".")
        if not self.fetched:
            return f"The job is {note}."
        if self.verdict is not None:
            return ""
        return f"The job has no metrics: {note}." if self.has_run else "The job has not run yet."

    @property
    def is_broken(self) -> bool:
        """True if the metrics are missing after a run, or cannot be read."""
        return self.verdict is None and self.has_run

    @property
    def is_failing(self) -> bool:
        """True for a job that fails; one whose run left no metrics does, a new one does not."""
        return self.has_run if self.verdict is None else self.verdict.fails


class JobMetrics(NamedTuple):
    """Part of a row that comes from the metrics file of the job."""

    verdict: MetricStatus
    cells: dict[str, Cell]
    approximate: bool


class RecordedRun(NamedTuple):
    """Content of the record of a job's last run, for a table."""

    note: str
    """Reason why there may be no metrics."""
    seconds: float | None
    """Duration; None if no run is recorded or readable."""
    is_recorded: bool
    """True for a record that cannot be read, too."""


class WorkspaceOutline(NamedTuple):
    """A workspace as known before its jobs are read."""

    folder: Path
    jobs: tuple[tuple[str, RunFolder], ...]
    """Name and folder of each job."""
    batch: Path | None
    """Path of the batch's metrics file, if it exists."""
    job_names: dict[str, str]
    """Names of the jobs by their ids, and by their experiences if only one job has it."""


def read_outline(folder: Path) -> WorkspaceOutline:
    """List the jobs of a workspace or of a folder of metrics files, without reading them.

    Raises the runner's WorkspaceError.
    """
    from runner.workspace.bare_outputs import open_jobs

    workspace = open_jobs(folder)
    jobs = tuple((job.name, job.folder) for job in workspace.jobs)
    job_names: dict[str, str] = {}
    uses = Counter(job.experience_name for job in workspace.jobs)
    for job in workspace.jobs:
        if uses[job.experience_name] == 1:
            job_names[job.experience_name] = job.name
    job_names |= {str(job.id): job.name for job in workspace.jobs}
    return WorkspaceOutline(folder, jobs, workspace.batch_metrics, job_names)


def read_job(name: str, run_folder: RunFolder, metrics: JobMetrics | None = None) -> JobRow:
    """Read the row of one job; if its metrics cannot be read, the row's note says why.

    `metrics` are those of its file if they have been read.
    """
    note, seconds, has_run = read_run(run_folder)
    try:
        verdict, cells, approximate = metrics or _read_metrics(run_folder.metrics)
    except DocumentError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            note, has_run = str(error), True
        return JobRow(name, run_folder.metrics, None, note, {}, seconds=seconds, has_run=has_run)
    return JobRow(
        name, run_folder.metrics, verdict, "", cells, seconds=seconds, approximate=approximate
    )


def read_run(run_folder: RunFolder) -> RecordedRun:
    """Read the record of a job's last run."""
    from runner.workspace.errors import WorkspaceError
    from runner.workspace.results import Outcome

    try:
        result = run_folder.read_result()
    except WorkspaceError as error:
        return RecordedRun(str(error), None, True)
    if result is None:
        return RecordedRun(NOT_RUN, None, False)
    note = result.message
    if not note:
        is_done = result.outcome is Outcome.DONE
        note = "its metrics file is gone since its run" if is_done else str(result.outcome)
    return RecordedRun(note, _duration(result.seconds), True)


def _duration(seconds: float) -> float | None:
    """Return None where a run never started, and for values that no clock measures."""
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _read_metrics(path: Path) -> JobMetrics:
    """Read what the row of a job has from a file; raises DocumentError."""
    with open_document(path) as document:
        return metrics_of(document)


def metrics_of(document: Document) -> JobMetrics:
    """Return the verdict of a document and its metrics by name."""
    cells: dict[str, Cell] = {}
    metrics = document.message.job_level_metrics.metrics
    for position in document.display_order():
        metric = metrics[position]
        if metric.event_metric or metric.name in cells:
            continue
        is_text = int(metric.type) == MetricType.TEXT
        cell = Cell(MetricStatus(metric.status), position=position, is_text=is_text)
        if int(metric.type) == MetricType.SCALAR:
            scalar = metric.metric_values.scalar_metric_values
            has_limits = scalar.HasField("failure_definition")
            cell = cell._replace(
                value=scalar.value if scalar.HasField("value") else None,
                unit=scalar.unit,
                limits=failure_definition(scalar.failure_definition) if has_limits else None,
            )
        cells[metric.name] = cell
    return JobMetrics(document.verdict, cells, is_approximate(document))


def metric_names(rows: Iterable[JobRow]) -> list[str]:
    """Return the names of all metrics, those of most jobs first, else in the order of the files."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.cells:
            counts[name] = counts.get(name, 0) + 1
    order = {name: i for i, name in enumerate(counts)}
    return sorted(counts, key=lambda name: (-counts[name], order[name]))


def common_units(rows: Iterable[JobRow]) -> dict[str, str | None]:
    """Return the unit shared by all values of each metric; None where they have several."""
    units: dict[str, str | None] = {}
    for row in rows:
        for name, cell in row.cells.items():
            if cell.value is not None and units.setdefault(name, cell.unit) != cell.unit:
                units[name] = None
    return units
