"""`resim-inspect show`: the content of a file on stdout, as text or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resim_inspect.commands import CommandError, checked_window
from resim_inspect.commands.console import page_width
from resim_inspect.document import DocumentError, open_document
from resim_inspect.document.discovery import metrics_files
from resim_inspect.errors import DEEP_FIGURE
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import is_folder
from resim_inspect.schemas.window import add_window_arguments
from resim_inspect.terminal import light_terminal, positive, use_color
from resim_inspect.text import clean

if TYPE_CHECKING:
    from resim_inspect.commands.show_output.cards import CardOptions
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric
    from resim_inspect.schemas.window import Window

MAX_TERMINAL_WIDTH = 120
"""Maximum of columns on a wider terminal; `--width` may exceed it."""
CHART_HEIGHT = 14
MAX_SIZE = 1000
"""Maximum of columns, and of lines of a chart."""
_MOST_NEAR = 3
"""Names that a message about an unknown one proposes."""


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
        help="json: one document with everything but the series; with --metric, their values too",
    )
    add_window_arguments(parser, "metrics")


def run(args: argparse.Namespace) -> int:
    """Print every file; one that cannot be read is reported on stderr, and the exit code is 2."""
    checked_window(args)
    if args.svg is not None or args.png is not None:
        return _pictures(args)
    write = _json if args.format == "json" else _text
    return write(args)


def _open_all(path: Path) -> Iterator[tuple[Path, Document | DocumentError]]:
    for file in metrics_files(path, derived=True):
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
    options = CardOptions(
        width, min(args.height or CHART_HEIGHT, MAX_SIZE), color, light_terminal()
    )
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
    from resim_inspect.commands.show_output.as_json import write

    code = ExitCode.OK
    window = checked_window(args)
    files: list[dict[str, Any]] = []
    for file, document in _open_all(args.path):
        if isinstance(document, DocumentError):
            code = ExitCode.ERROR
            if window.take((), str) is not None:
                files.append({"path": str(file), "readable": False, "error": str(document)})
            continue
        if document.deep_figures:
            # Everything else is in the entry; each of these metrics says that it is its figure.
            code = ExitCode.ERROR
        values = _values(document, args.metric, window)
        if values is not None:
            files.append({"path": str(file), "readable": True, **values})
    write({"format": 1, "files": files, **window.end()}, sys.stdout)
    sys.stdout.write("\n")
    return code


def _values(document: Document, names: list[str], window: Window) -> dict[str, Any] | None:
    """Return the values of a document with the metrics in the window; None without any.

    A document of which a part is asked for has the data and events of that part alone.
    """
    from resim_inspect.commands.show_output.as_json import (
        data_values,
        document_values,
        event_values,
        metric_values,
        numbers,
    )

    chosen = [document.metrics[position] for position in document.display_order()]
    if names:
        chosen = select_metrics(document, names)
    shown: list[Metric] = []

    def encode(metric: Metric) -> dict[str, Any]:
        shown.append(metric)
        return metric_values(document, metric)

    metrics = window.take(chosen, encode)
    if metrics is None:
        return None
    shown = shown[: len(metrics)]
    values = document_values(document, metrics)
    if names:
        values["data"] = numbers(document, shown)
    elif window.is_bounded:
        ids = {metric.id for metric in shown}
        used = {data.position: data for metric in shown for data in document.data_of(metric)}
        values["data"] = [data_values(document, used[position]) for position in sorted(used)]
        values["events"] = [event_values(e) for e in document.events if ids & set(e.metrics)]
    else:
        values["data"] = [data_values(document, data) for data in document.data]
    return values


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
                f"{document.path}: {len(metrics)} metrics are named {args.metric[0]!r}; a picture "
                "is of one. The app exports each of them with its key e"
            )
        size = args.width, args.height
        write_pictures(document, metrics[0], size=size, svg=args.svg, png=args.png)
    return ExitCode.OK


def single_file(path: Path) -> Path:
    """Return the metrics file that a path means; raises CommandError for several."""
    files = list(metrics_files(path, derived=True))
    if len(files) > 1:
        raise CommandError(f"{path}: there are {len(files)} files below it; name one of them")
    return files[0]


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
    near = get_close_matches(name.casefold(), by_folded, n=_MOST_NEAR, cutoff=0.5)
    near += [folded for folded in by_folded if name.casefold() in folded and folded not in near]
    names = [repr(by_folded[folded]) for folded in near[:_MOST_NEAR]]
    if not names:
        return ""
    *others, last = names
    return f"; did you mean {', '.join(others)}{' or ' * bool(others)}{last}?"
