"""Maximising: the list, chart or text that has the focus fills the screen above the key hints."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.css.query import NoMatches
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input

from resim_inspect.tui.keymap import BINDINGS, Hint


class BoxHost:
    """A pane or screen that is divided into boxes; it comes after the widget among the bases."""

    BOXES: ClassVar[tuple[str, ...]] = ()
    """Selectors of the boxes; the outer one of two that contain each other is left out."""
    maximised = ""
    """Selector of the box that fills the screen; empty while all of them share it."""

    def boxes(self) -> dict[Widget, str]:
        """The boxes that are mounted, with their selectors."""
        host = self
        assert isinstance(host, Widget)
        boxes: dict[Widget, str] = {}
        for selector in self.BOXES:
            try:
                boxes[host.query_one(selector)] = selector
            except NoMatches:
                continue  # It is mounted later.
        return boxes

    def maximised_changed(self) -> None:
        """Follow a change of `maximised`; for subclasses."""

    def maximise(self, selector: str) -> None:
        """Let a box fill the screen; empty for none, or an unknown one.

        If another widget of the host has the focus, the box takes it.
        """
        self.maximised = selector if selector in self.BOXES else ""
        self.maximised_changed()
        widget = self.maximised_widget()
        if widget is not None:
            around = box_around(widget.screen.focused)
            if around is not None and around[0] is self and around[2] != selector:
                widget.screen.set_focus(widget)

    def maximised_widget(self) -> Widget | None:
        """The widget that takes the focus in the box that fills the screen; None without one."""
        host = self
        assert isinstance(host, Widget)
        for box, selector in self.boxes().items():
            if selector == self.maximised:
                chain = host.screen.focus_chain
                return next((each for each in chain if box in each.ancestors_with_self), None)
        return None


def box_host(widget: Widget) -> BoxHost | None:
    """The first host of boxes in a widget, itself included; None without one."""
    hosts = (host for host in widget.walk_children(with_self=True) if isinstance(host, BoxHost))
    return next(hosts, None)


def box_around(widget: Widget | None) -> tuple[BoxHost, Widget, str] | None:
    """The box that a widget is in, its host before and its selector behind; None outside of any."""
    if widget is None:
        return None
    inside = list(widget.ancestors_with_self)
    for node in inside:
        if isinstance(node, BoxHost):
            boxes = node.boxes()
            box = next((each for each in inside if each in boxes), None)
            if isinstance(box, Widget):
                return node, box, boxes[box]
    return None


class MaximisingScreen(Screen[ScreenResultType]):
    """A screen on which a box can fill all lines but the last one; the box follows the focus."""

    ALLOW_IN_MAXIMIZED_VIEW = "BottomBar"

    def follow_focus(self) -> None:
        """Show the box with the focus alone, where its host is maximised."""
        focused, shown = self.focused, None
        if focused is None:
            # Between two widgets with the focus.
            box = self.maximized
            shown = box if box is not None and _is_displayed(box) else None
        elif any(
            node.maximised for node in focused.ancestors_with_self if isinstance(node, BoxHost)
        ):
            # At most keys nothing is maximised, and no box is looked for.
            around = box_around(focused)
            if around is not None and around[0].maximised:
                around[0].maximised = around[2]
                shown = around[1]
        self.maximized = shown

    def action_maximise(self) -> None:
        around = box_around(self.focused)
        if around is None:
            self.notify("Nothing here can fill the screen.", timeout=3)
            return
        host, _, selector = around
        host.maximise("" if host.maximised else selector)
        self.follow_focus()
        self.maximised_shown()

    def maximised_shown(self) -> None:
        """Follow a box that was maximised or restored; for subclasses."""

    def minimize(self) -> None:
        # Textual calls this for Esc.
        around = box_around(self.maximized)
        if around is not None:
            around[0].maximise("")
        super().minimize()
        self.maximised_shown()

    def focus_next(self, selector: str | type[Widget] = "*") -> Widget | None:
        # Textual goes round within the box; here, the box goes along with the focus.
        self.maximized = None
        focused = super().focus_next(selector)
        self.follow_focus()
        return focused

    def focus_previous(self, selector: str | type[Widget] = "*") -> Widget | None:
        self.maximized = None
        focused = super().focus_previous(selector)
        self.follow_focus()
        return focused

    def with_restore_hint(self, hints: list[Hint]) -> list[Hint]:
        """Hints that apply while a box fills the screen: the keys that restore it come first."""
        if self.maximized is None:
            return hints
        if not isinstance(self.focused, Input):
            hints = [hint for hint in hints if BINDINGS[hint.id].default_keys[0] != "escape"]
        return [Hint("focus.maximise", "restore"), *hints]


def escape_restores(screen: Screen[Any]) -> bool:
    """Return True if Esc restores a box: a text field has a meaning of its own for it."""
    return not isinstance(screen.focused, Input)


def _is_displayed(widget: Widget) -> bool:
    """Return True for a widget that neither it nor what it is in hides."""
    return widget.is_mounted and all(
        node.display for node in widget.ancestors_with_self if isinstance(node, Widget)
    )
