"""Dialogs of a fetch: an error with its hint, and a field for a token."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from resim_inspect.text import clean
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.dialogs import TOKEN_DIALOG
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import CLOSE, Dialog, ErrorDialog


class FailedFetchError(Exception):
    """A fetch that failed; the text is one sentence."""


class FetchErrorDialog(ErrorDialog):
    """The reason why a fetch failed, and what to do."""

    def __init__(self, fetch: Fetch, address: str) -> None:
        super().__init__(f"fetching {address}", FailedFetchError(fetch.problem))
        self.hint = fetch.hint

    @property
    def details(self) -> str:
        return self.hint

    def action_copy(self) -> None:
        from resim_inspect.tui.clipboard import copy

        copy(self.app, f"While {self.doing}:\n{self.error}\n{self.hint}".strip())


class TokenDialog(Dialog[str | None]):
    """A prompt for a token, which is not shown; returns None for Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [*TOKEN_DIALOG]
    DEFAULT_CSS = """
    TokenDialog Static { padding: 0 1; }
    TokenDialog Input, TokenDialog Input:focus {
        border: round $rule; height: 3; background: $surface; border-title-color: $foreground;
    }
    """

    def __init__(self, fetch: Fetch) -> None:
        super().__init__()
        self.fetch = fetch

    def _text(self) -> Text:
        styles = theme_styles(self.app)
        text = Text(clean(self.fetch.problem, 400), styles.strong)
        return text.append(
            f"\n{clean(self.fetch.hint, 400)}" if self.fetch.hint else "", styles.quiet
        )

    def compose(self) -> ComposeResult:
        box = Input(password=True, placeholder="kept in memory, never written to disk")
        box.border_title = "Token"
        with VerticalBox(classes="box") as around:
            yield Static(self._text())
            yield box
        around.border_title = "A token is needed"
        self.show_hints(around, "Enter try again", Hint("dialog.copy_text"), CLOSE)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_theme_changed(self) -> None:
        self.query_one(Static).update(self._text())

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if message.value.strip():
            self.dismiss(message.value.strip())

    def action_copy(self) -> None:
        from resim_inspect.tui.clipboard import copy

        copy(self.app, f"{self.fetch.problem}\n{self.fetch.hint}".strip())
