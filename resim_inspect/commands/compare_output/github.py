"""Comparisons as GitHub workflow commands, which become annotations of a run.

GitHub keeps 10 annotations of a level for each step: what goes beyond is counted in the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from resim_inspect.commands.compare_output import (
    OutputOptions,
    approximate_words,
    job_of,
    listed,
)
from resim_inspect.comparison.cells import delta_text, place, shown_name
from resim_inspect.comparison.changes import Change, Comparison
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.gate import fails, verdict_fails
from resim_inspect.text import count
from resim_inspect.validation.formats.github import data, property_

MAX_ANNOTATIONS = 10
"""Annotations of one level that GitHub keeps for a step."""


def write(comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions) -> None:
    """Write errors for what fails, warnings for the rest that is worse or gone, else notices."""
    levels: dict[str, list[tuple[str, str]]] = {"error": [], "warning": [], "notice": []}
    for comparison in comparisons:
        for error in comparison.errors:
            text = f"{job_of(error)}: {error.message} ({error.side})"
            levels["error"].append((f"unreadable: {comparison.after}", text))
        if comparison.approximate:
            levels["notice"].append((comparison.after, approximate_words(comparison)))
        for verdict in comparison.verdicts:
            if verdict.direction is not Direction.SAME:
                failing = verdict_fails(verdict, options.fail_on)
                text = f"{verdict.before.name} → {verdict.after.name}"
                level = _level(verdict.direction, failing)
                title = f"verdict {verdict.direction.value}: {verdict.job or comparison.after}"
                levels[level].append((title, text))
        for change in listed(comparison, options, same=False).changes:
            failing = fails(change, options.fail_on)
            levels[_level(change.direction, failing)].append(_annotation(change))
    for level, entries in levels.items():
        shown = entries if len(entries) <= MAX_ANNOTATIONS else entries[: MAX_ANNOTATIONS - 1]
        for title, text in shown:
            stream.write(f"::{level} title={property_(title)}::{data(text)}\n")
        if len(shown) < len(entries):
            more = count(len(entries) - len(shown), "more change")
            stream.write(f"::{level} title={more}::--format json has them all.\n")


def _level(direction: Direction, failing: bool) -> str:
    if failing:
        return "error"
    return "warning" if direction in (Direction.WORSE, Direction.GONE) else "notice"


def _annotation(change: Change) -> tuple[str, str]:
    where = place(change)
    title = f"{change.direction.value}: {shown_name(change)}" + (f" ({where})" if where else "")
    sides = [
        reading.measured.text if reading is not None else "none"
        for reading in (change.before, change.after)
    ]
    text = f"{sides[0]} → {sides[1]}"
    delta = delta_text(change)
    if delta:
        text += f" ({delta})"
    return title, "; ".join((text, *change.why))
