"""`resim-inspect export`: tables of files and batches, for other tools."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError
from resim_inspect.commands.console import MANY, job_progress, write_omissions
from resim_inspect.document.discovery import METRICS_FILE
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import exists, is_file, is_folder
from resim_inspect.text import clean, count, size

if TYPE_CHECKING:
    from resim_inspect.export import ExportResult, JobFile

FORMATS = ("parquet", "csv", "json", "ndjson")
TABLES = ("metrics", "series", "events", "findings", "jobs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export`."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="a metrics.binproto, a folder with some, or a workspace",
    )
    parser.add_argument(
        "--to", choices=FORMATS, required=True, help="file format; parquet needs the extra export"
    )
    parser.add_argument(
        "-o",
        "--out",
        metavar="OUT",
        type=Path,
        required=True,
        help="file for one table, else a folder with a file for each",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--table", choices=TABLES, help="only this table (default: all)")
    form.add_argument(
        "--wide", action="store_true", help="one table, a row a job and a column a scalar"
    )
    parser.add_argument(
        "--metric",
        metavar="QUERY",
        default="",
        help="only metrics that match a filter of the app, such as 'status:fail tag:team=planner', "
        "and their series; the other tables stay whole",
    )
    parser.add_argument(
        "--by-job",
        action="store_true",
        help="OUT is a folder, with a folder for each table and in it a file for each job",
    )
    parser.add_argument(
        "--no-guard",
        action="store_true",
        help="in CSV, do not put an apostrophe before texts that a spreadsheet runs as formulas",
    )


def run(args: argparse.Namespace) -> int:
    """Export the tables. 0: all is written; 2: something could not be read or written."""
    if args.wide and args.by_job:
        raise CommandError("--wide is one table of all jobs: leave --by-job out")
    if str(args.out) == "-":
        raise CommandError("an export is read back from its file: -o needs a path, not -")
    jobs = job_files(args.paths)
    _check_out(args.out, jobs, single=not args.by_job and bool(args.table or args.wide))
    from resim_inspect.export import ExportOptions, export_tables

    options = ExportOptions(
        format=args.to,
        tables=(args.table,) if args.table else TABLES,
        query=args.metric,
        wide=args.wide,
        by_job=args.by_job,
        guard=not args.no_guard,
    )
    try:
        with job_progress("Exporting", len(jobs)) as on_job:
            result = export_tables(jobs, args.out, options, on_job=on_job)
    except OSError as error:
        raise CommandError(
            f"{args.out} cannot be written: {error.strerror or error}; nothing was exported"
        ) from error
    _report(result)
    return ExitCode.ERROR if result.omissions.error_count else ExitCode.OK


def _report(result: ExportResult) -> None:
    for file in result.files[:MANY]:
        columns = count(file.columns, "column")
        sys.stdout.write(
            f"{clean(str(file.path))}: {count(file.rows, 'row')}, {columns}, {size(file.size)}\n"
        )
    if len(result.files) > MANY:
        rows = sum(file.rows for file in result.files)
        sys.stdout.write(f"{count(len(result.files), 'file')} with {count(rows, 'row')}\n")
    write_omissions(result.omissions)


def job_files(paths: Sequence[Path]) -> list[JobFile]:
    """Find the jobs that paths mean, each with a name of its own.

    Raises CommandError for a path that does not exist or has no metrics.
    """
    from resim_inspect.export.file_names import distinct_name

    job_paths = [(path, job) for path in paths for job in _jobs_of(path)]
    uses = Counter(job.name for _, job in job_paths)
    jobs: list[JobFile] = []
    taken: set[str] = set()
    for path, job in job_paths:
        name = job.name if uses[job.name] == 1 else f"{clean(str(path))}/{job.name}"
        jobs.append(job._replace(name=distinct_name(name, taken)))
    return jobs


def _jobs_of(path: Path) -> Iterator[JobFile]:
    from resim_inspect.export import JobFile
    from resim_inspect.export.file_names import file_job_name
    from resim_inspect.job_rows import read_run
    from runner.workspace.discovery import open_jobs
    from runner.workspace.errors import RunnerError
    from runner.workspace.layout import looks_like_workspace

    if not is_folder(path):
        yield JobFile(file_job_name(path), path)
        return
    is_workspace = looks_like_workspace(path)
    try:
        workspace = open_jobs(path)
    except RunnerError as error:
        raise CommandError(str(error)) from error
    for job in workspace.jobs:
        # A single job in the folder itself has the folder's name, which says nothing of outputs/.
        run = read_run(job.folder)
        is_itself = not is_workspace and job.folder.metrics == path / METRICS_FILE
        yield JobFile(
            file_job_name(job.folder.metrics) if is_itself else clean(job.name),
            job.folder.metrics,
            clean(job.experience_name) if is_workspace else None,
            run.seconds,
            run.note if is_workspace else "",
        )
    if is_workspace and is_file(workspace.batch.metrics):
        yield JobFile("(batch)", workspace.batch.metrics, None, read_run(workspace.batch).seconds)


def _check_out(out: Path, jobs: Sequence[JobFile], *, single: bool) -> None:
    if single and is_folder(out):
        raise CommandError(f"{out} is a folder; one table is written to a file: name one in it")
    if not single and exists(out) and not is_folder(out):
        raise CommandError(f"{out} is a file; several tables are written to a folder")
    if single and exists(out) and not is_file(out):
        raise CommandError(f"{out} is not a regular file: an export is read back, name a file")
    refuse_inputs(out, jobs, "export")


def refuse_inputs(out: Path, jobs: Sequence[JobFile], verb: str) -> None:
    """Raise CommandError for an output that is one of the files to read."""
    resolved = out.resolve()
    if any(job.path.resolve() == resolved for job in jobs):
        raise CommandError(f"{out} is one of the files to {verb}: choose another name")
