"""A field to type in, in a box of its own."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input

from resim_inspect.tui.widgets.dialogs import CLOSE, Dialog


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
