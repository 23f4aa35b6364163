"""Dialogs that find a name by a few of its letters: one of any list, and a metric of a document."""

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
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.lists import QUICK_OPEN
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import Dialog
from resim_inspect.tui.widgets.row_list import RowList, StyledText

MAX_HITS = 200
"""Number of matches that are listed; without letters all names are."""


class Hits(RowList, can_focus=False):
    """The names that match; the keys of the dialog move their cursor."""

    def __init__(self, noun: str, names: Sequence[str], statuses: Sequence[int] | None) -> None:
        """`noun`: what the names are those of; `statuses`: numbers of `MetricStatus`, as many."""
        super().__init__()
        self.noun = noun
        self.names = names
        self.statuses = statuses
        self.hits: Sequence[int] = ()
        """Positions of the names that match."""

    def show(self, hits: Sequence[int], current: int = 0) -> None:
        """Show these, with the cursor in the row `current`."""
        self.hits = hits
        self.set_count(len(hits), current)

    def empty_text(self) -> str:
        return f"no {self.noun} has these letters in its name"

    def copy_text(self, row: int) -> str:
        return self.names[self.hits[row]]

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        position = self.hits[row]
        pieces: list[StyledText] = [("▌" if row == self.cursor else " ", styles.accent)]
        if self.statuses is not None:
            status = MetricStatus(self.statuses[position])
            pieces.append((status.symbol + " ", styles.of(status)))
        room = width - sum(len(text) for text, _ in pieces)
        name = clean(self.names[position], 200) or "(no name)"
        return [*pieces, (fit(name, room), styles.text)]


class NamePicker(Dialog[int | None]):
    """A field and the names that have the letters in it; returns the position of the chosen one.

    The names as they are in the file: they are cleaned for display, and copied as they are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*QUICK_OPEN]
    DEFAULT_CSS = """
    NamePicker > Vertical {
        width: 70; max-width: 96%; height: 20; max-height: 90%;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    NamePicker Input, NamePicker Input:focus { border: none; height: 1; background: $panel; }
    """

    def __init__(
        self,
        title: str,
        noun: str,
        names: Sequence[str],
        *,
        statuses: Sequence[int] | None = None,
        among: Sequence[int] | None = None,
        current: int | None = None,
    ) -> None:
        """`noun`: what the names are those of, such as `metric`.

        `statuses`: numbers of `MetricStatus`, one for each name; `among`: positions of the names
        that are offered, in their order; `current`: position of the one that the cursor is on at
        first.
        """
        super().__init__()
        self.title_text = title
        self.noun = noun
        self.names = names
        self.statuses = statuses
        self.among = range(len(names)) if among is None else among
        self.current = current

    def lowered(self) -> Sequence[str]:
        """The names case-folded, for searching."""
        return [name.casefold() for name in self.names]

    def compose(self) -> ComposeResult:
        with VerticalBox() as box:
            yield Input(placeholder=f"letters of a {self.noun}'s name")
            yield Hits(self.noun, self.names, self.statuses)
        box.border_title = Text(self.title_text)
        self.show_hints(box, "Enter go", Hint("quick_open.copy"), Hint("quick_open.close"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show_all()

    def _show_all(self) -> None:
        """Show all names, in their order, with the cursor on the current one."""
        row = self.among.index(self.current) if self.current in self.among else 0
        self.query_one(Hits).show(self.among, row)

    async def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        if not message.value.strip():
            self._show_all()
            return
        hits: list[tuple[Match, int]] = []
        for best in ranked_in_slices(message.value, self.lowered(), self.among, MAX_HITS):
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

    def action_page(self, by: int) -> None:
        self.query_one(Hits).action_page(by)

    def action_copy(self) -> None:
        self.query_one(Hits).action_copy()


class QuickOpen(NamePicker):
    """A metric of a document, by the letters of its name."""

    def __init__(
        self, catalog: Catalog, title: str = "Go to metric", among: Sequence[int] | None = None
    ) -> None:
        """`among`: positions of the metrics that are offered, in their order; None for all."""
        super().__init__(
            title,
            "metric",
            catalog.names,
            statuses=catalog.statuses,
            among=catalog.order if among is None else among,
        )
        self.catalog = catalog

    def lowered(self) -> Sequence[str]:
        return self.catalog.lowered
