"""Errors of exports, and the extra that brings what some need."""

from __future__ import annotations

from resim_inspect.errors import InspectError

INSTALL = "pip install 'resim-inspect[export]'"


class ExportError(InspectError):
    """An export that cannot be made; nothing was written."""


class MissingExtraError(ExportError):
    """A library of the extra `export` is not installed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs the extra “export”, which is not installed: {INSTALL}")
