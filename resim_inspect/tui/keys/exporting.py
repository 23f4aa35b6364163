"""Keys of exports."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

EXPORT = (
    key("export.export", "e", "export", "Export…", "the chart or table in view", hint="export"),
)
EXPORT_DIALOG = (key("export.path", "slash", "path", "Change the path", hint="path"),)
