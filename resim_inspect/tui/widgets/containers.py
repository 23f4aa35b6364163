"""Containers that make their own lines once, for all that is behind their children.

Textual makes each line of a container again whenever its colours, its title or its size change, and
cuts it where its children begin and end, although all but the first and the last are the same.
"""

from __future__ import annotations

from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class ContainerLines(Widget):
    """A widget without contents of its own: a background, a frame, and its children before them.

    It stands last among the bases: Textual takes styles and bindings from the first alone.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        last = self.outer_size.height - 1
        if crop.height <= 3 or not self.has_equal_lines():
            return super().render_lines(crop)
        lines: dict[int, Strip] = {}
        strips: list[Strip] = []
        for y in crop.line_range:
            # Of the lines between the first and the last, the second one stands for all.
            stands_for = y if y in (0, last) else 1
            if stands_for not in lines:
                line = Region(crop.x, stands_for, crop.width, 1)
                [lines[stands_for]] = super().render_lines(line)
            strips.append(lines[stands_for])
        return strips

    def has_equal_lines(self) -> bool:
        """Return True if all lines between the first and the last are equal."""
        return self.is_container and not self.styles.has_rule("keyline")


class Box(Container, ContainerLines):
    """Children as the style sheet lays them out."""


class VerticalBox(Vertical, ContainerLines):
    """Children below each other."""


class HorizontalBox(Horizontal, ContainerLines):
    """Children beside each other."""


class ScrollBox(VerticalScroll, ContainerLines):
    """Children below each other, which can be scrolled."""
