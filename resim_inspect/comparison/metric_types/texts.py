"""Comparison of texts as a unified diff."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison
from resim_inspect.document.model import TextValues
from resim_inspect.text import count

MAX_LINES = 200
"""Lines of a diff that are kept."""
_LARGE = 20_000
"""Lines of both texts together above which only the first difference is given."""


def compare_texts(
    pair: Pair,  # noqa: ARG001 - a text has all it needs
    before: TextValues,
    after: TextValues,
    tolerance: Tolerance,  # noqa: ARG001 - a text has no numbers to tolerate
) -> ValueComparison:
    """Compare two texts line by line."""
    old, new = before.text.splitlines(), after.text.splitlines()
    sides = Measured(count(len(old), "line")), Measured(count(len(new), "line"))
    if before.text == after.text:
        return ValueComparison(Direction.SAME, *sides)
    if len(old) + len(new) > _LARGE:
        first = next(
            (
                at
                for at, (old_line, other) in enumerate(zip(old, new, strict=False))
                if old_line != other
            ),
            min(len(old), len(new)),
        )
        return ValueComparison(Direction.CHANGED, *sides, (f"differs from line {first + 1:,} on",))
    diff = list(unified_diff(old, new, "before", "after", lineterm=""))
    lines = diff[2:]
    gone = sum(line.startswith("-") for line in lines)
    added = sum(line.startswith("+") for line in lines)
    why = f"+{added:,} −{gone:,} lines" if lines else "line ends differ"
    details = tuple(islice(diff, MAX_LINES))
    if len(diff) > MAX_LINES:
        details = (*details, f"… {count(len(diff) - MAX_LINES, 'more line')}")
    return ValueComparison(Direction.CHANGED, *sides, (why,), details)
