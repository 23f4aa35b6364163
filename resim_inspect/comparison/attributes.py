"""Differences of two metrics beside their values: texts, tags, switches, limits, axes.

Not compared are ids, the display order, colours and the part of the time axis that is shown:
they change with every run, or with the metrics beside this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from resim_inspect.comparison.limits import limits_text
from resim_inspect.document.enums import Importance
from resim_inspect.document.model import (
    DoubleOverTimeValues,
    DoubleSummaryValues,
    FailureDefinition,
    HistogramValues,
    Metric,
    MetricValues,
    ScalarValues,
    Tag,
)
from resim_inspect.text import count, number

_SHOWN = 60
_AXES = ("x_axis_name", "y_axis_name", "stack_bars")
_SETS = {"states_set": "states", "failure_states": "failure states"}
_BOUNDS = {"lower_bound": "lower bound", "upper_bound": "upper bound"}


def attribute_differences(before: Metric, after: Metric) -> Iterator[str]:
    """Describe what differs in two metrics of one name."""
    if before.description != after.description:
        yield "description"
    tags = tag_difference(before.tags, after.tags)
    if tags:
        yield f"tags {tags}"
    yield from importance_difference(before.importance, after.importance)
    for word, old, new in (
        ("blocking", before.blocking, after.blocking),
        ("event metric", before.event_metric, after.event_metric),
        ("hidden", not before.shown, not after.shown),
    ):
        if bool(old) != bool(new):
            yield f"{word if new else f'not {word}'} now"
    if before.values is not None and type(before.values) is type(after.values):
        yield from _value_differences(before.values, after.values)


def importance_difference(before: Importance, after: Importance) -> Iterator[str]:
    """Describe a change of importance."""
    if before is not after:
        yield f"importance {before.name} → {after.name}"


def tag_difference(
    before: Sequence[Tag] | Sequence[str], after: Sequence[Tag] | Sequence[str]
) -> str:
    """Tags that came and went: `+team=perception −owner=a`; empty if they are the same."""
    if before == after:
        return ""
    old, new = Counter(map(_tag, before)), Counter(map(_tag, after))
    parts = [f"+{tag}" for tag in (new - old).elements()]
    parts += [f"−{tag}" for tag in (old - new).elements()]
    return " ".join(parts)


def _tag(tag: Tag | str) -> str:
    return tag if isinstance(tag, str) else f"{tag.key}={tag.value}"


def _value_differences(before: MetricValues, after: Any) -> Iterator[str]:
    kind: type = type(before)
    names = _field_names(kind)
    if isinstance(before, ScalarValues | DoubleSummaryValues):
        unit = (before.unit or "") if isinstance(before, ScalarValues) else ""
        limits = [before.failure_definition], [after.failure_definition]
        yield from _limit_differences(*limits, unit)
    if isinstance(before, DoubleOverTimeValues):
        yield from _limit_differences(before.failure_definitions, after.failure_definitions, "")
    for name in _AXES:
        if name in names and (getattr(before, name) or "") != (getattr(after, name) or ""):
            yield name.replace("_name", "").replace("_", " ")
    for name, word in _SETS.items():
        if name in names:
            change = tag_difference(getattr(before, name), getattr(after, name))
            if change:
                yield f"{word} {change}"
    for name, word in _BOUNDS.items():
        if name in names and getattr(before, name) != getattr(after, name):
            yield f"{word} {_number(getattr(before, name))} → {_number(getattr(after, name))}"
    if isinstance(before, HistogramValues) and before.buckets != after.buckets:
        yield f"{count(len(before.buckets), 'bucket')}, now {len(after.buckets):,} others"


@cache
def _field_names(values: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(values))


def _number(value: float | None) -> str:
    return "none" if value is None else number(value)


def _limit_differences(
    before: Sequence[FailureDefinition | None],
    after: Sequence[FailureDefinition | None],
    unit: str,
) -> Iterator[str]:
    if before == after:
        return
    for position in range(max(len(before), len(after))):
        old, new = (
            limits_text(side[position] if position < len(side) else None, unit)
            for side in (before, after)
        )
        if old != new:
            lead = f"series {position + 1}: " if max(len(before), len(after)) > 1 else ""
            yield f"limit: {lead}{old}, now {new}"
