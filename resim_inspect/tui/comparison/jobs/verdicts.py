"""Lines above the table of compared jobs: transitions of their verdicts, and what drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from resim_inspect.comparison.directions import Direction, status_direction
from resim_inspect.text import count
from resim_inspect.tui.comparison.change_list import direction_style
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.facts_text import BETWEEN_FACTS, as_fact

if TYPE_CHECKING:
    from resim_inspect.comparison import Comparison


def verdicts_text(
    comparison: Comparison | None, progress: tuple[int, int], styles: ThemeStyles
) -> Text:
    """Transitions of the jobs' verdicts, the worst first, and how many metrics drifted."""
    done, total = progress
    if comparison is None:
        state = f"comparing: {done:,} of {total:,} jobs" if total else "looking for jobs…"
        return Text(state, styles.accent)
    text = Text("verdicts ", styles.quiet)
    entries = sorted(
        comparison.transitions.items(),
        key=lambda entry: (status_direction(*entry[0]).rank, -entry[1]),
    )
    for number, ((before, after), jobs) in enumerate(entries):
        way = status_direction(before, after)
        words = after.name if after is before else f"{before.name} → {after.name}"
        text.append(BETWEEN_FACTS if number else "", styles.quiet)
        text.append(as_fact(f"{way.symbol} {words} {jobs:,}"), _ink(styles, way))
    if not entries:
        text.append("none to compare", styles.quiet)
    paired = [metric for metric in comparison.metrics if metric.pairs]
    drifting = sum(metric.significant for metric in paired)
    text.append("\n~ ", styles.quiet)
    metrics = f"{len(paired) - drifting:,} of {count(len(paired), 'metric')}"
    text.append(f"{metrics}: no significant change (sign test)", styles.quiet)
    return text


def _ink(styles: ThemeStyles, way: Direction) -> Style:
    return styles.quiet if way is Direction.SAME else direction_style(styles, way)
