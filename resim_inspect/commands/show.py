"""`resim-inspect show`: the content of a file on stdout, as text or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resim_inspect.commands import CommandError
from resim_inspect.commands.console import page_width
from resim_inspect.document import DocumentError, open_document
from resim_inspect.document.discovery import metrics_files
from resim_inspect.errors import DEEP_FIGURE
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import is_folder
from resim_inspect.terminal import light_terminal, positive, use_color
from resim_inspect.text import clean

if TYPE_CHECKING:
    from resim_inspect.commands.show_output.cards import CardOptions
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric

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
        "--width", type=positive, metavar="N", help="columns (default: the terminal's, else 80)"
    )
    parser.add_argument(
        "--height",
        type=positive,
        metavar="N",
        default=CHART_HEIGHT,
        help="lines of a chart (default: %(default)s)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json: one document with everything but the series; with --metric, their values too",
    )


def run(args: argparse.Namespace) -> int:
    """Print every file; one that cannot be read is reported on stderr, and the exit code is 2."""
    write = _json if args.format == "json" else _text
    return write(args)


def _open_all(path: Path) -> Iterator[tuple[Path, Document | DocumentError]]:
    for file in metrics_files(path):
        try:
            document = open_document(file)
        except DocumentError as error:
            yield file, error
            continue
        with document:
            yield file, document


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
    options = CardOptions(width, min(args.height, MAX_SIZE), color, light_terminal())
    if not (args.all or args.metric) and _is_workspace(args.path):
        return _workspace(args.path, options)
    code = ExitCode.OK
    for number, (_, document) in enumerate(_open_all(args.path)):
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


def _json(args: argparse.Namespace) -> int:
    from resim_inspect.commands.show_output.as_json import document_values, numbers, write

    code = ExitCode.OK
    files: list[dict[str, Any]] = []
    for file, document in _open_all(args.path):
        entry: dict[str, Any] = {"path": str(file)}
        files.append(entry)
        if isinstance(document, DocumentError):
            entry |= {"readable": False, "error": str(document)}
            code = ExitCode.ERROR
            continue
        entry["readable"] = True
        if document.deep_figures:
            # Everything else is in the entry; each of these metrics says that it is its figure.
            code = ExitCode.ERROR
        if args.metric:
            metrics = select_metrics(document, args.metric)
            entry |= document_values(document, metrics)
            entry["data"] = numbers(document, metrics)
        else:
            metrics = [document.metrics[position] for position in document.display_order()]
            entry |= document_values(document, metrics)
    write({"format": 1, "files": files}, sys.stdout)
    sys.stdout.write("\n")
    return code


def select_metrics(document: Document, names: list[str]) -> list[Metric]:
    """Return the metrics with these names, in their order; all metrics that share a name.

    Raises CommandError, with the nearest name, for a name that the file does not have.
    """
    found: list[Metric] = []
    for name in names:
        same = [metric for metric in document.metrics if metric.name == name]
        if not same:
            raise CommandError(
                f"{document.path}: no metric is named {name!r}" + _nearest(document, name)
            )
        found += same
    return found


def _nearest(document: Document, name: str) -> str:
    from difflib import get_close_matches

    # Compared without regard to case; beyond some thousand names a guess takes too long.
    by_folded = {metric.name.casefold(): metric.name for metric in document.metrics[:5000]}
    near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    if not near:
        starts = [one for folded, one in by_folded.items() if name.casefold() in folded]
        return f"; did you mean {starts[0]!r}?" if starts else ""
    return f"; did you mean {by_folded[near[0]]!r}?"
