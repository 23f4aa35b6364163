"""Lines that name both sides of a comparison, with their verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.screen import Screen
from textual.widgets import Static

from resim_inspect.document.discovery import METRICS_FILE
from resim_inspect.document.enums import MetricStatus
from resim_inspect.files import absolute
from resim_inspect.text import clean, count, cut_left
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.repainting import show_text

if TYPE_CHECKING:
    from resim_inspect.comparison import Comparison

_WORD = 8
_APPROXIMATE = "  approximate"
_VERDICT = len("  ✓ ") + max(len(status.name) for status in MetricStatus)
"""Cells for two blanks, a symbol, a blank and the longest status of the schema."""
_JOBS = 28
"""Cells for the number of jobs on both sides."""


def show_location(
    screen: Screen[Any], sides: tuple[Path, Path], comparison: Comparison | None
) -> None:
    """Show both sides in the first lines of a screen."""
    # One cell is blank on each side.
    text = location_text(sides, comparison, screen.size.width - 2, theme_styles(screen.app))
    show_text(screen.query_one("#location", Static), text)


def location_text(
    sides: tuple[Path, Path], comparison: Comparison | None, width: int, styles: ThemeStyles
) -> Text:
    """Both paths in a line each of at most `width` cells, cut at their starts."""
    text = Text(no_wrap=True, overflow="ellipsis")
    is_batch = comparison is not None and comparison.is_batch
    room = max(0, width - _WORD - (_JOBS if is_batch else _VERDICT))
    approximate = frozenset() if comparison is None else comparison.approximate
    if approximate:
        room = max(0, room - len(_APPROXIMATE))
    for side, word in enumerate(("before", "after")):
        text.append(f"{word:{_WORD}}", styles.quiet)
        text.append(cut_left(clean(shown_path(sides[side])), room), styles.strong)
        if comparison is not None and is_batch:
            jobs = f"  {count(comparison.matched, 'job')} on both sides"
            text.append(jobs if side else "", styles.quiet)
        elif comparison is not None and comparison.verdicts:
            verdict = comparison.verdicts[0]
            status = (verdict.before, verdict.after)[side]
            text.append(f"  {status.symbol} {status.name}", styles.of(status))
        if word in approximate:
            text.append(_APPROXIMATE, styles.accent)
        text.append("" if side else "\n")
    return text


def shown_path(path: Path) -> str:
    """Path of a side in one form, however it was given: `runs/17/outputs` is `runs/17`.

    Relative to the working directory if it is below it, else absolute.
    """
    whole = absolute(path)
    for tail in (METRICS_FILE, "outputs"):
        if whole.name == tail:
            whole = whole.parent
    here = absolute(Path())
    if whole != here and whole.is_relative_to(here):
        whole = whole.relative_to(here)
    return str(whole)
