"""Screens with something to export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice


class ExportHost:
    """A screen that exports what it shows; it comes after the screen among the bases."""

    def export_choices(self) -> Sequence[ExportChoice]:
        """Return the things in view in all their formats, that of the focus first."""
        raise NotImplementedError

    def action_export(self) -> None:
        """Ask for format and path, and write the file."""
        from resim_inspect.tui.exporting.start import export_shown

        export_shown(cast(Screen[Any], self), self.export_choices())
