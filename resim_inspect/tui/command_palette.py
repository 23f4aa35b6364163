"""The command palette: what can be done where one is, and what is open, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from resim_inspect.tui.help_screen import key_name

if TYPE_CHECKING:
    from textual.app import App

    from resim_inspect.tui.open_documents import OpenDocuments

_ELSEWHERE = {"up", "down", "left", "right", "enter", "escape", "move", "page", "edge", "choose"}
_ELSEWHERE |= {"close", "command_palette", "dismiss_layer", "cursor"}


def commands(
    app: App[Any], documents: OpenDocuments, screen: Screen[Any]
) -> Iterable[SystemCommand]:
    """The keys of what has the focus and of all around it, each once; then the app's own."""
    seen: set[str] = set()
    nodes = screen.focused.ancestors_with_self if screen.focused is not None else [screen, app]
    for node in nodes:
        for kind in type(node).__mro__:
            for binding in kind.__dict__.get("BINDINGS", ()):
                if not isinstance(binding, Binding) or not binding.tooltip:
                    continue
                name = binding.action.split("(")[0]
                if binding.action in seen or name in _ELSEWHERE:
                    continue
                seen.add(binding.action)
                what = binding.tooltip[0].upper() + binding.tooltip[1:]
                yield SystemCommand(
                    f"{binding.description}: {binding.tooltip}",
                    f"{what} ({key_name(binding.key)})",
                    _runner(app, node, binding.action),
                )
    for mode, label in documents.names.items():
        if mode != app.current_mode:
            yield SystemCommand(f"Switch: {label}", "Show this", _shower(documents, mode))
    for theme in sorted(app.available_themes):
        if theme != app.theme and "ansi" not in theme:
            yield SystemCommand(f"Theme: {theme}", "Change the colours", _theme(app, theme))
    yield SystemCommand("Screenshot: save", "Save the screen as a picture", app.action_screenshot)


def _runner(app: App[Any], node: DOMNode, action: str) -> Callable[[], Awaitable[bool]]:
    return lambda: app.run_action(action, default_namespace=node)


def _shower(documents: OpenDocuments, mode: str) -> Callable[[], Awaitable[None]]:
    return lambda: documents.show(mode)


def _theme(app: App[Any], name: str) -> Callable[[], None]:
    return lambda: setattr(app, "theme", name)
