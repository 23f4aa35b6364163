"""Suggested renames: a metric that went and one that came with nearly the same values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from resim_inspect.comparison.changes import Change
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.metric_types import compare_values
from resim_inspect.comparison.metrics import unit_of
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.document.model import Metric

NEAR = Tolerance(relative=0.01, statuses=False)
"""Values of metrics that may be one under two names differ by at most 1%."""
MAX_PAIRS = 2_000
"""Pairs whose values are compared; beyond, only those with the most similar names."""


def suggested_renames(
    pair: Pair, gone: Sequence[Metric], added: Sequence[Metric]
) -> dict[int, int]:
    """Positions in `added` by positions in `gone` of metrics that may be the same.

    Both have one type, one unit and nearly the same values; of several candidates the names
    that are most alike are chosen, each metric once.
    """
    groups: dict[tuple[int, str], tuple[list[int], list[int]]] = {}
    for side, (document, metrics) in enumerate(((pair.before, gone), (pair.after, added))):
        for position, metric in enumerate(metrics):
            if metric.values is not None:
                key = int(metric.type), unit_of(document, metric)
                groups.setdefault(key, ([], []))[side].append(position)
    candidates: list[tuple[float, int, int]] = []
    for old, new in groups.values():
        if len(old) * len(new) <= MAX_PAIRS:
            candidates += [
                (_likeness(gone[old_position].name, added[other].name), old_position, other)
                for old_position in old
                for other in new
            ]
    candidates.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    renames: dict[int, int] = {}
    used: set[int] = set()
    for _, old_position, other in candidates[:MAX_PAIRS]:
        if old_position in renames or other in used:
            continue
        values = compare_values(pair, gone[old_position].values, added[other].values, NEAR)
        if values.direction is Direction.SAME:
            renames[old_position] = other
            used.add(other)
    return renames


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name.casefold()[:200], other.casefold()[:200]).ratio()


def with_renames(
    gone: Sequence[Change], added: Sequence[Change], renames: Mapping[int, int]
) -> tuple[list[Change], list[Change]]:
    """The changes with the names that the metrics may have become or been."""
    old, new = list(gone), list(added)
    for old_position, other in renames.items():
        name, other_name = gone[old_position].name, added[other].name
        why = (*old[old_position].why, f"perhaps renamed to “{other_name}”")
        old[old_position] = replace(old[old_position], renamed=other_name, why=why)
        new[other] = replace(new[other], renamed=name, why=(f"perhaps renamed from “{name}”",))
    return old, new
