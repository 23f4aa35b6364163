"""A field to type in, in a box of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import Input

from resim_inspect.tui.widgets.dialogs import CLOSE, Dialog

_SEPARATORS = str.maketrans("", "", ",_ ")


class Prompt(Dialog[str | None]):
    """Answers with what was typed, None for Esc."""

    DEFAULT_CSS = """
    Prompt > Input, Prompt > Input:focus {
        width: 60; max-width: 96%; height: 3;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    """

    def __init__(self, title: str, hint: str = "", value: str = "", *, done: str = "go") -> None:
        """`hint`: what can be typed; `done`: the word of what Enter does with it."""
        super().__init__()
        self.done = done
        self.title_text = title
        self.hint = hint
        self.value = value

    def compose(self) -> ComposeResult:
        box = Input(self.value, placeholder=self.hint)
        box.border_title = self.title_text
        self.show_hints(box, f"Enter {self.done}", CLOSE)
        yield box

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.dismiss(message.value)


def ask_row(app: App[Any], rows: str, go: Callable[[int], None]) -> None:
    """Ask for the number of a row and call `go` with it; `rows`: the possible numbers.

    Commas, blanks and underscores between the digits are left out.
    """

    def typed(text: str | None) -> None:
        digits = (text or "").translate(_SEPARATORS)
        if not digits:
            return
        try:
            row = int(digits)
        except ValueError:
            sentence = "A row number must be a whole number."
            app.notify(sentence, severity="warning", timeout=3)
        else:
            go(row)

    app.push_screen(Prompt("Go to row", rows), typed)
