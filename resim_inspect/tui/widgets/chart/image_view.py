"""An image file on the screen."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.tui.widgets.chart.canvas import ChartCanvas
from resim_inspect.tui.widgets.chart.painter import Subject


class ImageView(ChartCanvas):
    """One image file, as large as there is room."""

    def show_file(self, path: Path) -> None:
        """Show this image."""
        if self.subject != Subject(None, "file", 0, path):
            self.clear()
            self.subject = Subject(None, "file", 0, path)
            self._ask()
