"""`resim-inspect validate`: the findings about files, by the rules of ReSim's validator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from resim_inspect.commands import CommandError
from resim_inspect.document import open_document
from resim_inspect.document.discovery import metrics_files
from resim_inspect.errors import DocumentError
from resim_inspect.exit_codes import ExitCode
from resim_inspect.terminal import use_color
from resim_inspect.validation import Severity, validate
from resim_inspect.validation.editions import NEWEST, edition
from resim_inspect.validation.formats import Format, Result, text, unreadable

FORMATS = {"json": "as_json", "sarif": "sarif", "junit": "junit", "github": "github"}
"""Module in `validation.formats` of each format for programs, by its name in --format."""
MANY = 20
"""Number of files from which a progress bar is shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `validate`."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="a metrics.binproto of any name; of a folder, every metrics.binproto below it "
        "(without any, every *.binproto)",
    )
    parser.add_argument(
        "--format", choices=("text", *FORMATS), default="text", help="output format (default: text)"
    )
    parser.add_argument(
        "--edition",
        metavar="RELEASE",
        default=NEWEST,
        help="the release of open-core whose rules apply (default: %(default)s)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")


def run(args: argparse.Namespace) -> int:
    """Validate every file. 0: all valid; 1: some invalid; 2: some could not be read."""
    try:
        release = edition(args.edition).name
    except ValueError as error:
        raise CommandError(str(error)) from error
    files = [found for path in args.paths for found in _files(path, release)]
    results: list[Result] = []
    # Text is written file by file, unless a progress bar owns the screen.
    with_progress = len(files) >= MANY and sys.stderr.isatty()
    live = args.format == "text" and not with_progress
    color = use_color(args.color, sys.stdout)
    validated = (
        file if isinstance(file, Result) else validate_file(file, release) for file in files
    )
    for result in _progress(validated, len(files)) if with_progress else validated:
        results.append(result)
        if live:
            _print(result, color)
    _write(args, results, live, color)
    return exit_code(results, args.strict)


def validate_file(path: Path, release: str) -> Result:
    """Validate one file; an error that prevents reading it, or a part of it, is a finding."""
    try:
        with open_document(path) as document:
            # A figure that protobuf refuses makes the file unreadable for ReSim's tools.
            readable = not document.deep_figures
            return Result(path, readable, validate(document, edition=release))
    except DocumentError as error:
        return unreadable(path, error, release)


def exit_code(results: Iterable[Result], strict: bool) -> int:
    """Return 0: all valid; 1: some invalid, or with `strict` warnings; 2: some unreadable."""
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
    except DocumentError as error:
        # Reported like a file that cannot be read, so that the other paths are still validated.
        yield unreadable(path, error, release)


def _progress(results: Iterator[Result], total: int) -> Iterator[Result]:
    from rich.console import Console
    from rich.progress import track

    yield from track(
        results, "Validating", total=total, console=Console(stderr=True), transient=True
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
    else:
        module = import_module(f"resim_inspect.validation.formats.{FORMATS[args.format]}")
        cast(Format, module).write(results, sys.stdout, strict=args.strict)
