"""Places of bars as plotly computes them: grouped, stacked, normed; bases, widths, offsets."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.layers import Trace


@dataclass
class BarRun:
    """The bars of one trace, n of them, in `calc` units; `place_bars` fills in the results."""

    trace: Trace
    horizontal: bool
    positions: NDArray[np.float64]
    sizes: NDArray[np.float64]
    bases: NDArray[np.float64]
    based: bool
    """The figure gives the bases."""
    bin_width: float = math.inf
    """Width of the bins of a histogram; infinite for other bars."""
    length_factor: float = 1.0
    """Units of the position axis for one unit of the figure's widths: dates give ms."""
    texts: list[str] = field(default_factory=list)
    """Text beside each bar's value: one text a bar, or none."""
    low: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    high: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    start: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    top: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class BarOptions:
    """Options of the layout for the bars of a subplot."""

    mode: str = "group"
    gap: float = 0.2
    group_gap: float = 0.0
    norm: str = ""
    category: bool = False
    """The positions are categories."""
    unit: float = 1.0
    """Distance that stands for that between positions where there is one position only"""


def place_bars(runs: list[BarRun], options: BarOptions) -> None:
    """Fill in `low`, `high` (edges along positions), `start` and `top` of each run."""
    if options.mode in ("stack", "relative"):
        stacked = [run for run in runs if not run.based]
        if stacked:
            step = _step(stacked, options)
            for members, many, slot in _offset_groups(stacked, runs):
                for run in members:
                    _center(run, step, options, many, slot)
                _stack(members, step * (1 - options.gap) / many / 100, options)
        rest = [run for run in runs if run.based]
    elif options.mode == "group":
        grouped = [run for run in runs if run.trace.get("offset") is None]
        if grouped:
            _group(grouped, options)
        rest = [run for run in runs if run.trace.get("offset") is not None]
    else:
        rest = runs
    for members, many, slot in _offset_groups(rest, runs):
        for run in members:
            _center(run, _step([run], options), options, many, slot)
            run.start, run.top = run.bases, run.bases + run.sizes
            if options.norm:
                _norm([run], options, key=_step([run], options) / 100)


def _offset_groups(runs: list[BarRun], every: list[BarRun]) -> list[tuple[list[BarRun], int, int]]:
    """Runs by offset group, with the number of groups of the subplot and each one's place."""
    names = [str(run.trace.get("offsetgroup") or "") for run in every]
    groups = list(dict.fromkeys(names))
    return [
        ([run for run in runs if str(run.trace.get("offsetgroup") or "") == name], len(groups), k)
        for k, name in enumerate(groups)
        if any(str(run.trace.get("offsetgroup") or "") == name for run in runs)
    ]


def _step(runs: list[BarRun], options: BarOptions) -> float:
    """Smallest distance between the positions of bars."""
    if options.category:
        return 1.0
    every = np.concatenate([run.positions for run in runs])
    distinct = np.unique(every[np.isfinite(every)])
    width = min(run.bin_width for run in runs)
    if len(distinct) < 2:
        return width if math.isfinite(width) else options.unit
    steps = np.diff(distinct)
    # Positions that differ by rounding only are the same, as in plotly.
    steps = steps[steps > (distinct[-1] - distinct[0]) * 1e-4 / len(distinct)]
    return min(float(steps.min()) if len(steps) else options.unit, width)


def _center(run: BarRun, step: float, options: BarOptions, many: int, slot: int) -> None:
    room = step * (1 - options.gap) / many
    width = room * (1 - options.group_gap)
    _edges(run, width, ((2 * slot + 1 - many) * room - width) / 2)


def _group(runs: list[BarRun], options: BarOptions) -> None:
    step = _step(runs, options)
    every = np.concatenate([run.positions for run in runs])
    every = every[np.isfinite(every)]
    overlap = len(np.unique(every)) != len(every)
    # Offset groups count within each alignment group; other traces share the room evenly.
    offsets: dict[str, dict[str, int]] = {}
    for run in runs:
        group = run.trace.get("offsetgroup")
        if group is not None:
            known = offsets.setdefault(str(run.trace.get("alignmentgroup") or ""), {})
            known.setdefault(str(group), len(known))
    for k, run in enumerate(runs):
        known = offsets.get(str(run.trace.get("alignmentgroup") or ""), {})
        if known:
            many, slot = len(known), known.get(str(run.trace.get("offsetgroup")), 0)
        else:
            many, slot = (len(runs), k) if overlap else (1, 0)
        room = step * (1 - options.gap) / many
        width = room * (1 - options.group_gap)
        _edges(run, width, ((2 * slot + 1 - many) * room - width) / 2)
        run.start = run.bases
        if not run.based:
            _unhide(run)
        run.top = run.start + run.sizes
    if options.norm:
        _norm(runs, options, key=step / 100)


def _unhide(run: BarRun) -> None:
    """Stack bars of one trace at one position: they would hide each other.

    As in plotly, the stack begins again after a bar without a value.
    """
    if len(np.unique(run.positions)) == len(run.positions):
        return
    sums: dict[tuple[float, bool], float] = {}
    start = run.bases.copy()
    for k, (position, size) in enumerate(zip(run.positions, run.sizes, strict=True)):
        if math.isfinite(position):
            key = (float(position), bool(size < 0))
            before = sums.get(key, 0.0)
            before = before if math.isfinite(before) else 0.0
            sums[key] = before + float(start[k]) + float(size)
            if before:
                start[k] = before
    run.start = start


def _edges(run: BarRun, width: float, offset: float) -> None:
    """Edges by the trace's own `width` and `offset`, one or a list, where it has them."""
    n = len(run.positions)
    offsets = _own(run.trace.get("offset"), n, run.length_factor)
    widths = _own(run.trace.get("width"), n, run.length_factor)
    each = np.full(n, width)
    if widths is not None:
        each = np.where(np.isnan(widths), width, widths)
    start = offset + (width - each) / 2
    if offsets is not None:
        start = np.where(np.isnan(offsets), offset, offsets)
    run.low = run.positions + start
    run.high = run.low + each


def _own(raw_widths: Any, n: int, factor: float) -> NDArray[np.float64] | None:
    if isinstance(raw_widths, list | np.ndarray):
        lengths = decode.numbers(raw_widths)[:n] * factor
        return np.pad(lengths, (0, n - len(lengths)), constant_values=np.nan)
    number = decode.number(raw_widths)
    return None if number is None else np.full(n, number * factor)


def _stack(runs: list[BarRun], key: float, options: BarOptions) -> None:
    apart = options.mode == "relative"
    sums: dict[tuple[int, bool], float] = {}
    for run in runs:
        run.start = run.bases.copy()
        for k, (position, size) in enumerate(zip(run.positions, run.sizes, strict=True)):
            if math.isfinite(position) and math.isfinite(size):
                at = (round(float(position) / (key or 1.0)), apart and bool(size < 0))
                run.start[k] = sums.get(at, 0.0)
                sums[at] = float(run.start[k]) + float(size)
        run.top = run.start + run.sizes
    if options.norm:
        _scale(runs, sums, key, options, apart=apart)


def _norm(runs: list[BarRun], options: BarOptions, *, key: float) -> None:
    """Scale bars that are not stacked by the sum at their position."""
    sums: dict[tuple[int, bool], float] = {}
    for run in runs:
        for position, top in zip(run.positions, run.top, strict=True):
            if math.isfinite(position) and math.isfinite(top):
                at = (round(float(position) / (key or 1.0)), False)
                sums[at] = sums.get(at, 0.0) + float(top)
    _scale(runs, sums, key, options, apart=False)


def _scale(
    runs: list[BarRun],
    sums: dict[tuple[int, bool], float],
    key: float,
    options: BarOptions,
    *,
    apart: bool,
) -> None:
    whole = 1.0 if options.norm == "fraction" else 100.0
    for run in runs:
        factors = np.full(len(run.positions), np.nan)
        for k, (position, size) in enumerate(zip(run.positions, run.sizes, strict=True)):
            if math.isfinite(position) and math.isfinite(size):
                total = sums.get((round(float(position) / (key or 1.0)), apart and size < 0), 0.0)
                factors[k] = abs(whole / total) if total else np.nan
        run.start = run.start * factors
        run.sizes = run.sizes * factors
        run.top = run.start + run.sizes
