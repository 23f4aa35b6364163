"""The command palette: commands that apply now, open documents, and themes, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from textual.app import App, SystemCommand
from textual.command import Hits, Provider
from textual.dom import DOMNode
from textual.screen import Screen

from resim_inspect.settings.user import AUTO
from resim_inspect.text import clean
from resim_inspect.tui.key_hints import bindings_of, key_name
from resim_inspect.tui.open_documents import OpenDocuments
from resim_inspect.tui.preferences.app import PreferencesApp
from resim_inspect.tui.session_state.app import SessionApp
from resim_inspect.tui.widgets.palette_entry import all_commands, found_commands

_NAVIGATION = {"rows", "focus", "filter", "dialog", "checklist", "quick_open"}
"""Groups of bindings that are quicker to press than to search for."""
_KEYS_ONLY = {f"chart.{move}" for move in ("left", "right", "left_10", "right_10", "up", "down")}
_KEYS_ONLY.add("app.commands")
_BACK = ".back"
"""End of the ids of the bindings that lead back, which is quicker by their key."""


class PaletteCommands(Provider):
    """Commands of the app, as plain text: a document's name may look like markup."""

    async def discover(self) -> Hits:
        for hit in all_commands(self, self._commands()):
            yield hit

    async def search(self, query: str) -> Hits:
        for hit in found_commands(self, query, self._commands()):
            yield hit

    def _commands(self) -> Iterable[SystemCommand]:
        commands = self.app.get_system_commands(self.screen)
        return sorted(commands, key=lambda command: command.title)


def commands(
    app: App[Any], documents: OpenDocuments, screen: Screen[Any]
) -> Iterable[SystemCommand]:
    """Yield the commands of the focused widget and its ancestors, open documents and themes.

    Each action is listed once, under the words of its binding in the keymap.
    """
    seen: set[str] = set()
    nodes = screen.focused.ancestors_with_self if screen.focused is not None else [screen, app]
    for node in nodes:
        for binding in bindings_of(node):
            id = binding.id or ""
            if binding.action in seen or id in _KEYS_ONLY or id.endswith(_BACK):
                continue
            if id.split(".")[0] in _NAVIGATION:
                continue
            seen.add(binding.action)
            keys = key_name(",".join(binding.keys))
            detail = binding.tooltip[:1].upper() + binding.tooltip[1:]
            yield SystemCommand(
                binding.description.removesuffix("…"),
                f"{detail} ({keys})".strip(),
                _runner(app, node, binding.action),
            )
    for mode, label in documents.names.items():
        if mode != app.current_mode:
            yield SystemCommand(f"Switch to {label}", "Open document", _switcher(documents, mode))
    if isinstance(app, SessionApp):
        yield from app.session_commands(screen)
    if isinstance(app, PreferencesApp):
        for theme in app.theme_names():
            if theme == AUTO:
                detail = "Dark or light, as the terminal"
            elif theme != app.theme:
                detail = "Use this colour theme"
            else:
                continue
            yield SystemCommand(f"Theme: {clean(theme, 60)}", detail, _theme(app, theme))
    yield SystemCommand("Save screenshot", "As an SVG picture", app.action_screenshot)


def _runner(app: App[Any], node: DOMNode, action: str) -> Callable[[], Awaitable[bool]]:
    return lambda: app.run_action(action, default_namespace=node)


def _switcher(documents: OpenDocuments, mode: str) -> Callable[[], Awaitable[None]]:
    return lambda: documents.show(mode)


def _theme(app: PreferencesApp, name: str) -> Callable[[], None]:
    return lambda: app.choose_theme(name)
