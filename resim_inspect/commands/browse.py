"""`resim-inspect browse`: a plotly figure or an image in full, in the browser or viewer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.charts.external_viewer import has_display, launch
from resim_inspect.commands import CommandError
from resim_inspect.commands.shared.named_metrics import select_metrics, single_file
from resim_inspect.exit_codes import ExitCode
from resim_inspect.terminal import positive
from resim_inspect.text import clean

if TYPE_CHECKING:
    from resim_inspect.charts.html_page import Target
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `browse`."""
    parser.add_argument("path", metavar="FILE", type=Path, help="a metrics.binproto, or its folder")
    parser.add_argument(
        "--metric",
        metavar="NAME",
        help="the figure or image; not needed if the file has only one",
    )
    parser.add_argument(
        "--image",
        metavar="N",
        type=positive,
        default=1,
        help="number of the image in a list, from 1 (default: 1)",
    )
    parser.add_argument(
        "--plotlyjs", metavar="PATH", type=Path, help="a plotly.min.js to put into the page"
    )
    parser.add_argument(
        "--print", action="store_true", dest="print_only", help="print the path, open nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Write the page if one is needed, open it, and print its path."""
    from resim_inspect.charts.html_page import NothingToBrowseError, target
    from resim_inspect.document import open_document

    with open_document(single_file(args.path)) as document:
        metric = _metric(document, args.metric)
        try:
            page_target = target(document, metric, args.image - 1, args.plotlyjs)
        except NothingToBrowseError as error:
            raise CommandError(f"{clean(str(document.path))}: {error}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"the page cannot be written: {error}") from error
    return _open(page_target, args.print_only)


def _metric(document: Document, name: str | None) -> Metric:
    """Return the metric of that name; without a name the only one that can be browsed."""
    from resim_inspect.document.model import ImageListValues, ImageValues, PlotlyValues

    if name is not None:
        return select_metrics(document, [name])[0]
    kinds = (PlotlyValues, ImageValues, ImageListValues)
    possible = [metric for metric in document.metrics if isinstance(metric.values, kinds)]
    if len(possible) == 1:
        return possible[0]
    if not possible:
        raise CommandError(f"{document.path}: the file has no plotly figure and no image")
    names = ", ".join(repr(clean(metric.name, 60)) for metric in possible[:8])
    more = f" and {len(possible) - 8} more" if len(possible) > 8 else ""
    raise CommandError(f"{document.path}: choose a metric with --metric NAME: {names}{more}")


def _open(page_target: Target, print_only: bool) -> int:
    if page_target.notice:
        sys.stderr.write(f"{page_target.notice}\n")
    if not print_only:
        if not has_display():
            sys.stderr.write("There is no display here; open this file on a machine with one:\n")
        elif not launch(page_target.path):
            sys.stderr.write("No browser or viewer was found; open this file:\n")
    sys.stdout.write(f"{page_target.path}\n")
    return ExitCode.OK
