"""`resim-inspect report`: files and batches as one page for a browser, or as Markdown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError
from resim_inspect.commands.shared.console import MAX_LISTED, job_progress, write_omissions
from resim_inspect.commands.shared.job_files import job_files, refuse_inputs
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import exists, is_file
from resim_inspect.text import clean, count, size

if TYPE_CHECKING:
    from resim_inspect.export import JobFile
    from resim_inspect.export.omissions import Omissions
    from resim_inspect.export.report import WrittenReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `report`."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="a metrics.binproto, a folder with some, or a workspace",
    )
    parser.add_argument(
        "-o",
        "--out",
        metavar="OUT",
        type=Path,
        help="file to write, which html needs; markdown goes to stdout without it, or with -",
    )
    parser.add_argument(
        "--format",
        choices=("html", "markdown"),
        help="html: one page; markdown: at most 60 kB, for a step summary or a comment "
        "(default: by the name of OUT, else html)",
    )
    parser.add_argument(
        "--metric",
        metavar="QUERY",
        default="",
        help="only metrics that match a filter of the app, such as 'status:fail tag:team=planner'",
    )
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="one file, also with figures, images and texts over 1 MiB",
    )


def run(args: argparse.Namespace) -> int:
    """Write the report. 0: all is written; 2: something could not be read or written."""
    format_ = args.format or _format_of(args.out)
    if args.out == Path("-"):
        args.out = None  # As in other commands, this is stdout.
    if args.out is None and format_ == "html":
        raise CommandError("a page is written to a file: name it with -o, such as -o report.html")
    jobs = job_files(args.paths)
    if args.out is not None:
        check_out(args.out, jobs)
    from resim_inspect.export.omissions import Omissions

    omissions = Omissions()
    write = _markdown if format_ == "markdown" else _html
    try:
        say = write(args, jobs, omissions)
    except OSError as error:
        if args.out is None:
            raise
        raise CommandError(
            f"{args.out} cannot be written: {error.strerror or error}; nothing was reported"
        ) from error
    # After the file: a full device for stdout does not mean that the file is missing.
    say()
    write_omissions(omissions)
    return ExitCode.ERROR if omissions.error_count else ExitCode.OK


def _format_of(out: Path | None) -> str:
    return "markdown" if out is not None and out.suffix.lower() in (".md", ".markdown") else "html"


def _html(
    args: argparse.Namespace, jobs: Sequence[JobFile], omissions: Omissions
) -> Callable[[], object]:
    """Write the page; return what prints the lines about it."""
    from resim_inspect.charts.html_page import installed_library
    from resim_inspect.export.report import ReportOptions
    from resim_inspect.export.report.writer import write_report

    options = ReportOptions(args.metric, args.self_contained, installed_library())
    with job_progress("Reporting", len(jobs)) as on_job:
        title = report_title(args.paths)
        result = write_report(jobs, args.out, title, options, omissions, on_job=on_job)
    return partial(_print_result, result)


def _markdown(
    args: argparse.Namespace, jobs: Sequence[JobFile], omissions: Omissions
) -> Callable[[], object]:
    """Write the file, if one is named; return what prints the line about it, or the text."""
    from resim_inspect.export.report.markdown_report import markdown_report
    from resim_inspect.files import write_whole

    text, number = markdown_report(jobs, report_title(args.paths), args.metric, omissions)
    if args.out is None:
        return partial(sys.stdout.write, text)
    content = text.encode("utf-8", "replace")
    write_whole(args.out, content)
    line = f"{clean(str(args.out))}: {count(number, 'job')}, {size(len(content))}\n"
    return partial(sys.stdout.write, line)


def report_title(paths: Sequence[Path]) -> str:
    """Title of a page: the paths that were given."""
    shown = ", ".join(clean(str(path), 100) for path in paths[:3])
    return shown + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")


def check_out(out: Path, jobs: Sequence[JobFile]) -> None:
    """Raise CommandError for an output that is a folder, a device, or one of the files read."""
    if exists(out) and not is_file(out):
        raise CommandError(f"{out} is not a regular file: name a file for the report")
    refuse_inputs(out, jobs, "report")


def _print_result(result: WrittenReport) -> None:
    what = [count(result.metrics, "metric")]
    if result.jobs > 1:
        what.insert(0, count(result.jobs, "job"))
    sys.stdout.write(f"{clean(str(result.path))}: {', '.join(what)}, {size(result.size)}\n")
    for file in result.side_files[:MAX_LISTED]:
        path = clean(str(file.path))
        sys.stdout.write(f"{path}: {file.what}, {size(file.size)}, not part of the page\n")
    if len(result.side_files) > MAX_LISTED:
        more = result.side_files[MAX_LISTED:]
        total = size(sum(file.size for file in more))
        sys.stdout.write(f"{count(len(more), 'more file')} beside the page, {total}\n")
    for note in result.notes:
        sys.stderr.write(f"note: {note}\n")
