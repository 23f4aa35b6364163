"""Names of the two sides of an overlay, and drawings that stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import NamedTuple, TypeVar

from resim_inspect.charts.analysis.captions import caption as caption_of
from resim_inspect.charts.model.drawing import (
    Area,
    Bars,
    Drawing,
    Gauge,
    Image,
    Message,
    Panel,
    Plot,
    Table,
    Text,
)

ABOVE, BELOW = (0.0, 0.0, 1.0, 0.62), (0.0, 0.62, 1.0, 1.0)
"""Areas of both sides and of their difference."""
DIFFERENCE = "difference"


class Words(NamedTuple):
    """Words for the two sides of an overlay."""

    before: str
    """Text behind the names of what the base has."""
    after: str
    """Name of a single curve of the other side."""

    @property
    def difference_title(self) -> str:
        """Title of the axis of the difference."""
        return f"{DIFFERENCE}, {self.after} − {self.before}"

    def base_name(self, name: str) -> str:
        """Name of what the base has, beside the other side's `name`."""
        return self.before if name in ("", self.after) else f"{name} · {self.before}"

    def difference_name(self, name: str) -> str:
        """Name of the difference of what is called `name`."""
        return DIFFERENCE if name in ("", self.after) else f"{name} · {DIFFERENCE}"


COMPARED = Words("before", "after")
REFERENCE = Words("reference", "this")


T = TypeVar("T", bound=Hashable)


def numbered(names: Iterable[T]) -> list[tuple[T, int]]:
    """Each name with the number of equal ones before it: several series may have one name."""
    counts: Counter[T] = Counter()
    keys = []
    for name in names:
        keys.append((name, counts[name]))
        counts[name] += 1
    return keys


def apart(before: Drawing, after: Drawing, words: Words) -> Drawing:
    """Both drawings side by side; the renderer stacks them if the width does not suffice."""
    # The first plot is the one that is zoomed and read: that of the other side.
    panels = (
        *_half(after.panels, 0.5, words.after),
        *_half(before.panels, 0.0, words.before),
    )
    notes = (*after.notes, *(f"{words.before}: {note}" for note in before.notes))
    caption = after.caption or caption_of(after)
    return replace(after, panels=panels, notes=tuple(dict.fromkeys(notes)), caption=caption)


def _half(panels: tuple[Panel, ...], left: float, word: str) -> tuple[Panel, ...]:
    """Panels in one half of the width, the first one titled with the word for their side."""
    moved = []
    for number, panel in enumerate(panels):
        area: Area = panel.area or (0.0, number / len(panels), 1.0, (number + 1) / len(panels))
        half: Area = (left + area[0] / 2, area[1], left + area[2] / 2, area[3])
        named = titled(panel, word) if number == 0 else panel
        moved.append(replace(named, area=half))
    return tuple(moved)


def titled(panel: Panel, word: str) -> Panel:
    """The panel with a word before its title, its label, its caption or its text."""
    if isinstance(panel, Plot | Bars | Table):
        return replace(panel, title=f"{word} · {panel.title}" if panel.title else word)
    if isinstance(panel, Gauge):
        return replace(panel, label=word, large=False)
    if isinstance(panel, Image):
        return replace(panel, caption=f"{word} · {panel.caption}")
    if isinstance(panel, Text):
        return replace(panel, markdown=f"**{word}**\n\n{panel.markdown}")
    assert isinstance(panel, Message)
    return replace(panel, text=f"{word}: {panel.text}")
