"""The list at the side of a pane: keys make it narrower or wider, hide it, and bring it back."""

from __future__ import annotations

from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget

from resim_inspect.tui.key_hints import hint_line, key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.widgets.maximising import BoxHost

STEP = 6
"""Columns by which a key makes the list narrower or wider."""
MIN_LIST, MIN_REST = 22, 24
"""Columns that the list and what is beside it keep."""


class SideHost(BoxHost):
    """A pane with a list at its side; it comes after the widget among the bases.

    The width lasts as long as the pane. On narrow screens, where list and rest are not side by
    side, the list has all columns and the keys do nothing.
    """

    side_id = ""
    """Id of the container of the list, a child of the pane."""
    side_width: int | None = None
    """Columns that were chosen for the list; None for those of the style sheet."""
    side_hidden = False
    """True if the list was hidden with a key; narrow screens show it nevertheless."""

    def side_list(self) -> Widget:
        """The list."""
        raise NotImplementedError

    def other_list(self) -> Widget | None:
        """The widget that takes the focus while the list is hidden; None until it is mounted."""
        raise NotImplementedError

    def main_widget(self) -> Widget:
        """The list, or the widget beside it while the list is hidden."""
        other_list = self.other_list() if self.is_list_hidden() else None
        return self.side_list() if other_list is None else other_list

    def side_hints(self) -> tuple[Hint, ...]:
        """The hint of the key that brings a hidden list back."""
        return (Hint("side.toggle", "show list"),) if self.is_list_hidden() else ()

    def is_list_hidden(self) -> bool:
        """Return True if the list is out of view."""
        return self.side_hidden and not self._is_stacked()

    def _pane(self) -> Widget:
        assert isinstance(self, Widget)
        return self

    def _is_stacked(self) -> bool:
        screen = self._pane().screen
        return isinstance(screen, Screen) and screen.has_class("-narrow")

    def _fitting(self, width: int) -> int:
        """Width of the list that is closest to a wanted one."""
        return max(MIN_LIST, min(width, self._pane().size.width - MIN_REST))

    def layout_side(self) -> None:
        """Give the list the chosen width; called when the pane gets another size."""
        pane = self._pane()
        try:
            side = pane.get_child_by_id(self.side_id)
        except NoMatches:
            return
        stacked = self._is_stacked()
        # A list that fills the screen has all columns.
        width = None if stacked or self.maximised else self.side_width
        if width is not None:
            width = self._fitting(width)
        side.styles.width = side.styles.min_width = side.styles.max_width = width
        side.display = stacked or not self.side_hidden
        hints = hint_line(Hint("side.narrower"), Hint("side.wider"), Hint("side.toggle"))
        self.side_list().border_subtitle = "" if stacked or self.maximised else hints

    def maximised_changed(self) -> None:
        self.layout_side()

    def action_side(self, direction: int) -> None:
        pane = self._pane()
        if self.maximised:
            pane.app.notify(f"{key_of('focus.maximise')} restores the width first.", timeout=3)
            return
        if self._is_stacked():
            pane.app.notify("The list has the whole width of this screen.", timeout=3)
            return
        if self.side_hidden:
            self.action_toggle_side()
            return
        current = pane.get_child_by_id(self.side_id).outer_size.width
        self.side_width = self._fitting(current + direction * STEP)
        self.layout_side()

    def action_toggle_side(self) -> None:
        pane = self._pane()
        if self._is_stacked():
            pane.app.notify("The list has the whole width of this screen.", timeout=3)
            return
        other_list = self.other_list()
        if not self.side_hidden and other_list is None:
            return
        self.side_hidden = not self.side_hidden
        self.layout_side()
        if not self.side_hidden:
            self.side_list().focus()
        elif other_list is not None:
            other_list.focus()
        pane.post_message(KeyHintsChanged())
