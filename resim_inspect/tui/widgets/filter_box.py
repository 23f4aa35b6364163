"""The filter of a list: a field to type in, what is wrong with it, and how a pane uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from resim_inspect.text import clean
from resim_inspect.tui import keymap

SHORT_SCREEN = 16
"""Rows of the terminal below which the field has no frame."""


class FilterInput(Input):
    """A field above a list that filters it."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.FILTER]


class FilterBox(Vertical):
    """A framed field above a list; an error stands right below it."""

    DEFAULT_CSS = """
    FilterBox { height: auto; }
    FilterBox > FilterInput, FilterBox > FilterInput:focus {
        border: round $rule; height: 3; padding: 0 1; background: $surface;
        border-title-color: $foreground;
    }
    FilterBox > FilterInput:focus { border: round $accent; }
    FilterBox.-invalid > FilterInput, FilterBox.-invalid > FilterInput:focus {
        border: round $error;
    }
    FilterBox.-flat > FilterInput, FilterBox.-flat > FilterInput:focus {
        border: none; height: 1; background: $panel;
    }
    FilterBox > .problem {
        display: none; color: $error; padding: 0 1; height: auto; max-height: 4;
    }
    FilterBox.-invalid > .problem { display: block; }
    """

    class Changed(Message):
        """Something was typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, text: str, example: str) -> None:
        super().__init__()
        self._text = text
        self._example = example

    def compose(self) -> ComposeResult:
        box = FilterInput(self._text, placeholder=self._example, select_on_focus=False)
        box.border_title = "Filter"
        yield box
        yield Static(classes="problem", markup=False)

    def on_mount(self) -> None:
        self.set_class(self.app.size.height < SHORT_SCREEN, "-flat")

    @property
    def input(self) -> Input:
        """The field."""
        return self.query_one(FilterInput)

    def set_text(self, text: str) -> None:
        """Show a filter that was set elsewhere; an empty one hides the field."""
        with self.input.prevent(Input.Changed):
            self.input.value = text
        self.display = bool(text)

    def set_problem(self, problem: str) -> None:
        """Show what is wrong with the filter; empty for nothing."""
        self.set_class(bool(problem), "-invalid")
        self.query_one(".problem", Static).update(clean(problem, 300))

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if not message.value:
            self.display = False
        self.post_message(self.Submitted())


class FilteredList(Protocol):
    """A list with a filter, whatever widget it is."""

    query_text: str
    """The filter as it was typed."""
    query_error: str
    """Problem of the filter; empty if it has none."""

    def set_query(self, text: str) -> None:
        """Filter; a filter that cannot be parsed leaves the list as it is."""


class FilterHost:
    """A pane or screen whose list has a filter; it comes after the widget among the bases."""

    def filter_parent(self) -> Widget:
        """The container whose first child the field becomes."""
        raise NotImplementedError

    def filter_help(self) -> tuple[str, Mapping[str, str]]:
        """An example of a filter, and the fields that it may ask for."""
        raise NotImplementedError

    def filtered_list(self) -> FilteredList:
        """The list that is filtered."""
        raise NotImplementedError

    def filter_applied(self) -> None:
        """Follow a change of the filter."""

    def focus_main(self) -> None:
        """Focus the list."""
        raise NotImplementedError

    def filter_boxes(self) -> list[FilterBox]:
        """The field, once it has been opened."""
        return list(self.filter_parent().query_children(FilterBox))

    def is_filtering(self) -> bool:
        """Return True while the field has the focus."""
        return any(box.input.has_focus for box in self.filter_boxes())

    async def action_filter(self) -> None:
        boxes = self.filter_boxes()
        if not boxes:
            example, _ = self.filter_help()
            boxes = [FilterBox(self.filtered_list().query_text, example)]
            await self.filter_parent().mount(boxes[0], before=0)
        boxes[0].display = True
        boxes[0].input.focus()

    def on_filter_box_changed(self, message: FilterBox.Changed) -> None:
        message.stop()
        self._apply(message.text)

    def on_filter_box_submitted(self, message: FilterBox.Submitted) -> None:
        message.stop()
        self.focus_main()

    def _apply(self, text: str) -> None:
        self.filtered_list().set_query(text)
        self.filter_applied()
        self.show_problem()

    def show_problem(self) -> None:
        """Show what is wrong with the filter beside the field."""
        for box in self.filter_boxes():
            box.set_problem(self.filtered_list().query_error)

    def set_filter(self, text: str) -> None:
        """Set the filter of list and field."""
        for box in self.filter_boxes():
            box.set_text(text)
        self._apply(text)

    def clear_filter(self) -> bool:
        """Drop the filter and focus the list; return False if there is none to drop."""
        open_ = [box for box in self.filter_boxes() if box.display]
        if not self.filtered_list().query_text and not open_:
            return False
        self.set_filter("")
        self.focus_main()
        return True


async def open_filter(widget: Widget) -> None:
    """Open the filter of the nearest pane or screen around a widget."""
    for node in widget.ancestors:
        if isinstance(node, FilterHost):
            await node.action_filter()
            return
