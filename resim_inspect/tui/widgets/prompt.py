"""A field to type in, in a box of its own."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input

from resim_inspect.tui.key_hints import hint_line
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.widgets.dialogs import Dialog


class Prompt(Dialog[str | None]):
    """Answers with what was typed, None for Esc."""

    DEFAULT_CSS = """
    Prompt > Input, Prompt > Input:focus {
        width: 60; max-width: 96%; height: 3;
        border: round $accent; background: $surface;
        border-title-color: $accent; border-subtitle-color: $quiet;
    }
    """

    def __init__(self, title: str, hint: str = "", value: str = "") -> None:
        super().__init__()
        self.title_text = title
        self.hint = hint
        self.value = value

    def compose(self) -> ComposeResult:
        box = Input(self.value, placeholder=self.hint)
        box.border_title = self.title_text
        box.border_subtitle = "Enter · " + hint_line(Hint("dialog.close"))
        yield box

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.dismiss(message.value)
