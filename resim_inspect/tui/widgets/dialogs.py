"""Dialogs: an error that can be copied, a list to choose from, details to read and copy."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.text import cell_width, clean, cut, fit, wrap
from resim_inspect.tui.graceful_exit import ClosingScreen
from resim_inspect.tui.key_hints import fitting_hints, hint_line, hint_words
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.dialogs import DIALOG, ERROR_DIALOG
from resim_inspect.tui.keys.lists import CHECKLIST
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.themes.following import ThemedScreen
from resim_inspect.tui.widgets.containers import ScrollBox
from resim_inspect.tui.widgets.row_list import RowList, StyledText

T = TypeVar("T")

CLOSE = Hint("dialog.close")
FRAME_ENDS = 6
"""Cells of a frame that a text in it leaves to the corners, a piece of line and blanks."""
_AROUND_ROW = 4
"""Cells beside the text of a row: the frame, the cursor's mark, a scrollbar."""
MAX_DETAIL = 2_000
"""Characters of a value that a dialog of details shows; copying copies all of them."""


class Dialog(ModalScreen[T], ClosingScreen[T], ThemedScreen):
    """A box in the middle of the screen that Esc closes."""

    BINDINGS: ClassVar[list[BindingType]] = [*DIALOG]
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > .box {
        width: 80; max-width: 96%; height: auto; max-height: 90%;
        border: round $accent; background: $surface; padding: 0 1;
        border-title-color: $accent; border-subtitle-color: $quiet;
        scrollbar-size-vertical: 1;
    }
    """

    _hinted: tuple[Widget, Sequence[str]] | None = None
    """The box with hints in its frame, and the words of all of them."""

    def show_hints(self, box: Widget, *hints: Hint | str) -> str:
        """Show as many hints in the frame of a box as have room; return the text of all."""
        self._hinted = box, hint_words(*hints)
        line = hint_line(*hints)
        box.border_subtitle = Text(line)
        return line

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit_hints)

    def _fit_hints(self) -> None:
        if self._hinted is not None:
            box, words = self._hinted
            box.border_subtitle = Text(fitting_hints(words, box.outer_size.width - FRAME_ENDS))

    def action_close(self) -> None:
        self.dismiss(None)


class ErrorDialog(Dialog[None]):
    """An error in one sentence, with its traceback."""

    BINDINGS: ClassVar[list[BindingType]] = [*ERROR_DIALOG]

    def __init__(self, doing: str, error: BaseException) -> None:
        super().__init__()
        self.doing = doing
        self.error = error

    def shows_same(self, doing: str, error: BaseException) -> bool:
        """Return True if this dialog shows the same error."""
        return (doing, type(error), str(error)) == (self.doing, type(self.error), str(self.error))

    @property
    def details(self) -> str:
        """Traceback without values of local variables, for a bug report."""
        return "".join(traceback.format_exception(self.error))

    def _text(self) -> Text:
        styles = theme_styles(self.app)
        text = Text()
        text.append(f"While {self.doing}:\n" if self.doing else "", styles.quiet)
        kind = type(self.error).__name__
        text.append(clean(str(self.error) or kind, 600) + "\n\n", styles.strong)
        # The sentence stands above the traceback, whose end would repeat it.
        end = "".join(traceback.format_exception_only(self.error))
        details = self.details
        if details.endswith(end):
            details = details.removesuffix(end) + kind
        return text.append(clean(details, 6000, lines=True), styles.quiet)

    def compose(self) -> ComposeResult:
        with ScrollBox(classes="box") as box:
            yield Static(self._text())
        box.border_title = "Something went wrong"
        self.show_hints(box, Hint("dialog.copy"), CLOSE)

    def on_theme_changed(self) -> None:
        self.query_one(Static).update(self._text())

    def action_copy(self) -> None:
        from resim_inspect.tui.clipboard import copy

        copy(self.app, f"While {self.doing}:\n{self.details}")


class ChoiceList(RowList):
    """Rows of text, some ticked."""

    def __init__(
        self,
        rows: Sequence[str],
        ticked: set[int] | None,
        current: int = 0,
        *,
        cut: Callable[[str, int], str] = cut,
    ) -> None:
        """`cut` shortens a row that is wider than the list: paths differ at their ends."""
        super().__init__()
        self.rows = rows
        self.ticked = ticked
        self._current = current
        self._cut = cut

    def on_mount(self) -> None:
        self.set_count(len(self.rows), self._current)

    def copy_text(self, row: int) -> str:
        return self.rows[row]

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        tick = "" if self.ticked is None else "[x] " if row in self.ticked else "[ ] "
        return [
            ("▌" if row == self.cursor else " ", styles.accent),
            (tick, styles.accent),
            (self._cut(self.rows[row], width - len(tick) - 1), styles.text),
        ]


class ChoiceDialog(Dialog[int | None]):
    """Choice of one row; returns its number, None for Esc. It is as wide as its rows need."""

    DEFAULT_CSS = """
    ChoiceDialog > ChoiceList {
        min-width: 60; max-width: 96%; height: auto; max-height: 80%;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    """

    def __init__(
        self,
        title: str,
        rows: Sequence[str],
        current: int = 0,
        *,
        cut: Callable[[str, int], str] = cut,
    ) -> None:
        """`cut` shortens a row that is wider than the screen."""
        super().__init__()
        self.title_text = title
        self.rows = rows
        self.current = current
        self._cut = cut

    def compose(self) -> ComposeResult:
        choices = ChoiceList(self.rows, None, self.current, cut=self._cut)
        choices.styles.width = max(map(cell_width, self.rows), default=0) + _AROUND_ROW
        choices.border_title = Text(self.title_text)
        self.show_hints(choices, Hint("rows.choose", "choose"), CLOSE)
        choices.styles.height = len(self.rows) + 2
        yield choices

    def on_mount(self) -> None:
        self.query_one(ChoiceList).focus()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.dismiss(message.row)


class ChecklistDialog(Dialog[None]):
    """Rows that are on or off; `changed` is called with the rows that are on at each change.

    It stands in a corner, above the line of hints, and dims nothing, so that the effect is seen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*CHECKLIST]
    DEFAULT_CSS = """
    ChecklistDialog { align: right bottom; }
    ChecklistDialog > ChoiceList {
        max-width: 60%; height: auto; max-height: 50%; margin-bottom: 1;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    """

    def __init__(
        self,
        title: str,
        rows: Sequence[str],
        ticked: set[int],
        changed: Callable[[set[int]], None],
    ) -> None:
        super().__init__()
        self.title_text = title
        self.rows = rows
        self.ticked = set(ticked)
        self.changed = changed

    def compose(self) -> ComposeResult:
        choices = ChoiceList(self.rows, self.ticked)
        choices.border_title = Text(self.title_text)
        flip, turn_all = Hint("checklist.flip"), Hint("checklist.all")
        hints = self.show_hints(choices, flip, turn_all, Hint("checklist.only"), CLOSE)
        choices.styles.height = len(self.rows) + 2
        # No wider than needed: what is turned on or off stays in view.
        words = max(map(cell_width, (*self.rows, hints, self.title_text)))
        choices.styles.width = words + 8
        yield choices

    def on_mount(self) -> None:
        self.query_one(ChoiceList).focus()

    def _set_ticked(self, ticked: set[int]) -> None:
        self.ticked.clear()
        self.ticked.update(ticked)
        self.query_one(ChoiceList).refresh()
        self.changed(set(ticked))

    def action_flip(self) -> None:
        self._set_ticked(self.ticked ^ {self.query_one(ChoiceList).cursor})

    def action_all(self) -> None:
        self._set_ticked(set(range(len(self.rows))))

    def action_only(self) -> None:
        self._set_ticked({self.query_one(ChoiceList).cursor})

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.action_flip()


class DetailRows(RowList):
    """Names and values, long ones on several lines; copying copies the value."""

    # Room for the scrollbar is kept: lines that are made for the width would be cut by it.
    DEFAULT_CSS = "DetailRows { scrollbar-gutter: stable; }"

    def __init__(
        self, details: Sequence[tuple[str, str]], current: int = 0, limit: int = MAX_DETAIL
    ) -> None:
        super().__init__()
        self._current = current
        self._limit = limit
        self.details = [(clean(name, 60), value) for name, value in details]
        self._lines: list[tuple[int, str, str]] = []
        """Lines as index of the detail, its name on the first line, a part of its value."""
        self._names = 0

    def on_resize(self) -> None:
        width = self.scrollable_content_region.width
        longest = max((cell_width(name) for name, _ in self.details), default=0)
        self._names = min(longest, 28, max(10, width * 2 // 5))
        fact = self._lines[self.cursor][0] if self._lines else self._current
        self._lines = [
            (number, "" if position else name, part)
            for number, (name, value) in enumerate(self.details)
            for position, part in enumerate(
                wrap(clean(value, self._limit), max(8, width - self._names - 3))
            )
        ]
        self.styles.height = len(self._lines) + 2
        first = next((row for row, line in enumerate(self._lines) if line[0] == fact), 0)
        self.set_count(len(self._lines), first)

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count and (row == 0 or self._starts(row))

    def _starts(self, row: int) -> bool:
        return self._lines[row][0] != self._lines[row - 1][0]

    def reveal(self, row: int) -> None:
        last = row
        while 0 <= last < self.count - 1 and not self._starts(last + 1):
            last += 1
        super().reveal(last)
        super().reveal(row)

    def copy_text(self, row: int) -> str:
        return self.details[self._lines[row][0]][1]

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:  # noqa: ARG002
        _, name, part = self._lines[row]
        return [
            ("▌" if row == self.cursor else " ", styles.accent),
            (fit(name, self._names) + "  ", styles.quiet),
            (part, styles.text),
        ]


class DetailsDialog(Dialog[None]):
    """Names and values of the fields of one item; each value can be copied."""

    DEFAULT_CSS = """
    DetailsDialog > DetailRows {
        width: 110; max-width: 96%; height: auto; max-height: 85%;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    """

    def __init__(
        self,
        title: str,
        rows: Sequence[tuple[str, str]],
        *,
        current: int = 0,
        limit: int = MAX_DETAIL,
    ) -> None:
        """`current`: row of the cursor; `limit`: characters of a value that are shown."""
        super().__init__()
        self.title_text = title
        self.rows = rows
        self._current = current
        self._limit = limit

    def compose(self) -> ComposeResult:
        rows = DetailRows(self.rows, self._current, self._limit)
        rows.border_title = Text(clean(self.title_text, 80))
        self.show_hints(rows, Hint("rows.copy", "copy the value"), CLOSE)
        yield rows

    def on_mount(self) -> None:
        self.query_one(DetailRows).focus()
