"""Two texts as a unified diff."""

from __future__ import annotations

from difflib import unified_diff

from resim_inspect.charts.build.overlay.sides import Words
from resim_inspect.charts.model.drawing import Cell, Message, Table, Text
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus

_MAX_COMPARED_LINES = 20_000
"""Lines of both texts together that are compared."""
_COLORS: dict[str, ColorRole] = {
    "-": MetricStatus.FAIL_BLOCK,
    "+": MetricStatus.PASSED,
    " ": "text",
}


def merged_texts(old: Text, new: Text, words: Words) -> tuple[Table | Text | Message, ...]:
    """The text with a note where it is the same on both sides; else the lines of a diff."""
    if old.markdown == new.markdown:
        return Message("The text is the same on both sides."), new
    before, after = old.markdown.splitlines(), new.markdown.splitlines()
    if len(before) + len(after) > _MAX_COMPARED_LINES:
        return Message("The texts differ; they are too long for a diff."), new
    lines = list(unified_diff(before, after, words.before, words.after, lineterm=""))
    if not lines:
        return Message("The texts differ in their line ends only."), new
    rows = tuple((Cell(line, _COLORS.get(line[:1], "dim")),) for line in lines)
    return (Table((), rows),)
