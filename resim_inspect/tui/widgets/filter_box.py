"""The filter of a list: a field to type in, and what is wrong with it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input, Static

from resim_inspect.text import clean
from resim_inspect.tui.keys.lists import FILTER
from resim_inspect.tui.widgets.containers import VerticalBox

SHORT_SCREEN = 16
"""Rows of the terminal below which the field has no frame."""


class FilterInput(Input):
    """A field above a list that filters it."""

    BINDINGS: ClassVar[list[BindingType]] = [*FILTER]


class FilterBox(VerticalBox):
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
        # Created here: the field may be asked for before the box is composed.
        self.input = FilterInput(text, placeholder=example, select_on_focus=False)
        self.input.border_title = "Filter"
        self._problem = Static(classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        yield self.input
        yield self._problem

    def on_mount(self) -> None:
        self.set_class(self.app.size.height < SHORT_SCREEN, "-flat")

    def set_text(self, text: str) -> None:
        """Show a filter that was set elsewhere; an empty one hides the field."""
        with self.input.prevent(Input.Changed):
            self.input.value = text
        self.display = bool(text)

    def set_problem(self, problem: str) -> None:
        """Show what is wrong with the filter; empty for nothing."""
        self.set_class(bool(problem), "-invalid")
        self._problem.update(clean(problem, 300))

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if not message.value:
            self.display = False
        self.post_message(self.Submitted())
