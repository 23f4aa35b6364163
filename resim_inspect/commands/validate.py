"""`resim-inspect validate`: the findings about metrics files, emissions and their configs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from resim_inspect.commands import CommandError, checked_bounds
from resim_inspect.commands.shared.validation_tasks import validation_tasks
from resim_inspect.exit_codes import ExitCode
from resim_inspect.schemas.window import add_window_arguments
from resim_inspect.terminal import use_color
from resim_inspect.validation import Severity
from resim_inspect.validation.editions import NEWEST, edition
from resim_inspect.validation.formats import Format, OutputOptions, Result, text

FORMATS = {"json": "as_json", "sarif": "sarif", "junit": "junit", "github": "github"}
"""Module in `validation.formats` of each format for programs, by its name in --format."""
MIN_FILES_FOR_PROGRESS = 20
"""Number of files from which a progress bar is shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `validate`."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="a metrics.binproto of any name, emissions (*.resim.jsonl) or their config "
        "(config.resim.yml); of a folder, every metrics.binproto below it (without any, every "
        "*.binproto) and all emissions, and the folder's own config",
    )
    parser.add_argument(
        "--format",
        choices=("text", *FORMATS),
        default="text",
        help="output format (default: text)",
    )
    parser.add_argument(
        "--edition",
        metavar="RELEASE",
        default=NEWEST,
        help="the release of open-core whose rules apply (default: %(default)s)",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="config to compare emissions with; several are merged (default: that of the project, "
        "or .resim/metrics/config.resim.yml of the nearest folder)",
    )
    parser.add_argument(
        "--previous-config",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="config that the server has now: topics and fields that are gone are errors",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    add_window_arguments(parser, "finding")


def run(args: argparse.Namespace) -> int:
    """Validate every file. 0: all valid; 1: some invalid; 2: some could not be read."""
    try:
        release = edition(args.edition).name
    except ValueError as error:
        raise CommandError(str(error)) from error
    options = OutputOptions(strict=args.strict, bounds=checked_bounds(args))
    tasks = validation_tasks(args.paths, release, args.config, args.previous_config)
    total = sum(task.files for task in tasks)
    results: list[Result] = []
    # Text is written file by file, unless a progress bar owns the screen.
    with_progress = total >= MIN_FILES_FOR_PROGRESS and sys.stderr.isatty()
    live = args.format == "text" and not with_progress
    color = use_color(args.color, sys.stdout)
    validated = (result for task in tasks for result in task.run())
    for result in _progress(validated, total) if with_progress else validated:
        results.append(result)
        if live:
            _print(result, color)
    if args.format != "text":
        module = import_module(f"resim_inspect.validation.formats.{FORMATS[args.format]}")
        cast(Format, module).write(results, sys.stdout, options)
    elif not live:
        for result in results:
            _print(result, color)
    if args.format == "text" and len(results) > 1:
        sys.stdout.write(text.summary(results) + "\n")
    return exit_code(results, args.strict)


def exit_code(results: Iterable[Result], strict: bool) -> int:
    """Return 0: all valid; 1: some invalid, or with `strict` warnings; 2: some unreadable."""
    worst = ExitCode.OK
    for result in results:
        if not result.readable:
            return ExitCode.ERROR
        if not result.valid or (strict and result.report.count(Severity.WARNING)):
            worst = ExitCode.INVALID
    return worst


def _progress(results: Iterator[Result], total: int) -> Iterator[Result]:
    from rich.console import Console
    from rich.progress import track

    yield from track(
        results, "Validating", total=total, console=Console(stderr=True), transient=True
    )


def _print(result: Result, color: bool) -> None:
    for line in text.file_lines(result, color=color):
        sys.stdout.write(line + "\n")
