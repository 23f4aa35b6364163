"""`resim-inspect validate`: what is wrong with files, by the rules of ReSim's validator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from resim_inspect.commands import CommandError, ExitCode, metrics_files, use_color
from resim_inspect.document import open_document
from resim_inspect.errors import THE_PATH, DocumentError, UnreadableError
from resim_inspect.validation import Severity, validate
from resim_inspect.validation.editions import NEWEST, edition
from resim_inspect.validation.formats import Result, text, unreadable

FORMATS = ("text", "json", "sarif", "junit", "github")
MANY = 20
"""From so many files on there is a progress bar."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be asked of `validate`."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="a metrics.binproto of any name; of a folder, every metrics.binproto below it",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to write it (default: text)"
    )
    parser.add_argument(
        "--edition",
        metavar="RELEASE",
        default=NEWEST,
        help="the release of open-core whose rules count (default: %(default)s)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")


def run(args: argparse.Namespace) -> int:
    """Judges every file. 0: all valid; 1: some invalid; 2: some could not be read."""
    try:
        release = edition(args.edition).name
    except ValueError as error:
        raise CommandError(str(error)) from error
    files = [found for path in args.paths for found in _files(path, release)]
    results: list[Result] = []
    # Text comes as files are judged, unless a progress bar owns the screen.
    watched = len(files) >= MANY and sys.stderr.isatty()
    live = args.format == "text" and not watched
    color = use_color(args.color, sys.stdout)
    judged = (one if isinstance(one, Result) else judge(one, release) for one in files)
    for result in _progress(judged, len(files)) if watched else judged:
        results.append(result)
        if live:
            _print(result, color)
    _write(args, results, live, color)
    return exit_code(results, args.strict)


def judge(path: Path, release: str) -> Result:
    """The result of one file; what keeps it from being read is a finding."""
    try:
        with open_document(path) as document:
            return Result(path, True, validate(document, edition=release))
    except DocumentError as error:
        return unreadable(path, error, release)


def exit_code(results: Iterable[Result], strict: bool) -> int:
    """0 all valid, 1 some invalid (with `strict`, or with warnings), 2 some not readable."""
    worst = ExitCode.OK
    for result in results:
        if not result.readable:
            return ExitCode.ERROR
        if not result.valid or (strict and result.report.count(Severity.WARNING)):
            worst = ExitCode.INVALID
    return worst


def _files(path: Path, release: str) -> Iterator[Path | Result]:
    try:
        yield from metrics_files(path)
    except CommandError:
        # Told like a file that cannot be read, so that the other paths are still judged.
        error = UnreadableError("has no metrics.binproto in it or below it", path, subject=THE_PATH)
        yield unreadable(path, error, release)


def _progress(judged: Iterator[Result], total: int) -> Iterator[Result]:
    from rich.console import Console
    from rich.progress import track

    yield from track(
        judged, "Validating", total=total, console=Console(stderr=True), transient=True
    )


def _print(result: Result, color: bool) -> None:
    for line in text.file_lines(result, color=color):
        sys.stdout.write(line + "\n")


def _write(args: argparse.Namespace, results: Sequence[Result], live: bool, color: bool) -> None:
    if args.format == "text":
        if not live:
            for result in results:
                _print(result, color)
        if len(results) > 1:
            sys.stdout.write(text.summary(results) + "\n")
    elif args.format == "json":
        from resim_inspect.validation.formats import as_json

        as_json.write(results, sys.stdout)
    elif args.format == "sarif":
        from resim_inspect.validation.formats import sarif

        sarif.write(results, sys.stdout)
    elif args.format == "junit":
        from resim_inspect.validation.formats import junit

        junit.write(results, sys.stdout, strict=args.strict)
    else:
        from resim_inspect.validation.formats import github

        github.write(results, sys.stdout)
