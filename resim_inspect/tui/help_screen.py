"""Help: what this place is for, and every key that does something here."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.filtering.query import FIELDS
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.dialogs import Dialog

NAMES = {
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "comma": ",",
    "full_stop": ".",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "grave_accent": "`",
    "space": "Space",
    "escape": "Esc",
    "enter": "Enter",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "colon": ":",
}

MARKS = (
    ("✓ PASSED   ! FAIL_WARN   ✗ FAIL_BLOCK   – NOT_APPLICABLE   · RAW   ? none"),
    ("E error: ReSim's validator rejects the file   W warning   i info"),
)


def key_name(keys: str) -> str:
    """Keys as they are printed on a keyboard: `↑ k`."""
    shown = []
    for key in keys.split(","):
        *modifiers, last = key.split("+") if key != "plus" else ["plus"]
        name = NAMES.get(last, last)
        words = {"ctrl": "^", "shift": "⇧", "alt": "alt-"}
        shown.append("".join(words.get(m, m) for m in modifiers) + name)
    return " ".join(shown)


def rows(node: DOMNode) -> list[tuple[str, str]]:
    """The keys of one widget or screen and what they do, each once."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for kind in type(node).__mro__:
        for binding in kind.__dict__.get("BINDINGS", ()):
            if not isinstance(binding, Binding) or binding.action in seen:
                continue
            if not binding.tooltip:
                continue
            seen.add(binding.action)
            found.append((key_name(binding.key), binding.tooltip))
    return found


class HelpScreen(Dialog[None]):
    """The keys of what has the focus, of what is around it, and of the app."""

    def __init__(self, focused: Widget | None, nodes: Iterable[DOMNode]) -> None:
        super().__init__()
        self.nodes = list(nodes)
        self.focused_name = "" if focused is None else _words(type(focused).__name__)

    def compose(self) -> ComposeResult:
        styles = theme_styles(self.app)
        text = Text()
        for node in self.nodes:
            keys = rows(node)
            if not keys:
                continue
            text.append(_words(type(node).__name__) + "\n", styles.accent)
            for key, what in keys:
                text.append(f"  {key:>16}  ", styles.strong)
                text.append(what + "\n", styles.text)
            text.append("\n")
        text.append("Filter\n", styles.accent)
        text.append("  status:fail speed importance:>=high NOT type:text tag:k=v OR has:error\n")
        for name, what in FIELDS.items():
            text.append(f"  {name + ':':>16}  ", styles.strong)
            text.append(what + "\n", styles.text)
        text.append("\nMarks\n", styles.accent)
        for line in MARKS:
            text.append(f"  {line}\n", styles.text)
        with VerticalScroll(classes="box") as box:
            yield Static(text)
        box.border_title = "Help"
        box.border_subtitle = "↑ ↓ scroll · Esc close"

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def _words(name: str) -> str:
    """`MetricList` -> `Metric list`."""
    return "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name))
