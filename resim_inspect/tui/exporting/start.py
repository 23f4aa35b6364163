"""Start of an export: the dialog for what is in view, and what is said at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.screen import Screen

from resim_inspect.files import absolute
from resim_inspect.text import clean
from resim_inspect.tui.exporting.choices import ExportChoice


def export_shown(screen: Screen[Any], choices: Sequence[ExportChoice]) -> None:
    """Ask for format and path of what a screen shows, and write it."""
    if not choices:
        screen.app.notify("Nothing here can be exported, or it is still being drawn.", timeout=4)
        return
    from resim_inspect.tui.clipboard import put
    from resim_inspect.tui.exporting.dialog import ExportDialog

    app = screen.app

    def closed(result: tuple[Path, str] | None) -> None:
        if result is None:
            return
        path, summary = result
        put(app, str(path))
        app.notify(
            clean(f"{path}\n{summary}\nThe path is copied.", 900, lines=True),
            title="Exported",
            timeout=8,
            markup=False,
        )

    app.push_screen(ExportDialog(choices, absolute(Path())), closed)
