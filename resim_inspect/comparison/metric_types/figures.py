"""Comparison of plotly figures: arrays by trace and name, and everything else by its path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.comparison.alignment import deviation
from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.matching import match_by_key
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison, finite_mean
from resim_inspect.document.model import PlotlyValues
from resim_inspect.document.packed_arrays import Budget, unpack
from resim_inspect.errors import DocumentError
from resim_inspect.text import count, number

MAX_DIFFERENCES = 20
"""Differences that are described; more are counted."""
_SHOWN = 60


def compare_figures(
    pair: Pair,  # noqa: ARG001 - a figure has all it needs
    before: PlotlyValues,
    after: PlotlyValues,
    tolerance: Tolerance,
) -> ValueComparison:
    """Compare two figures; traces are matched by name, else by place."""
    old, problem = _figure(before)
    new, other_problem = _figure(after)
    sides = _measured(old), _measured(new)
    if problem or other_problem:
        if problem and other_problem:
            return ValueComparison(Direction.SAME, *sides)
        side = "now" if other_problem else "before"
        why: list[str] = [f"no figure {side}: {other_problem or problem}"]
        return ValueComparison(Direction.CHANGED, *sides, tuple(why))
    why = []
    number_of = 0
    for reason in figure_differences(old, new, tolerance):
        number_of += 1
        if number_of <= MAX_DIFFERENCES:
            why.append(reason)
    if number_of > MAX_DIFFERENCES:
        why.append(count(number_of - MAX_DIFFERENCES, "more difference"))
    return ValueComparison(Direction.CHANGED if why else Direction.SAME, *sides, tuple(why))


def _figure(values: PlotlyValues) -> tuple[Any, str]:
    try:
        return unpack(values.load(), Budget()), ""
    except DocumentError as error:
        return {}, str(error)


def _measured(figure: Any) -> Measured:
    """Mean of y, or of x without it, of a single trace with numbers; else the number of traces."""
    traces = _traces(figure)
    if len(traces) == 1 and isinstance(traces[0], dict):
        for name in ("y", "x"):
            values = _numbers(traces[0].get(name))
            mean = None if values is None else finite_mean(values)
            if mean is not None:
                return Measured(f"mean {name} {number(mean, 4)}", mean, measure=f"mean {name}")
    return Measured(count(len(traces), "trace"))


def _traces(figure: Any) -> list[Any]:
    traces = figure.get("data") if isinstance(figure, dict) else None
    return traces if isinstance(traces, list) else []


def figure_differences(before: Any, after: Any, tolerance: Tolerance) -> Iterator[str]:
    """Describe what differs: traces first, then the rest of the figure."""
    old, new = _traces(before), _traces(after)
    pairs = _trace_pairs(old, new)
    for position, other in sorted(pairs.items()):
        yield from differences(old[position], new[other], _trace_name(new[other], other), tolerance)
    for position, trace in enumerate(old):
        if position not in pairs:
            yield f"{_trace_name(trace, position)} gone"
    for position in sorted(set(range(len(new))) - set(pairs.values())):
        yield f"{_trace_name(new[position], position)} added"
    if isinstance(before, dict) and isinstance(after, dict):
        rest, other_rest = (
            {key: value for key, value in figure.items() if key != "data"}
            for figure in (before, after)
        )
        yield from differences(rest, other_rest, "", tolerance)


def _trace_pairs(before: list[Any], after: list[Any]) -> dict[int, int]:
    """Places of the traces by the places of their partners: by name, then by place."""
    # A trace without a name has a key of its own.
    keys, other_keys = (
        [_name(trace) or (side, position) for position, trace in enumerate(traces)]
        for side, traces in enumerate((before, after))
    )
    matches = match_by_key(keys, other_keys)
    same_places = set(matches.gone) & set(matches.added)
    return {**dict(matches.pairs), **{position: position for position in same_places}}


def _name(trace: Any) -> str:
    name = trace.get("name") if isinstance(trace, dict) else None
    return name if isinstance(name, str) else ""


def _trace_name(trace: Any, position: int) -> str:
    name = _name(trace)
    return f"trace “{name[:_SHOWN]}”" if name else f"trace {position + 1}"


def differences(before: Any, after: Any, path: str, tolerance: Tolerance) -> Iterator[str]:
    """Describe the differences of two JSON values, each with its path."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{path}.{key}" if path else str(key)
            if key not in after:
                yield f"{inner} gone"
            elif key not in before:
                yield f"{inner} added"
            else:
                yield from differences(before[key], after[key], inner, tolerance)
        return
    numbers = _numbers(before), _numbers(after)
    if numbers[0] is not None and numbers[1] is not None:
        yield from _array_difference(numbers[0], numbers[1], path, tolerance)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path}: {count(len(before), 'item')}, now {len(after):,}"
            return
        for position, (old_item, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(old_item, other, f"{path}[{position}]", tolerance)
    elif isinstance(before, float) and isinstance(after, float):
        if not tolerance.close(before, after):
            yield f"{path}: {number(before)} → {number(after)}"
    elif type(before) is not type(after) or bool(np.any(np.asarray(before != after))):
        yield f"{path}: {_word(before)} → {_word(after)}"


def _array_difference(
    before: NDArray[np.float64], after: NDArray[np.float64], path: str, tolerance: Tolerance
) -> Iterator[str]:
    if before.shape != after.shape:
        yield f"{path}: {_shape(before)}, now {_shape(after)}"
        return
    measured = deviation(before.ravel(), after.ravel(), tolerance)
    if measured.different:
        of = f"{measured.different:,} of {measured.n:,} numbers differ"
        largest = math.inf if measured.infinite else measured.largest
        yield f"{path}: {of}, by up to {number(largest)}"


def _shape(values: NDArray[np.float64]) -> str:
    """`41 numbers with mean 17.3`."""
    sides = " × ".join(f"{side:,}" for side in values.shape)
    mean = finite_mean(values)
    return f"{sides} numbers" + (f" with mean {number(mean)}" if mean is not None else "")


def _numbers(value: Any) -> NDArray[np.float64] | None:
    """The value as an array, if it is a list of numbers or a packed array; null is NaN."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float64)
    if not isinstance(value, list) or not value:
        return None
    if not all(item is None or type(item) is float for item in value):
        return None
    return np.array([np.nan if item is None else item for item in value], np.float64)


def _word(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value[:_SHOWN]}”"
    if isinstance(value, dict | list | np.ndarray):
        return count(len(value), "item")
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else number(value)
