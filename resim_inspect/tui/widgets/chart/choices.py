"""A chart whose keys choose what of the subject is drawn: series, category, image, time format."""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.charts.model.drawing import Plot
from resim_inspect.document.model import DATED_FROM_NS
from resim_inspect.text import clean
from resim_inspect.tui.widgets.chart.restoring import RestorableChart


class ChoosingChart(RestorableChart):
    """One chart with choices of what is drawn."""

    def action_image(self, by: int) -> None:
        if self.drawing is not None and self.drawing.images > 1:
            number = (self.drawing.image_index + by) % self.drawing.images
            self.options = replace(self.options, image_index=number)
            self._ask()

    def action_difference(self) -> None:
        if not (self.drawing and self.drawing.images and self.subject and self.subject.base):
            self.app.notify("Only two images that are compared have a difference.", timeout=3)
            return
        self.options = replace(self.options, difference=not self.options.difference)
        self._ask()

    def action_time(self) -> None:
        main = self.drawing.main if self.drawing else None
        axis = main.x if isinstance(main, Plot) else None
        if axis is None or axis.kind != "time":
            self.app.notify("This chart has no time axis.", timeout=3)
            return
        if axis.base < DATED_FROM_NS:
            self.app.notify("These times are relative: the file gives no date.", timeout=3)
            return
        relative = self.options.time != "relative"
        self.options = replace(self.options, time="relative" if relative else "absolute")
        text = "Times are shown since the start." if relative else "Times are shown as UTC."
        self.app.notify(text, timeout=2)
        self._ask()

    def action_statuses(self) -> None:
        if self.options.statuses and not (self._painted and self._painted.has_failing):
            self.app.notify("This chart has no failing samples to hide.", timeout=3)
            return
        self.options = replace(self.options, statuses=not self.options.statuses)
        self._ask()

    def action_series(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChecklistDialog

        names = self.drawing.series if self.drawing else ()
        if len(names) < 2:
            self.app.notify("This chart has only one series.", timeout=3)
            return

        def changed(on: set[int]) -> None:
            hidden = frozenset(name for i, name in enumerate(names) if i not in on)
            self.options = replace(self.options, hidden=hidden)
            self._ask()

        on = {i for i, name in enumerate(names) if name not in self.options.hidden}
        self.app.push_screen(ChecklistDialog("Series", [clean(n, 80) for n in names], on, changed))

    def action_category(self) -> None:
        from resim_inspect.tui.widgets.quick_open import NamePicker

        drawing = self.drawing
        if drawing is None or not drawing.categories:
            self.app.notify("These data have no categories.", timeout=3)
            return
        names = drawing.categories

        def chosen(row: int | None) -> None:
            if row is not None:
                self.options = replace(self.options, category=names[row])
                self._ask()

        current = names.index(drawing.category) if drawing.category in names else None
        self.app.push_screen(NamePicker("Category", "category", names, current=current), chosen)
