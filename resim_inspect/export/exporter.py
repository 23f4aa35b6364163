"""Export of jobs as tables: every file is written whole and read back before it gets its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document.opening import open_document
from resim_inspect.export.blocks import Block, assembled, blocks_of_rows
from resim_inspect.export.document_rows import JobFile, event_rows, finding_rows, metric_rows
from resim_inspect.export.errors import ExportError
from resim_inspect.export.file_names import file_names
from resim_inspect.export.formats import FORMATS, Files, write_verified
from resim_inspect.export.omissions import Omissions
from resim_inspect.export.series_rows import series_rows
from resim_inspect.export.survey import CACHE_BYTES, Survey, survey
from resim_inspect.export.tables import JOBS, TABLES, Table
from resim_inspect.export.wide import SPREADSHEET_COLUMNS, WideTable
from resim_inspect.files import Staging


@dataclass(frozen=True)
class ExportOptions:
    """Choices of an export."""

    format: str
    """One of FORMATS."""
    tables: tuple[str, ...] = tuple(TABLES)
    query: str = ""
    """Filter of the metrics: of the metrics, their series and the wide table."""
    wide: bool = False
    """Write jobs × scalars instead of the tables."""
    by_job: bool = False
    """Write a file for each job."""
    guard: bool = True
    """Guard texts of CSV that a spreadsheet would run as formulas."""


class WrittenFile(NamedTuple):
    """A file of an export."""

    path: Path
    table: str
    rows: int
    columns: int
    size: int
    """Bytes."""


class ExportResult(NamedTuple):
    """The files of an export, and what is not in them."""

    files: Sequence[WrittenFile]
    omissions: Omissions


def export_tables(
    jobs: Sequence[JobFile],
    out: Path,
    options: ExportOptions,
    *,
    on_job: Callable[[int, int], None] | None = None,
) -> ExportResult:
    """Export jobs to a file, if there is one table, or to a folder.

    `on_job` is called with the number of jobs read, of all tables together, and of all. Either
    all files are there at the end or none: raises ExportError, QueryError, ChangedError if a
    file was rewritten meanwhile, and OSError for a file that cannot be written.
    """
    omissions = Omissions()
    with closing(FORMATS[options.format](options.guard)) as files, Staging() as staging:
        exporter = _Exporter(files, staging, options, omissions, on_job)
        written = exporter.run(survey(jobs, options.query, omissions), out)
        result = [
            WrittenFile(final, table.name, rows, len(table.columns), temporary.stat().st_size)
            for temporary, final, table, rows in written
        ]
        staging.commit()
    return ExportResult(result, omissions)


def write_table(
    path: Path,
    kind: str,
    table: Table,
    blocks: Iterable[Block],
    *,
    overwrite: bool = True,
) -> int:
    """Write a single table in a format of FORMATS, read it back, and return its number of rows.

    Texts of CSV are guarded. Either the whole file is there at the end or none: raises
    ExportError, OSError, of it FileExistsError for a file that exists unless `overwrite`, and
    what the blocks raise.
    """
    with closing(FORMATS[kind](True)) as files, Staging() as staging:
        temporary = staging.add(path)
        rows = write_verified(files, temporary, table, assembled(table, blocks), {})
        staging.commit(overwrite=overwrite)
    return rows


_Written = tuple[Path, Path, Table, int]


class _Exporter:
    """One export under way."""

    def __init__(
        self,
        files: Files,
        staging: Staging,
        options: ExportOptions,
        omissions: Omissions,
        on_job: Callable[[int, int], None] | None,
    ) -> None:
        self.files = files
        self.staging = staging
        self.options = options
        self.omissions = omissions
        self.on_job = on_job
        self.read = 0

    def run(self, job_survey: Survey, out: Path) -> list[_Written]:
        if self.options.wide:
            return [self._wide(job_survey, out)]
        tables = [TABLES[name] for name in self.options.tables]
        if not self.options.by_job:
            if len(tables) == 1:
                return [self._write(tables[0], out, job_survey, job_survey.jobs)]
            return [self._write(t, self._in(out, t), job_survey, job_survey.jobs) for t in tables]
        written = []
        names = file_names([job.name for job in job_survey.jobs], self.files.suffix)
        for table in tables:
            if table is JOBS:
                written.append(
                    self._write(table, self._in(out, table), job_survey, job_survey.jobs)
                )
                continue
            folder = out / table.name
            if folder.is_dir() and any(folder.iterdir()):
                raise ExportError(
                    f"The folder {folder} has files of an earlier export, which could be of other "
                    "jobs: remove it, or choose another folder."
                )
            for job, name in zip(job_survey.jobs, names, strict=True):
                written.append(self._write(table, folder / name, job_survey, [job]))
        return written

    def _in(self, folder: Path, table: Table) -> Path:
        """Path of the file of a table in a folder of several."""
        return folder / f"{table.name}{self.files.suffix}"

    def _temporary(self, path: Path) -> Path:
        """Temporary path of a file to be; raises ExportError for a folder, and OSError."""
        if path.is_dir():
            raise ExportError(f"{path} is a folder; one table is written to a file.")
        return self.staging.add(path)

    def _write(
        self, table: Table, path: Path, job_survey: Survey, jobs: Sequence[JobFile]
    ) -> _Written:
        temporary = self._temporary(path)
        blocks = assembled(table, self._blocks(table, job_survey, jobs))
        rows = write_verified(self.files, temporary, table, blocks, job_survey.metadata(table.name))
        return temporary, path, table, rows

    def _blocks(self, table: Table, job_survey: Survey, jobs: Iterable[JobFile]) -> Iterator[Block]:
        if table is JOBS:
            yield from blocks_of_rows(table, job_survey.job_rows)
            return
        for job in jobs:
            selected = job_survey.positions(job)
            with open_document(job.path, cache_bytes=CACHE_BYTES) as document:
                if table.name == "series":
                    yield from series_rows(document, job.name, self.omissions, selected)
                elif table.name == "metrics":
                    rows = metric_rows(document, job.name, self.omissions, selected)
                    yield from blocks_of_rows(table, rows)
                elif table.name == "events":
                    yield from blocks_of_rows(table, event_rows(document, job.name))
                else:
                    yield from blocks_of_rows(table, finding_rows(document, job.name))
            self._report(len(job_survey.jobs))

    def _wide(self, job_survey: Survey, out: Path) -> _Written:
        temporary = self._temporary(out)
        wide = WideTable(self.omissions)
        for job in job_survey.jobs:
            selected = job_survey.positions(job)
            with open_document(job.path, cache_bytes=CACHE_BYTES) as document:
                wide.add(job, document, selected)
            self._report(len(job_survey.jobs))
        table = wide.table()
        if len(table.columns) > SPREADSHEET_COLUMNS:
            self.omissions.notes.append(
                f"A spreadsheet reads {SPREADSHEET_COLUMNS:,} columns; these are "
                f"{len(table.columns):,}. --metric chooses some."
            )
        rows = write_verified(
            self.files, temporary, table, [wide.block()], job_survey.metadata(table.name)
        )
        return temporary, out, table, rows

    def _report(self, jobs: int) -> None:
        self.read += 1
        if self.on_job is not None:
            tables = [name for name in self.options.tables if name != JOBS.name]
            self.on_job(self.read, jobs * (1 if self.options.wide else len(tables)))
