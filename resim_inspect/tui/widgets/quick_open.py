"""A dialog that finds a metric by a few letters of its name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from resim_inspect.document.enums import MetricStatus
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.fuzzy import Match, ranked_in_slices
from resim_inspect.text import clean, fit
from resim_inspect.tui import keymap
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import Dialog
from resim_inspect.tui.widgets.row_list import RowList, StyledText

MAX_HITS = 200
"""Number of matches that are listed."""


class Hits(RowList, can_focus=False):
    """The metrics that match; the keys of the dialog move their cursor."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self.catalog = catalog
        self.hits: list[int] = []

    def show(self, hits: list[int]) -> None:
        """Show these, the first chosen."""
        self.hits = hits
        self.set_count(len(hits), 0)

    def empty_text(self) -> str:
        return "no metric has these letters in its name"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        position = self.hits[row]
        status = MetricStatus(self.catalog.statuses[position])
        return [
            ("▌" if row == self.cursor else " ", styles.accent),
            (status.symbol + " ", styles.of(status)),
            (fit(clean(self.catalog.names[position], 200), width - 3), styles.text),
        ]


class QuickOpen(Dialog[int | None]):
    """A field and the hits below it."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.QUICK_OPEN]
    DEFAULT_CSS = """
    QuickOpen > Vertical {
        width: 70; max-width: 96%; height: 20; max-height: 90%;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    QuickOpen Input, QuickOpen Input:focus { border: none; height: 1; background: $panel; }
    """

    def __init__(
        self, catalog: Catalog, title: str = "Go to metric", among: Sequence[int] | None = None
    ) -> None:
        super().__init__()
        self.catalog = catalog
        self.title_text = title
        self.among = catalog.order if among is None else among
        """Positions of the metrics that are offered, in their order."""

    def compose(self) -> ComposeResult:
        with VerticalBox() as box:
            yield Input(placeholder="letters of a metric's name")
            yield Hits(self.catalog)
        box.border_title = Text(self.title_text)
        self.show_hints(box, "Enter go", Hint("quick_open.close"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.query_one(Hits).show(list(self.among[:MAX_HITS]))

    async def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        hits: list[tuple[Match, int]] = []
        names = self.catalog.lowered
        for best in ranked_in_slices(message.value, names, self.among, MAX_HITS):
            hits = best
            # Frames between the slices; Enter comes to its turn only after the last one.
            await asyncio.sleep(0)
            if message.input.value != message.value:
                return  # The next change is waiting.
        self.query_one(Hits).show([position for _, position in hits])

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        hits = self.query_one(Hits)
        self.dismiss(hits.hits[hits.cursor] if 0 <= hits.cursor < len(hits.hits) else None)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.dismiss(self.query_one(Hits).hits[message.row])

    def action_move(self, by: int) -> None:
        self.query_one(Hits).action_move(by)
