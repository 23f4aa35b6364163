"""A bare Textual app: a list with details beside it, a second screen, a dialog, two themes.

The inspector's keys are measured against its keys: what both take is the framework's.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, Header, OptionList, Static

ROWS = 1000
LINES = 34
"""Lines of the details and of the second screen: about as many as a terminal of 40 lines shows."""
PAGES = 5
"""Pages of the dialog's text, of which the first is in view."""


def details(name: str) -> str:
    """A text that fills a pane."""
    return "\n".join(f"{name}, line {number:02} of its details" for number in range(LINES))


class Page(Screen[None]):
    """A second screen full of text."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "app.pop_screen", "Back")]

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static(details("page"))
        yield Footer()


class Words(ModalScreen[None]):
    """A dialog over the screen: a text that is longer than its box."""

    CSS = "Words { align: center middle; } VerticalScroll { width: 80%; height: 80%; }"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "app.pop_screen", "Back")]

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("\n".join(details(f"page {number}") for number in range(PAGES)))


class BareApp(App[None]):
    """A list beside the details of its highlighted row."""

    CSS = "OptionList, Static { width: 1fr; height: 1fr; border: round $primary; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("t", "toggle_theme", "Theme"),
        ("p", "page", "Page"),
        ("w", "words", "Words"),
    ]

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal():
            yield OptionList(*(f"metric {number:05} of the file" for number in range(ROWS)))
            yield Static()
        yield Footer()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the details of a row."""
        self.query_one(Static).update(details(str(event.option.prompt)))

    def action_toggle_theme(self) -> None:
        """Change from the dark to the light theme, and back."""
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def action_page(self) -> None:
        """Show the second screen."""
        self.push_screen(Page())

    def action_words(self) -> None:
        """Show the dialog."""
        self.push_screen(Words())
