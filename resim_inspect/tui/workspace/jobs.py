"""The jobs of a workspace as rows: each one's verdict and the values of its metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document import open_document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.errors import DocumentError
from resim_inspect.text import number, quantity


class Cell(NamedTuple):
    """A metric of a job: its status, and its value where it is a scalar."""

    status: MetricStatus
    value: float | None = None
    unit: str = ""

    @property
    def text(self) -> str:
        """The value, without its unit, for a narrow column."""
        return "" if self.value is None else number(self.value)

    @property
    def full(self) -> str:
        """The value with its unit."""
        return "" if self.value is None else quantity(self.value, self.unit)


class JobRow(NamedTuple):
    """One job."""

    name: str
    path: Path
    """What to open: its metrics file, there or not."""
    verdict: MetricStatus | None
    """None where there are no readable metrics."""
    note: str
    """Why there are none."""
    cells: dict[str, Cell]
    here: bool = True
    """False where only the batch's lists say so: the metrics themselves are still to come."""


class Shape(NamedTuple):
    """What is known of a workspace before its jobs are read."""

    folder: Path
    jobs: tuple[tuple[str, Path], ...]
    batch: Path | None
    """The batch's metrics file, where it is there."""
    named: dict[str, str]
    """The jobs' folders by their ids, and by their experiences where one job has it."""


def read_shape(folder: Path) -> Shape:
    """The jobs of a workspace, not yet read. Raises runner's WorkspaceError."""
    from runner.workspace.layout import open_workspace

    workspace = open_workspace(folder)
    batch = workspace.batch.metrics
    jobs = tuple((job.name, job.folder.path) for job in workspace.jobs)
    named: dict[str, str] = {}
    often = Counter(job.experience_name for job in workspace.jobs)
    for job in workspace.jobs:
        if often[job.experience_name] == 1:
            named[job.experience_name] = job.name
    named |= {str(job.id): job.name for job in workspace.jobs}
    return Shape(folder, jobs, batch if batch.is_file() else None, named)


def read_job(name: str, folder: Path) -> JobRow:
    """The row of one job; where it cannot be read, the row says why."""
    from runner.workspace.errors import WorkspaceError
    from runner.workspace.layout import RunFolder

    run_folder = RunFolder(folder)
    try:
        return _row(name, run_folder.metrics)
    except DocumentError as error:
        note = str(error)
        if not run_folder.metrics.exists():
            try:
                result = run_folder.read_result()
            except WorkspaceError as broken:
                note = str(broken)
            else:
                note = result.message or str(result.outcome) if result else "not run yet"
        return JobRow(name, run_folder.metrics, None, note, {})


def _row(name: str, path: Path) -> JobRow:
    with open_document(path) as document:
        cells: dict[str, Cell] = {}
        metrics = document.message.job_level_metrics.metrics
        for position in document.display_order():
            metric = metrics[position]
            if metric.event_metric or metric.name in cells:
                continue
            value = None
            unit = ""
            if int(metric.type) == MetricType.SCALAR:
                scalar = metric.metric_values.scalar_metric_values
                value = scalar.value if scalar.HasField("value") else None
                unit = scalar.unit
            cells[metric.name] = Cell(MetricStatus(metric.status), value, unit)
        return JobRow(name, path, document.verdict, "", cells)


def columns(rows: Iterable[JobRow]) -> list[str]:
    """The names of all metrics, those of most jobs first, else as they stand in the files."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.cells:
            counts[name] = counts.get(name, 0) + 1
    order = {name: i for i, name in enumerate(counts)}
    return sorted(counts, key=lambda name: (-counts[name], order[name]))


def units(rows: Iterable[JobRow]) -> dict[str, str | None]:
    """The unit that all values of a metric have, by its name; None where they have several."""
    found: dict[str, str | None] = {}
    for row in rows:
        for name, cell in row.cells.items():
            if cell.value is not None and found.setdefault(name, cell.unit) != cell.unit:
                found[name] = None
    return found


def chosen(
    rows: Sequence[JobRow],
    *,
    words: str = "",
    failing: bool = False,
    sort: str | None = None,
    descending: bool = False,
) -> list[JobRow]:
    """The rows that are wanted, in the order that is wanted.

    `sort`: a metric's name, `verdict`, or None for the jobs' names. Rows without a value
    stand last whichever way it goes.
    """
    wanted = words.casefold().split()
    found = [
        row
        for row in rows
        if all(word in row.name.casefold() for word in wanted)
        and (not failing or row.verdict is None or row.verdict.fails)
    ]
    if sort is None:
        return sorted(found, key=lambda row: row.name, reverse=descending)
    key = _verdict_key if sort == "verdict" else _cell_key(sort)
    known = [row for row in found if key(row) is not None]
    rest = [row for row in found if key(row) is None]
    return sorted(known, key=lambda row: key(row) or (0.0,), reverse=descending) + rest


def _verdict_key(row: JobRow) -> tuple[float, ...] | None:
    return (-1.0 if row.verdict is None else float(row.verdict.rank),)


def _cell_key(name: str) -> Callable[[JobRow], tuple[float, ...] | None]:
    def key(row: JobRow) -> tuple[float, ...] | None:
        cell = row.cells.get(name)
        if cell is None:
            return None
        if cell.value is None or cell.value != cell.value:
            return (0.0, float(cell.status.rank))
        return (1.0, cell.value)

    return key
