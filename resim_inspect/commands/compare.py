"""`resim-inspect compare`: what changed between files or batches, and what got worse."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from resim_inspect.commands import CommandError, checked_bounds
from resim_inspect.commands.shared.console import MAX_LISTED, job_progress, page_width
from resim_inspect.errors import DocumentError
from resim_inspect.exit_codes import ExitCode
from resim_inspect.schemas.window import add_window_arguments
from resim_inspect.terminal import positive, use_color
from resim_inspect.text import clean, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resim_inspect.commands.compare_output import Format
    from resim_inspect.comparison import Comparison, Side
    from resim_inspect.comparison.batches import JobChanges

FORMATS = {
    "text": "text",
    "json": "as_json",
    "markdown": "markdown",
    "junit": "junit",
    "github": "github",
    "html": "html_page",
}
"""Module in `commands.compare_output` of each format, by its name in --format."""
FAIL_ON = ("never", "none", "worse", "gone", "changed")
"""Choices of --fail-on, the most lenient first; none means never."""
MAX_TERMINAL_WIDTH = 160
WITHOUT_DOCUMENT = ("text", "html")
"""Formats of which a person sees the error alone, where a side cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `compare`."""
    parser.add_argument(
        "base",
        metavar="BASE",
        type=Path,
        help="a metrics.binproto, a folder with one, or a workspace or folder with several jobs",
    )
    parser.add_argument(
        "others", metavar="OTHER", type=Path, nargs="+", help="each is compared with BASE"
    )
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="text", help="output format (default: text)"
    )
    parser.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="worse",
        help="exit with 1 for: worse (also a blocking metric that is gone), gone (also anything "
        "else that is gone), changed (anything that is not the same), or never; none means never "
        "(default: worse)",
    )
    parser.add_argument(
        "--only-changes", action="store_true", help="leave out what is the same; text counts it"
    )
    parser.add_argument(
        "--metric",
        metavar="QUERY",
        default="",
        help="only metrics that match a filter of the app, such as 'status:fail tag:team=planner'",
    )
    parser.add_argument(
        "--tolerance",
        metavar="[NAME=]REL|abs:X",
        action="append",
        default=[],
        help="difference that counts as none: relative to the larger value, or absolute; for all "
        "metrics, or for those of a name or pattern; may be given several times (default: 1e-9)",
    )
    parser.add_argument(
        "--top", type=positive, metavar="N", help="list only the first N changes, the worst first"
    )
    parser.add_argument(
        "--width", type=positive, metavar="N", help="columns (default: the terminal's, else 80)"
    )
    add_window_arguments(parser, "row", "changes, then errors, verdicts of jobs and metrics")


def run(args: argparse.Namespace) -> int:
    """Compare each side with the base. 0: passes; 1: some side fails; 2: unreadable."""
    from resim_inspect.commands.compare_output import (
        OutputOptions,
        unmatched_tolerances,
        unreadable_text,
    )
    from resim_inspect.compared_sides import project_tolerances
    from resim_inspect.comparison import CompareOptions, Side, compare_sides
    from resim_inspect.comparison.gate import gate_fails

    bounds = checked_bounds(args)
    if args.format == "html" and sys.stdout.isatty():
        raise CommandError("the page is not written to a terminal: add > changes.html to the call")
    tolerances = project_tolerances(args.tolerance)
    has_document = args.format not in WITHOUT_DOCUMENT
    base, *sides = [_side_or_error(path, has_document) for path in (args.base, *args.others)]
    # Columns and totals have the values of what is the same, as JSON has.
    same_values = len(sides) > 1 or any(
        isinstance(s, Side) and s.is_batch for s in (base, sides[0])
    )
    same_values |= args.format == "json" and not args.only_changes
    options = CompareOptions(tolerances, args.metric.strip(), same_values=same_values)
    fail_on = "never" if args.fail_on == "none" else args.fail_on
    comparisons: list[Comparison] = []
    job_paths: list[dict[str, tuple[Path | None, Path | None]]] = []
    unreadable: list[DocumentError] = []
    for path, side in zip(args.others, sides, strict=True):
        jobs: list[JobChanges] = []
        try:
            if isinstance(base, DocumentError):
                raise base
            if isinstance(side, DocumentError):
                raise side
            with job_progress("Comparing", max(len(base.jobs), len(side.jobs))) as on_job:
                comparison = compare_sides(
                    base, side, options, on_job=on_job, on_changes=jobs.append
                )
        except DocumentError as error:
            if not has_document:
                raise
            unreadable.append(error)
            comparison = _without_changes(args.base, path, base, error)
        comparisons.append(comparison)
        job_paths.append({job.name: job.paths for job in jobs})
    output = OutputOptions(
        fail_on=fail_on,
        only_changes=args.only_changes,
        top=args.top,
        bounds=bounds,
        width=page_width(args.width, MAX_TERMINAL_WIDTH),
        color=use_color(args.color, sys.stdout),
        job_paths=job_paths,
    )
    module = import_module(f"resim_inspect.commands.compare_output.{FORMATS[args.format]}")
    cast("Format", module).write(comparisons, sys.stdout, output)
    if unreadable:
        raise unreadable[0]
    if options.query and not _has_metrics(comparisons):
        # A gate that compares nothing passes: a query with a typing error is to be noticed.
        query = clean(options.query, 120)
        sys.stderr.write(f"resim-inspect: no metric of either side matches {query!r}\n")
    for tolerance in unmatched_tolerances(comparisons):
        sys.stderr.write(f"resim-inspect: {tolerance.sentence}\n")
    errors = [each for comparison in comparisons for each in comparison.errors]
    if errors:
        for job_error in errors[:MAX_LISTED]:
            sys.stderr.write(f"resim-inspect: the job {unreadable_text(job_error)}\n")
        if len(errors) > MAX_LISTED:
            rest = count(len(errors) - MAX_LISTED, "more job")
            sys.stderr.write(f"resim-inspect: {rest} cannot be read; --format json has them all\n")
        return ExitCode.ERROR
    failed = any(gate_fails(comparison, fail_on) for comparison in comparisons)
    return ExitCode.INVALID if failed else ExitCode.OK


def _has_metrics(comparisons: Sequence[Comparison]) -> bool:
    """Return True if something was compared: not only jobs that are gone or added."""
    from resim_inspect.comparison.changes import JOB

    return any(change.type != JOB for each in comparisons for change in each.changes)


def _side_or_error(path: Path, has_document: bool) -> Side | DocumentError:
    """Return a side, or why there is none for the document; raises the error where it has none."""
    from resim_inspect.compared_sides import side_of

    try:
        return side_of(path)
    except DocumentError as error:
        if not has_document:
            raise
        return error


def _without_changes(
    base: Path, other: Path, base_side: Side | DocumentError, error: DocumentError
) -> Comparison:
    """Return the comparison of two sides of which one cannot be read."""
    from resim_inspect.comparison import Comparison
    from resim_inspect.comparison.changes import JobError

    of_base = error is base_side or (
        not isinstance(base_side, DocumentError)
        and error.path in {job.path for job in base_side.jobs}
    )
    side = "before" if of_base else "after"
    return Comparison(
        str(base), str(other), False, (), errors=(JobError("", side, error.located()),)
    )
