"""A workspace as text for people: a table of jobs and metrics, then everything that fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from resim_inspect.column_values import ColumnSummary, job_status, metric_summary, summarize
from resim_inspect.commands.show_output.layout import (
    BOLD,
    DIM,
    SgrPainter,
    clip,
    flow,
    status_words,
)
from resim_inspect.document import open_document
from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.document.enums import WORST_FIRST, MetricStatus, worst_status
from resim_inspect.document.summary import headline_with_limits
from resim_inspect.errors import DocumentError
from resim_inspect.files import is_missing
from resim_inspect.job_rows import Cell, JobRow, common_units, metric_names, read_job, read_outline
from resim_inspect.text import NOT_RUN, cell_width, clean, count, cut, cut_left, pad, wrap
from resim_inspect.text import number as format_number

MIN_NAME, MAX_NAME = 12, 30
"""Cells of a job's name in the table; where it fails, the name is in full."""
HEADING = 14
"""Cells of a line of a metric's heading, which may have several lines."""
MAX_HEADING_LINES = 3
SUMMARY = ("min", "median", "max", "failing")
"""Names of the rows below the jobs, for two jobs and more."""
MAX_NOT_RUN = 20
"""Number of jobs without a run that are named."""
GAP = "  "


class JobTable(NamedTuple):
    """The jobs of a workspace, read; `batch` is None if the batch has no metrics."""

    folder: Path
    rows: tuple[JobRow, ...]
    batch: JobRow | None

    @property
    def unreadable(self) -> tuple[JobRow, ...]:
        """Jobs with a metrics file that cannot be read."""
        unread = (row for row in self.all_rows if row.verdict is None)
        return tuple(row for row in unread if not is_missing(row.path))

    @property
    def all_rows(self) -> tuple[JobRow, ...]:
        """The jobs, and the batch after them."""
        return (*self.rows, *([self.batch] if self.batch is not None else []))


class _MetricColumn(NamedTuple):
    """A column: its metric, its heading, and the texts of its cells."""

    heading: list[str]
    cells: list[tuple[MetricStatus, str]]
    summary: list[tuple[MetricStatus, str]]
    """Texts of the summary rows, in their order."""
    width: int


def read_job_table(folder: Path) -> JobTable:
    """Read all jobs of a workspace; raises the runner's WorkspaceError."""
    from runner.workspace.layout import RunFolder

    outline = read_outline(folder)
    batch = None
    if outline.batch is not None:
        batch = read_job("batch", RunFolder(outline.batch.parent.parent))
    rows = tuple(read_job(name, run_folder) for name, run_folder in outline.jobs)
    return JobTable(folder, rows, batch)


def table_lines(table: JobTable, width: int, painter: SgrPainter) -> Iterator[str]:
    """Yield the workspace as lines of at most `width` columns."""
    for line in _lines(table, width, painter):
        yield clip(line, width)


def _lines(table: JobTable, width: int, painter: SgrPainter) -> Iterator[str]:
    yield from _header(table, width, painter)
    yield ""
    yield from _table(table.rows, width, painter)
    failing = [row for row in table.all_rows if row.verdict is not None and row.verdict.fails]
    if failing:
        yield ""
        yield painter.paint("Failing", BOLD)
        for row in failing:
            yield from _failing(row, width, painter)
    missing = [row for row in table.all_rows if row.is_broken]
    if missing:
        yield ""
        yield painter.paint("Without metrics", BOLD)
        for row in missing:
            text = f"{clean(row.name, 60)}: {clean(row.note)}"
            yield from ("  " + line for line in wrap(text, width - 2))
    not_run = [clean(row.name, 60) for row in table.all_rows if not row.has_run]
    if not_run:
        yield ""
        yield painter.paint(NOT_RUN.capitalize(), BOLD)
        yield from ("  " + line for line in flow(_ends(not_run), " ", width - 2))


def _ends(names: Sequence[str]) -> list[str]:
    """Return the names with commas between them; of many, the first ones and a number."""
    shown = [f"{name}," for name in names[:MAX_NOT_RUN]]
    rest = len(names) - len(shown)
    return [*shown, f"and {rest:,} more"] if rest else [*shown[:-1], names[-1]]


def _header(table: JobTable, width: int, painter: SgrPainter) -> Iterator[str]:
    statuses = [row.verdict for row in table.all_rows if row.verdict is not None]
    worst = worst_status(statuses)
    verdict = "no metrics" if worst is None else status_words(worst)
    name = cut_left(clean(str(table.folder)), width - cell_width(verdict) - 2)
    blanks = " " * (width - cell_width(name) - cell_width(verdict))
    shown = painter.paint(verdict, DIM) if worst is None else painter.status(worst, verdict)
    yield painter.paint(name, BOLD) + blanks + shown
    if any(row.approximate for row in table.all_rows):
        yield APPROXIMATE_NOTE
    counts = Counter(row.verdict for row in table.rows)
    parts = [count(len(table.rows), "job")]
    parts += [
        painter.status(status, f"{status_words(status)} {counts[status]:,}")
        for status in WORST_FIRST
        if counts[status]
    ]
    broken = sum(row.is_broken for row in table.rows)
    if broken:
        parts.append(f"{broken:,} without metrics")
    if counts[None] > broken:
        parts.append(f"{counts[None] - broken:,} {NOT_RUN}")
    if table.batch is not None and table.batch.verdict is not None:
        words = f"batch {status_words(table.batch.verdict)}"
        parts.append(painter.status(table.batch.verdict, words))
    yield from flow(parts, "   ", width)


def _table(rows: Sequence[JobRow], width: int, painter: SgrPainter) -> Iterator[str]:
    """Yield the table: one line for each job, a column for each metric as far as they fit."""
    limit = min(MAX_NAME, max(MIN_NAME, width // 3))
    names = [cut(clean(row.name), limit) for row in rows]
    summary = SUMMARY if len(rows) > 1 else ()
    name_width = max(map(cell_width, ("job", *names, *summary)))
    verdicts = [_verdict(row) for row in rows]
    verdict_width = max([7, *map(cell_width, verdicts)])
    left = width - name_width - len(GAP) - verdict_width
    columns: list[_MetricColumn] = []
    metrics = _most_telling_first(rows)
    units = common_units(rows)
    for name in metrics:
        column = _metric_column(name, units.get(name), rows)
        if column.width + len(GAP) > left:
            break
        left -= column.width + len(GAP)
        columns.append(column)
    height = max([1, *(len(column.heading) for column in columns)])
    for line in range(height):
        last = line == height - 1
        cells = [
            pad("job" if last else "", name_width),
            pad("verdict" if last else "", verdict_width),
        ]
        for column in columns:
            above = height - len(column.heading)
            text = column.heading[line - above] if line >= above else ""
            cells.append(pad(text, column.width))
        yield painter.paint(GAP.join(cells).rstrip(), DIM)
    for number, row in enumerate(rows):
        status = row.verdict or MetricStatus.UNSET
        cells = [
            pad(names[number], name_width),
            painter.status(status, pad(verdicts[number], verdict_width)),
        ]
        for column in columns:
            status, text = column.cells[number]
            cells.append(painter.status(status, pad(text, column.width)))
        yield GAP.join(cells).rstrip()
    for number, name in enumerate(summary):
        failing = _failing_text(summarize((), map(job_status, rows)))
        status, text = failing if name == "failing" else (MetricStatus.UNSET, "")
        cells = [
            painter.paint(pad(name, name_width), DIM),
            painter.status(status, pad(text, verdict_width)),
        ]
        for column in columns:
            status, text = column.summary[number]
            cells.append(painter.status(status, pad(text, column.width)))
        yield GAP.join(cells).rstrip()
    hidden = len(metrics) - len(columns)
    if hidden:
        text = f"{count(hidden, 'further metric')}: --width N shows more, --all every job in full"
        yield painter.paint(text, DIM)


def _verdict(row: JobRow) -> str:
    if row.verdict is None:
        return "no metrics" if row.has_run else NOT_RUN
    return status_words(row.verdict)


def _most_telling_first(rows: Sequence[JobRow]) -> list[str]:
    """Return the names of all metrics: failing ones, then those with values, then the others."""
    ranks: dict[str, int] = {}
    valued: set[str] = set()
    for row in rows:
        for name, cell in row.cells.items():
            rank = cell.status.rank if cell.status.fails else 0
            ranks[name] = max(ranks.get(name, 0), rank)
            if cell.value is not None:
                valued.add(name)
    return sorted(metric_names(rows), key=lambda name: (-ranks[name], name not in valued))


def _metric_column(name: str, unit: str | None, rows: Sequence[JobRow]) -> _MetricColumn:
    cells = [_cell(row.cells.get(name), with_unit=unit is None) for row in rows]
    title = clean(name) or "(no name)"
    lines = wrap(f"{title} [{clean(unit, 12)}]" if unit else title, HEADING)
    if len(lines) > MAX_HEADING_LINES:
        lines = [
            *lines[: MAX_HEADING_LINES - 1],
            cut("".join(lines[MAX_HEADING_LINES - 1 :]), HEADING),
        ]
    summary = _metric_summary(name, unit, rows)
    width = max(map(cell_width, [*lines, *(text for _, text in (*cells, *summary))]))
    return _MetricColumn(lines, cells, summary, width)


def _metric_summary(
    name: str, unit: str | None, rows: Sequence[JobRow]
) -> list[tuple[MetricStatus, str]]:
    """Return the texts of the summary rows; no numbers where the units differ."""
    summary = metric_summary(name, unit, rows)
    values = (summary.minimum, summary.median, summary.maximum)
    # Below the symbols of the jobs' cells.
    texts = ["" if value is None else f"  {format_number(value)}" for value in values]
    failing = _failing_text(summary)
    return [*((MetricStatus.UNSET, text) for text in texts), failing]


def _failing_text(summary: ColumnSummary) -> tuple[MetricStatus, str]:
    if summary.worst is None:
        return MetricStatus.UNSET, "  0"
    return summary.worst, f"{summary.worst.symbol} {summary.failing:,}"


def _cell(cell: Cell | None, *, with_unit: bool) -> tuple[MetricStatus, str]:
    if cell is None:
        return MetricStatus.UNSET, ""
    value = cell.full if with_unit else cell.text
    return cell.status, f"{cell.status.symbol} {value}".rstrip()


def _failing(row: JobRow, width: int, painter: SgrPainter) -> Iterator[str]:
    """Yield a job and its failing metrics, the worst first, with their limits."""
    yield f"  {clean(row.name, 200)}"
    try:
        with open_document(row.path) as document:
            failing = [metric for metric in document.metrics if metric.status.fails]
            failing.sort(key=lambda metric: -metric.status.rank)
            for metric in failing:
                status = painter.status(metric.status)
                name = clean(metric.name, 60) or "(no name)"
                parts = [f"{status}  {name}", headline_with_limits(document, metric)]
                yield from (f"    {line}" for line in flow(parts, "  ", width - 4))
            if not failing and row.verdict is not None:
                words = painter.status(row.verdict)
                yield f"    {words}  by the file's own status: no metric of it fails"
    except DocumentError as error:
        yield f"    {cut(clean(str(error)), width - 4)}"
