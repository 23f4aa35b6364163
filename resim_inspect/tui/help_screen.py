"""Help: every key that does something where the focus is, the filter language, the marks."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.widgets import Static

from resim_inspect.tui.key_hints import bindings_of, hint_line, key_name
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.dialogs import CLOSE, Dialog
from resim_inspect.tui.widgets.filter_box import FilterHost

MARKS = (
    ("✓ PASSED   ! FAIL_WARN   ✗ FAIL_BLOCK   – NOT_APPLICABLE   · RAW   ? none"),
    ("E error: ReSim's validator rejects the file   W warning   i info"),
)


def sections(nodes: Iterable[DOMNode]) -> dict[str, list[tuple[str, str, str]]]:
    """Keys, action and detail of the bindings along a focus path, by heading.

    Keys that a nearer widget takes are left out.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    taken: set[str] = set()
    for node in nodes:
        for binding in bindings_of(node):
            keys = [key for key in binding.keys if key not in taken]
            taken.update(keys)
            if keys:
                row = (key_name(",".join(keys)), binding.description, binding.tooltip)
                found.setdefault(binding.group_title, []).append(row)
    return found


class HelpScreen(Dialog[None]):
    """The keys of what has the focus, of what is around it, and of the app."""

    def __init__(self, nodes: Iterable[DOMNode]) -> None:
        super().__init__()
        self.nodes = list(nodes)

    def compose(self) -> ComposeResult:
        styles = theme_styles(self.app)
        text = Text()
        for heading, rows in sections(self.nodes).items():
            text.append(heading + "\n", styles.accent)
            for keys, action, detail in rows:
                text.append(f"  {keys:>16}  ", styles.strong)
                text.append(action, styles.text)
                text.append(f" · {detail}\n" if detail else "\n", styles.quiet)
            text.append("\n")
        for host in [node for node in self.nodes if isinstance(node, FilterHost)][:1]:
            example, fields = host.filter_help()
            text.append("Filter\n", styles.accent)
            text.append(f"  {example}\n", styles.text)
            for name, what in fields.items():
                text.append(f"  {name + ':':>16}  ", styles.strong)
                text.append(what + "\n", styles.text)
            text.append("\n")
        text.append("Marks\n", styles.accent)
        for line in MARKS:
            text.append(f"  {line}\n", styles.text)
        with VerticalScroll(classes="box") as box:
            yield Static(text)
        box.border_title = "Help"
        box.border_subtitle = "↑ ↓ scroll · " + hint_line(CLOSE)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
