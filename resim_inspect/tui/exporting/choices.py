"""A thing in view and a format to export it in, and tables as such choices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resim_inspect.export.blocks import Block
    from resim_inspect.export.tables import Table


class ExportCancelledError(Exception):
    """The user has closed the dialog while the file was being written."""


@dataclass(frozen=True)
class ExportChoice:
    """One thing in one format."""

    label: str
    """The thing, such as `chart` or `28 metrics`."""
    format: str
    """The format in words, such as `SVG`."""
    stem: str
    """Name of the file to propose, without its suffix."""
    suffix: str
    write: Callable[[Path, Event], str]
    """Write a new file, in a thread; returns what is to be said about it.

    Raises FileExistsError for a file that exists, InspectError, OSError, and
    ExportCancelledError soon after the event is set.
    """


def table_choices(
    label: str, stem: str, table: Table, blocks: Callable[[], Iterable[Block]]
) -> list[ExportChoice]:
    """A table as CSV and as Parquet; `blocks` is called in the thread that writes."""

    def writer(kind: str) -> Callable[[Path, Event], str]:
        def write(path: Path, cancelled: Event) -> str:
            from resim_inspect.export.exporter import write_table
            from resim_inspect.text import count

            rows = write_table(path, kind, table, _until(blocks(), cancelled), overwrite=False)
            return count(rows, "row")

        return write

    return [
        ExportChoice(label, "CSV", stem, ".csv", writer("csv")),
        ExportChoice(label, "Parquet", stem, ".parquet", writer("parquet")),
    ]


def _until(blocks: Iterable[Block], cancelled: Event) -> Iterator[Block]:
    for block in blocks:
        if cancelled.is_set():
            raise ExportCancelledError
        yield block


def proposed_path(choice: ExportChoice, folder: Path) -> Path:
    """A file in a folder that does not exist, named after the thing."""
    from resim_inspect.export.file_names import safe_name
    from resim_inspect.files import exists

    stem = safe_name(choice.stem.strip().replace(" ", "-") or "export")
    path, number = folder / f"{stem}{choice.suffix}", 2
    while exists(path):
        path, number = folder / f"{stem}-{number}{choice.suffix}", number + 1
    return path
