"""Errors of exports, and the extra that brings what some need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resim_inspect.errors import InspectError

INSTALL = "pip install 'resim-inspect[export]'"


class ExportError(InspectError):
    """An export that cannot be made; nothing was written."""


class MissingExtraError(ExportError):
    """A library of the extra `export` is not installed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs the extra “export”, which is not installed: {INSTALL}")


@contextmanager
def reading_back(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn ValueError, and other `errors` of a reader, into ExportError: the file is broken."""
    broken: tuple[type[Exception], ...] = (ValueError, *errors)
    try:
        yield
    except broken as error:
        raise ExportError(f"{path} cannot be read back: {error}.") from error
