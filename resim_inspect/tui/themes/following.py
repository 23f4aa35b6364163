"""Screens and panes that take a new theme over: at once in view, else when they are shown again."""

from __future__ import annotations

from textual.app import App
from textual.color import Color
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget


class ThemedStylesheet(Stylesheet):
    """A style sheet that a new theme leaves unapplied to screens and panes out of view."""

    theme: Theme | None = None
    """Theme of the rules; None until another one than the first is chosen."""

    def update(self, root: DOMNode, animate: bool = False) -> None:
        nodes: list[DOMNode] = []
        pending = [root]
        while pending:
            node = pending.pop()
            if isinstance(node, ThemeFollower):
                if node.waits_for_view():
                    continue
                node.styled_in = self.theme
            nodes.append(node)
            pending += reversed(node.children)
        self.update_nodes(nodes, animate=animate)

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        if not animate:
            # Each colour by itself would refresh all widgets below the node once more.
            base = node.styles.base
            colours = [(name, value) for name, value in rules.items() if isinstance(value, Color)]
            changed = [name for name, value in colours if base.set_rule(name, value)]
            if changed:
                base.refresh(children=True)
        super().replace_rules(node, rules, animate=animate)


class ThemeFollower(Widget):
    """A screen or pane with words in the colours of the theme.

    It stands last among the bases: Textual takes styles and bindings from the first alone.
    """

    styled_in: Theme | None = None
    """Theme of the rules that were applied to it and to all below it."""
    painted_in: Theme | None = None
    """Theme in whose colours its words were made."""

    def on_theme_changed(self) -> None:
        """Make words in the colours of the theme again."""

    def is_in_view(self) -> bool:
        """Return True if it is on the terminal, also below a dialog."""
        return self.display and self.screen in screens_in_view(self.app)

    def waits_for_view(self) -> bool:
        """Return True if a new theme reaches it only when it is shown again."""
        return self.is_mounted and not self.is_in_view()

    def take_theme(self) -> None:
        """Take over a theme that was chosen since it was in view last."""
        sheet = self.app.stylesheet
        if self.waits_for_view() or not isinstance(sheet, ThemedStylesheet):
            return
        if self.styled_in is not sheet.theme:
            sheet.update(self)
        if self.painted_in is not sheet.theme:
            self.painted_in = sheet.theme
            self.on_theme_changed()

    def on_mount(self) -> None:
        sheet = self.app.stylesheet
        if isinstance(sheet, ThemedStylesheet):
            self.styled_in = self.painted_in = sheet.theme


class ThemedScreen(ThemeFollower):
    """A screen that takes a new theme over, at the latest when it is the uppermost one again."""

    def on_mount(self) -> None:
        # Queued: the screen may still be mounting its children.
        changed = self.app.theme_changed_signal
        changed.subscribe(self, lambda _: self.call_later(self.take_theme))

    def on_screen_resume(self) -> None:
        self.take_theme()


def screens_in_view(app: App[object]) -> list[Screen[object]]:
    """Return the uppermost screen, and those that show through the dialogs above them."""
    screens: list[Screen[object]] = []
    for screen in reversed(app.screen_stack):
        screens.append(screen)
        if not screen.is_modal or screen.styles.background.a == 1:
            break
    return screens
