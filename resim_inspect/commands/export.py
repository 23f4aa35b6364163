"""`resim-inspect export`: tables of files and batches, for other tools."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError
from resim_inspect.commands.shared.console import MAX_LISTED, job_progress, write_omissions
from resim_inspect.commands.shared.job_files import job_files, refuse_inputs
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
    for file in result.files[:MAX_LISTED]:
        columns = count(file.columns, "column")
        sys.stdout.write(
            f"{clean(str(file.path))}: {count(file.rows, 'row')}, {columns}, {size(file.size)}\n"
        )
    if len(result.files) > MAX_LISTED:
        rows = sum(file.rows for file in result.files)
        sys.stdout.write(f"{count(len(result.files), 'file')} with {count(rows, 'row')}\n")
    write_omissions(result.omissions)


def _check_out(out: Path, jobs: Sequence[JobFile], *, single: bool) -> None:
    if single and is_folder(out):
        raise CommandError(f"{out} is a folder; one table is written to a file: name one in it")
    if not single and exists(out) and not is_folder(out):
        raise CommandError(f"{out} is a file; several tables are written to a folder")
    if single and exists(out) and not is_file(out):
        raise CommandError(f"{out} is not a regular file: an export is read back, name a file")
    refuse_inputs(out, jobs, "export")
