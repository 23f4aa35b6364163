"""Last line of a screen: the panes, and the keys that apply at the moment."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.tui.key_hints import KeyHint
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.row_list import StyledText

NARROW = 72
"""Columns below which the hints go before the names of the panes."""


def _width(hints: Sequence[KeyHint]) -> int:
    """Number of cells that hints take."""
    return sum(len(hint.keys) + len(hint.label) + 3 for hint in hints)


class BottomBar(Widget):
    """One line: the panes on the left, the keys that matter now on the right; all clickable."""

    DEFAULT_CSS = "BottomBar { height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._tabs: Sequence[KeyHint] = ()
        self._active = ""
        self.hints: Sequence[KeyHint] = ()
        self._spots: list[tuple[int, int, KeyHint]] = []

    def show(self, tabs: Sequence[KeyHint], active: str, keys: Sequence[KeyHint]) -> None:
        """Show these panes and hints; `active` is the key of the pane in view."""
        if (tabs, active, keys) != (self._tabs, self._active, self.hints):
            self._tabs, self._active, self.hints = tabs, active, keys
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        base, styles, width = self.rich_style, theme_styles(self.app), self.size.width
        self._spots = []
        # The panes keep their names while one hint fits beside them; on narrow screens, where one
        # widget is in view at a time, the hints come first.
        first = self.hints if width < NARROW else self.hints[-2:-1]
        hints_width = _width(first)
        short = _width(self._tabs) + hints_width > width
        pieces: list[StyledText] = []
        at = 0

        def put(text: str, style: Style) -> None:
            nonlocal at
            pieces.append((text, style))
            at += len(text)

        for tab in self._tabs:
            active = tab.keys == self._active
            text = f" {tab.keys} {tab.label} " if active or not short else f" {tab.keys} "
            start = at
            put(text, Style(bold=True, reverse=True) + styles.accent if active else styles.quiet)
            self._spots.append((start, at, tab))
        keys = list(self.hints)
        while keys and _width(keys) > width - at:
            # Hints go from the third last one backwards, so that the last two stay. Of these, a
            # bar with tabs leaves out both before its first hint; another one keeps the last.
            least = 3 if self._tabs else 2
            keys.pop(len(keys) - 3 if len(keys) > least else -1 if self._tabs else 0)
        room = width - at - _width(keys)
        put(" " * max(0, room), styles.text)
        for key in keys:
            start = at
            put(" " + key.keys, styles.accent + Style(bold=True))
            put(" " + key.label + " ", styles.text)
            self._spots.append((start, at, key))
        segments = [Segment(text, base + style) for text, style in pieces]
        return Strip(segments).crop_extend(0, width, base)

    async def on_click(self, event: events.Click) -> None:
        for start, stop, hint in self._spots:
            if start <= event.x < stop:
                event.stop()
                await self.app.run_action(hint.action, default_namespace=hint.node)
                return
