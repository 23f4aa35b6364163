"""`resim-inspect show`: the content of a file on stdout, as text or as JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError, checked_bounds
from resim_inspect.commands.shared.console import page_width
from resim_inspect.commands.shared.named_metrics import open_all, select_metrics, single_file
from resim_inspect.document import DocumentError, open_document
from resim_inspect.errors import DEEP_FIGURE
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import is_folder
from resim_inspect.schemas.window import add_window_arguments
from resim_inspect.terminal import light_terminal, positive, use_color
from resim_inspect.text import clean

if TYPE_CHECKING:
    from resim_inspect.commands.show_output.cards import CardOptions

MAX_TERMINAL_WIDTH = 120
"""Maximum of columns on a wider terminal; `--width` may exceed it."""
CHART_HEIGHT = 14
MAX_SIZE = 1000
"""Maximum of columns, and of lines of a chart."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `show`."""
    parser.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        help="a metrics.binproto of any name; of a folder, every metrics.binproto below it "
        "(without any, every *.binproto); of a workspace, a table of its jobs and what fails",
    )
    parser.add_argument(
        "--all", action="store_true", help="of a workspace, every metric of every job in full"
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        action="append",
        default=[],
        help="only this metric, in full with its numbers; may be given several times",
    )
    parser.add_argument(
        "--width",
        type=positive,
        metavar="N",
        help="columns (default: the terminal's, else 80); px of --svg and --png (default: 860)",
    )
    parser.add_argument(
        "--height",
        type=positive,
        metavar="N",
        help=f"lines of a chart (default: {CHART_HEIGHT}); px of --svg and --png (default: as "
        "the chart needs)",
    )
    parser.add_argument(
        "--svg",
        metavar="FILE",
        type=Path,
        help="write the chart of the one --metric to a file as SVG; - is stdout",
    )
    parser.add_argument(
        "--png",
        metavar="FILE",
        type=Path,
        help="write it as PNG, which needs the extra “export”",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text, the default, or json: one document with everything but the series; with"
        " --metric, their values too",
    )
    add_window_arguments(
        parser,
        "row",
        "metrics, data and events of each file; of a workspace, first the metrics of its summary",
    )


def run(args: argparse.Namespace) -> int:
    """Print every file; one that cannot be read is reported on stderr, and the exit code is 2."""
    bounds = checked_bounds(args)
    if args.svg is not None or args.png is not None:
        return _pictures(args)
    if args.format == "text":
        return _text(args)
    from resim_inspect.commands.show_output.json_document import JsonDocument

    has_summary = not args.metric and _is_workspace(args.path)
    document = JsonDocument(args.path, args.metric, has_summary=has_summary)
    document.write(sys.stdout, bounds)
    return ExitCode.ERROR if document.has_unreadable else ExitCode.OK


def _is_workspace(path: Path) -> bool:
    if not is_folder(path):
        return False
    from runner.workspace.layout import looks_like_workspace

    return looks_like_workspace(path)


def _workspace(path: Path, options: CardOptions) -> int:
    """Print the table of a workspace's jobs, and what fails."""
    from resim_inspect.commands.show_output.job_table import read_job_table, table_lines
    from resim_inspect.commands.show_output.layout import SgrPainter
    from runner.workspace.errors import WorkspaceError

    try:
        table = read_job_table(path)
    except WorkspaceError as error:
        raise CommandError(str(error)) from error
    for line in table_lines(table, options.width, SgrPainter(options.color)):
        sys.stdout.write(line + "\n")
    for row in table.unreadable:
        sys.stderr.write(f"resim-inspect: {clean(str(row.path))}: {clean(row.note)}\n")
    return ExitCode.ERROR if table.unreadable else ExitCode.OK


def _text(args: argparse.Namespace) -> int:
    from resim_inspect.commands.show_output.cards import CardOptions, Cards

    width = min(page_width(args.width, MAX_TERMINAL_WIDTH), MAX_SIZE)
    color = use_color(args.color, sys.stdout)
    options = CardOptions(
        width, min(args.height or CHART_HEIGHT, MAX_SIZE), color, light_terminal()
    )
    if not (args.all or args.metric) and _is_workspace(args.path):
        return _workspace(args.path, options)
    code = ExitCode.OK
    for number, (_, document) in enumerate(open_all(args.path)):
        if number:
            sys.stdout.write("\n\n")
        if isinstance(document, DocumentError):
            sys.stderr.write(f"resim-inspect: {clean(document.located())}\n")
            code = ExitCode.ERROR
            continue
        metrics = select_metrics(document, args.metric) if args.metric else None
        for line in Cards(document, options).lines(metrics):
            sys.stdout.write(line + "\n")
        for position in document.deep_figures:
            name = clean(document.metrics[position].name)
            sys.stderr.write(f'resim-inspect: the figure of "{name}" {DEEP_FIGURE}\n')
            code = ExitCode.ERROR
    return code


def _pictures(args: argparse.Namespace) -> int:
    """Write the chart of one metric of one file as SVG, as PNG, or as both."""
    from resim_inspect.commands.show_output.pictures import write_pictures

    if args.format == "json":
        raise CommandError("--svg and --png write a chart: leave out --format json")
    if len(args.metric) != 1:
        raise CommandError("--svg and --png write the chart of one metric: name it with --metric")
    with open_document(single_file(args.path)) as document:
        metrics = select_metrics(document, args.metric)
        if len(metrics) > 1:
            raise CommandError(
                f"{document.path}: {len(metrics)} metrics are named {args.metric[0]!r}, and a "
                "picture shows one metric. The app exports each of them with its key e"
            )
        size = args.width, args.height
        write_pictures(document, metrics[0], size=size, svg=args.svg, png=args.png)
    return ExitCode.OK
