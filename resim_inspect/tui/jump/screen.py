"""Screen over another one with a label on everything that can take the focus there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.tui.graceful_exit import ClosingScreen
from resim_inspect.tui.jump.labels import labels
from resim_inspect.tui.keymap import BINDINGS
from resim_inspect.tui.keys.jump import JUMP_SCREEN


class JumpTarget(NamedTuple):
    """A widget that can take the focus, and the cell of its label."""

    widget: Widget
    offset: Offset


class JumpScreen(ModalScreen[Widget | None], ClosingScreen[Widget | None]):
    """Answers with the widget whose label was typed, None for Esc and for any other key."""

    BINDINGS: ClassVar[list[BindingType]] = [*JUMP_SCREEN]
    DEFAULT_CSS = """
    JumpScreen { background: transparent; }
    JumpScreen > .label {
        position: absolute; width: auto; height: 1;
        background: $accent; color: $background; text-style: bold;
    }
    """

    def __init__(self, targets: Sequence[JumpTarget]) -> None:
        super().__init__()
        self.targets = targets
        taken = frozenset(BINDINGS["jump.close"].keys)
        self.labels = labels(len(targets), taken)
        self._typed = ""
        self._labelled_size: Size | None = None

    def compose(self) -> ComposeResult:
        for target, label in zip(self.targets, self.labels, strict=True):
            shown = Static(f" {label} ", classes="label", markup=False)
            shown.styles.offset = target.offset
            yield shown

    def on_key(self, event: events.Key) -> None:
        if event.key in BINDINGS["jump.close"].keys:
            return
        event.stop()
        self._typed += (event.character or "").lower()
        if self._typed in self.labels:
            self.dismiss(self.targets[self.labels.index(self._typed)].widget)
        elif not any(label.startswith(self._typed) for label in self.labels) or not event.character:
            self.dismiss(None)

    def on_click(self) -> None:
        self.dismiss(None)

    def on_resize(self, event: events.Resize) -> None:
        """Close where the widgets may have moved from below their labels."""
        if self._labelled_size not in (None, event.size):
            self.dismiss(None)
        self._labelled_size = event.size

    def action_close(self) -> None:
        self.dismiss(None)


def targets_of(screen: Screen[Any], chain: Sequence[Widget]) -> list[JumpTarget]:
    """The widgets of a focus chain that are in view, from the top to the bottom."""
    targets = []
    taken: set[Offset] = set()
    for widget in chain:
        region = screen.region
        for node in widget.ancestors_with_self:
            if isinstance(node, Widget):
                region = region.intersection(node.region)
            if node is screen.maximized:
                break  # What is around it is not on the screen.
        if region.area:
            offset = region.offset
            while offset in taken:
                offset += Offset(4, 0)
            taken.add(offset)
            targets.append(JumpTarget(widget, offset))
    return sorted(targets, key=lambda target: (target.offset.y, target.offset.x))
