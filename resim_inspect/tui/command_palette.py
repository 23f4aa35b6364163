"""The command palette: what can be done where one is, and what is open, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from resim_inspect.tui.key_hints import bindings_of, key_name

if TYPE_CHECKING:
    from textual.app import App

    from resim_inspect.tui.open_documents import OpenDocuments

_NAVIGATION = {"rows", "focus", "filter", "dialog", "checklist", "quick_open"}
"""Groups of keys that are quicker pressed than searched for."""
_KEYS_ONLY = {"app.commands", "card.back", "document.back", "open.back", "workspace.back"}
_KEYS_ONLY |= {f"chart.{move}" for move in ("left", "right", "left_10", "right_10", "up", "down")}


def commands(
    app: App[Any], documents: OpenDocuments, screen: Screen[Any]
) -> Iterable[SystemCommand]:
    """Commands of the focused widget and of all around it, each once; then those of the app."""
    seen: set[str] = set()
    nodes = screen.focused.ancestors_with_self if screen.focused is not None else [screen, app]
    for node in nodes:
        for binding in bindings_of(node):
            id = binding.id or ""
            if binding.action in seen or id in _KEYS_ONLY or id.split(".")[0] in _NAVIGATION:
                continue
            seen.add(binding.action)
            detail = binding.tooltip[:1].upper() + binding.tooltip[1:]
            yield SystemCommand(
                binding.description.removesuffix("…"),
                f"{detail} ({key_name(binding.key)})".strip(),
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
