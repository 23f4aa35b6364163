"""The chart of a metric as files: SVG and PNG."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError
from resim_inspect.document.approximate import is_approximate
from resim_inspect.files import is_folder

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric


def write_pictures(
    document: Document,
    metric: Metric,
    *,
    size: tuple[int | None, int | None],
    svg: Path | None,
    png: Path | None,
) -> None:
    """Write a metric's chart, `size` px wide and tall, to the files that are given.

    Raises CommandError for a file that cannot be written, ExportError for PNG that cannot be
    painted. Everything is drawn before the first file is written.
    """
    from resim_inspect.charts.build import draw
    from resim_inspect.charts.svg import SvgOptions
    from resim_inspect.export.pictures import PictureFormat, picture_bytes
    from resim_inspect.files import write_whole

    width, height = size
    options = SvgOptions(height=height) if width is None else SvgOptions(width, height)
    files: list[tuple[Path, bytes]] = []
    for path, kind in ((svg, PictureFormat.SVG), (png, PictureFormat.PNG)):
        if path is None:
            continue
        if is_folder(path):
            raise CommandError(f"{path} is a folder: name a file in it")
        if kind is PictureFormat.PNG and str(path) == "-":
            raise CommandError("a PNG is written to a file: name one")
        if document.path is not None and path.resolve() == document.path.resolve():
            raise CommandError(f"{path} is the file to read: choose another name")
        drawing = draw(document, metric)
        content = picture_bytes(drawing, kind, options, approximate=is_approximate(document))
        files.append((path, content))
    for path, content in files:
        if str(path) == "-":
            sys.stdout.write(content.decode())
            continue
        try:
            write_whole(path, content)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
