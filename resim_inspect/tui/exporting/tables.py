"""The lists and tables in view as tables of an export: their rows, in the order shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from resim_inspect.text import clean, count
from resim_inspect.tui.exporting.choices import ExportChoice, table_choices

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.document.model import Event
    from resim_inspect.export.blocks import Block
    from resim_inspect.export.tables import Table
    from resim_inspect.job_rows import JobRow
    from resim_inspect.tui.widgets.column_table import Column
    from resim_inspect.validation.findings import Finding

R = TypeVar("R")


def job_name(document: Document) -> str:
    """Name of a document in the column `job`; empty for one that was not read from a file."""
    from resim_inspect.export.file_names import file_job_name

    return "" if document.path is None else file_job_name(document.path)


def metric_choices(document: Document, positions: Sequence[int]) -> list[ExportChoice]:
    """The metrics of a list."""
    from resim_inspect.export.tables import METRICS

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows
        from resim_inspect.export.document_rows import metric_rows
        from resim_inspect.export.omissions import Omissions

        rows = metric_rows(document, job_name(document), Omissions(), frozenset(positions))
        by_position = {row[1]: row for row in rows}
        yield from blocks_of_rows(METRICS, (by_position[position] for position in positions))

    if not positions:
        return []
    stem = _stem(document, "metrics")
    return table_choices(count(len(positions), "metric"), stem, METRICS, blocks)


def event_choices(document: Document, events: Sequence[Event]) -> list[ExportChoice]:
    """The events of a list."""
    from resim_inspect.export.tables import EVENTS

    positions = [event.position for event in events]

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows
        from resim_inspect.export.document_rows import event_rows

        by_position = {row[1]: row for row in event_rows(document, job_name(document))}
        yield from blocks_of_rows(EVENTS, (by_position[position] for position in positions))

    if not positions:
        return []
    return table_choices(count(len(positions), "event"), _stem(document, "events"), EVENTS, blocks)


def finding_choices(
    document: Document, findings: Sequence[Finding], edition: str
) -> list[ExportChoice]:
    """The findings of a list, by the rules of an edition."""
    from resim_inspect.export.tables import FINDINGS

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows
        from resim_inspect.export.document_rows import rows_of_findings

        rows = rows_of_findings(document, findings, edition, job_name(document))
        yield from blocks_of_rows(FINDINGS, rows)

    if not findings:
        return []
    label = count(len(findings), "finding")
    return table_choices(label, _stem(document, "findings"), FINDINGS, blocks)


def _stem(document: Document, what: str) -> str:
    return f"{job_name(document)} {what}".strip()


def job_choices(name: str, jobs: Sequence[JobRow]) -> list[ExportChoice]:
    """The jobs of a workspace with the metrics of its table: each a value and a status."""
    rows = list(jobs)
    if not rows:
        return []
    from resim_inspect.job_rows import metric_names

    table, keys = _job_table(rows, metric_names(rows))

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows

        yield from blocks_of_rows(table, (_job_values(row, keys) for row in rows))

    return table_choices(count(len(rows), "job"), f"{clean(name)} jobs", table, blocks)


def _job_table(
    rows: Sequence[JobRow], metrics: Sequence[str]
) -> tuple[Table, list[tuple[str, str, bool]]]:
    """The table, and of each column behind the first its metric, unit, and if it is a number.

    A metric with values of several units has a column for each unit.
    """
    from resim_inspect.export.file_names import distinct_name
    from resim_inspect.export.tables import Column, Kind, Table

    columns = [
        Column("job", Kind.TEXT, "name of the job"),
        Column("verdict", Kind.TEXT, "status of its metrics"),
        Column("seconds", Kind.DOUBLE, "duration of the recorded run"),
        Column("note", Kind.TEXT, "reason why there are no metrics"),
        Column("approximate", Kind.BOOLEAN, "true if evaluated here from emissions"),
    ]
    taken = {column.name.casefold() for column in columns}
    keys: list[tuple[str, str, bool]] = []
    for metric in metrics:
        cells = [row.cells[metric] for row in rows if metric in row.cells]
        units = dict.fromkeys(cell.unit for cell in cells if cell.value is not None)
        title = clean(metric) or "(no name)"
        for unit in units:
            named = distinct_name(
                f"{title} [{clean(unit)}]" if unit else title, taken, str.casefold
            )
            columns.append(Column(named, Kind.DOUBLE, "value"))
            keys.append((metric, unit, True))
        named = distinct_name(f"{title} status", taken, str.casefold)
        columns.append(Column(named, Kind.TEXT, "status"))
        keys.append((metric, "", False))
    return Table("jobs", tuple(columns)), keys


def _job_values(row: JobRow, keys: Sequence[tuple[str, str, bool]]) -> Sequence[Any]:
    verdict = None if row.verdict is None else row.verdict.name
    values: list[Any] = [row.name, verdict, row.seconds, row.note or None, row.approximate]
    for metric, unit, is_number in keys:
        cell = row.cells.get(metric)
        if cell is None:
            values.append(None)
        elif is_number:
            values.append(cell.value if cell.unit == unit else None)
        else:
            values.append(cell.status.name)
    return values


def column_choices(
    label: str, stem: str, rows: Sequence[R], columns: Sequence[Column[R]]
) -> list[ExportChoice]:
    """The rows of any table of columns, as the texts that are copied from its cells."""
    from resim_inspect.export.file_names import distinct_name
    from resim_inspect.export.tables import Column as ExportColumn
    from resim_inspect.export.tables import Kind, Table

    taken: set[str] = set()
    named = []
    for column in columns:
        title = clean(column.title) or "(no name)"
        title = f"{title} [{clean(column.unit)}]" if column.unit else title
        named.append(distinct_name(title, taken, str.casefold))
    table = Table("rows", tuple(ExportColumn(name, Kind.TEXT, "as shown") for name in named))
    shown = list(rows)

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows

        cells = ([column.copied(row) or None for column in columns] for row in shown)
        yield from blocks_of_rows(table, cells)

    return table_choices(label, stem, table, blocks) if shown else []
