"""A bare Textual app: a list with details beside it, a second screen, a dialog, two modes, themes.

The inspector's keys are measured against its keys: what both take is the framework's.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
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


class Listing(Screen[None]):
    """A list beside the details of its highlighted row."""

    CSS = "OptionList, Static { width: 1fr; height: 1fr; border: round $primary; }"

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal():
            yield OptionList(*(f"metric {number:05} of the file" for number in range(ROWS)))
            yield Static()
        yield Footer()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the details of a row."""
        self.query_one(Static).update(details(str(event.option.prompt)))


class BareApp(App[None]):
    """Two modes, with their dialog and palette."""

    MODES = {"list": Listing, "page": Page}  # noqa: RUF012
    DEFAULT_MODE = "list"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("m", "next_mode", "Mode"),
        ("p", "page", "Page"),
        ("w", "words", "Words"),
    ]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        yield SystemCommand("Second screen", "Show the second screen", self.action_page)
        for name in ("light", "dark"):
            use = partial(setattr, self, "theme", f"textual-{name}")
            yield SystemCommand(f"Theme {name}", f"Use the {name} theme", use)

    def action_next_mode(self) -> None:
        """Go to the other mode."""
        self.switch_mode("page" if self.current_mode == "list" else "list")

    def action_page(self) -> None:
        """Show the second screen."""
        self.push_screen(Page())

    def action_words(self) -> None:
        """Show the dialog."""
        self.push_screen(Words())
