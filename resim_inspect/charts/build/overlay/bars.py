"""Bars and histograms of both sides in one chart, and their difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from resim_inspect.charts.build.bars import batch_labels
from resim_inspect.charts.build.overlay.sides import ABOVE, BELOW, Words, numbered
from resim_inspect.charts.model.drawing import Axis, Bars, BarSeries, Box, Curve, Fill, Plot
from resim_inspect.text import DELTA_DIGITS, signed


def merged_bars(old: Bars, new: Bars, words: Words, *, alone: bool) -> tuple[Bars, ...] | None:
    """Each series beside that of the base, over the categories of both.

    The difference is below if `alone`. None for stacked bars and different units, which have no
    common place or scale.
    """
    stacked = (old.stacked or new.stacked) and max(len(old.series), len(new.series)) > 1
    units = {series.unit for series in (*old.series, *new.series)}
    if stacked or len(units) > 1 or old.percent != new.percent or old.area or new.area:
        return None
    keys = old.keys or numbered(old.categories), new.keys or numbered(new.categories)
    if bool(old.keys) != bool(new.keys):
        return None
    union = list(dict.fromkeys((*keys[1], *keys[0])))
    labels = {
        **dict(zip(keys[0], old.categories, strict=True)),
        **dict(zip(keys[1], new.categories, strict=True)),
    }
    if all(isinstance(key, tuple) and isinstance(key[0], int) for key in union):
        # Times of batches, whose labels are as short as keeps those of one side apart.
        union.sort()
        labels = dict(zip(union, batch_labels(union), strict=True))
    position_of = {key: number for number, key in enumerate(union)}
    spread = [
        [_spread(series, [position_of[key] for key in side], len(union)) for series in panel.series]
        for panel, side in zip((old, new), keys, strict=True)
    ]
    names = [[series.name for series in side] for side in spread]
    if len(names[0]) == len(names[1]) == 1:
        # The names of the only series would say nothing.
        names = [[words.after], [words.after]]
        spread[1] = [replace(spread[1][0], name=words.after)]
    partners = dict(zip(numbered(names[0]), spread[0], strict=True))
    merged: list[BarSeries] = []
    differences: list[BarSeries] = []
    for (name, number), series in zip(numbered(names[1]), spread[1], strict=True):
        partner = partners.pop((name, number), None)
        if partner is not None:
            merged.append(_base(partner, name, words))
            differences.append(_difference(partner, series))
        merged.append(series)
    merged += [_base(series, name, words) for (name, _), series in partners.items()]
    read = tuple(
        replace(difference, name=words.difference_name(difference.name))
        for difference in differences
    )
    main = replace(
        new,
        categories=tuple(labels[key] for key in union),
        keys=tuple(union),
        series=tuple(merged),
        stacked=False,
        read_only_series=read,
    )
    if not alone or not any(np.isfinite(difference.values).any() for difference in differences):
        return (main,)
    below = replace(
        main,
        series=tuple(differences),
        read_only_series=(),
        reference_lines=(),
        y_title=words.difference_title,
        area=BELOW,
    )
    return replace(main, area=ABOVE), below


def _spread(series: BarSeries, places: Sequence[int], n: int) -> BarSeries:
    """A series over n categories, of which it has those at `places`."""
    values = np.full(n, np.nan)
    has_value = np.zeros(n, bool)
    count = min(len(places), len(series.values))
    values[list(places[:count])] = series.values[:count]
    has_value[list(places[:count])] = True if series.has_value is None else series.has_value[:count]
    statuses = None
    if series.statuses is not None:
        statuses = np.zeros(n, np.int32)
        statuses[list(places[:count])] = series.statuses[:count]
    return replace(series, values=values, has_value=has_value, statuses=statuses)


def _base(series: BarSeries, name: str, words: Words) -> BarSeries:
    return replace(series, name=words.base_name(name), color_role="dim", statuses=None)


def _difference(before: BarSeries, after: BarSeries) -> BarSeries:
    with np.errstate(all="ignore"):
        values = after.values - before.values
    assert before.has_value is not None
    assert after.has_value is not None
    return replace(
        after, values=values, has_value=before.has_value & after.has_value, statuses=None
    )


def merged_histograms(old: Plot, new: Plot, words: Words) -> tuple[Plot, ...] | None:
    """The buckets with the outline of the base's ones; the difference below if they are the same.

    None for other plots with boxes, for different units, and for buckets that overlap.
    """
    if any(
        panel.curves or panel.bands or panel.heatmap is not None or panel.right is not None
        for panel in (old, new)
    ):
        return None
    if (old.x.kind, old.x.shown_unit) != ("number", new.x.shown_unit) or new.x.kind != "number":
        return None
    before, after = _counts(old), _counts(new)
    if before is None or after is None:
        return None
    top = max([*before.values(), *after.values(), 1.0]) * 1.05
    ends = [axis.limits for axis in (old.x, new.x) if axis.limits is not None]
    limits = (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None
    named = [replace(box, name=box.name or words.after) for box in new.boxes]
    color = next((box.color_role for box in new.boxes if box.status is None), 0)
    main = replace(
        new,
        fills=new.fills or (Fill(words.after, color),),
        x=replace(new.x, limits=limits),
        y=replace(new.y, limits=(0.0, top)),
        curves=(_outline(before, words),),
        boxes=tuple(named),
    )
    common = {*before} | {*after}
    if _overlap(common):
        return (main,)
    boxes = []
    for low, high in sorted(common):
        delta = after.get((low, high), 0.0) - before.get((low, high), 0.0)
        if delta:
            boxes.append(Box(low, high, 0.0, delta, color, text=signed(delta, "", DELTA_DIGITS)))
    centers = np.array([(low + high) / 2 for low, high in sorted(common)])
    deltas = np.array([after.get(key, 0.0) - before.get(key, 0.0) for key in sorted(common)])
    read = Curve(words.difference_name(""), centers, deltas, counted=False, legend=False)
    axis = Axis(title=words.difference_title)
    below = Plot(main.x, axis, boxes=tuple(boxes), follows_main=True, area=BELOW)
    return replace(main, area=ABOVE, read_only_curves=(read,)), below


def _counts(panel: Plot) -> Mapping[tuple[float, float], float] | None:
    """Number of values in each bucket that has any; None for buckets that overlap."""
    counts: dict[tuple[float, float], float] = {}
    for box in panel.boxes:
        if box.horizontal or min(box.y0, box.y1) < 0:
            return None
        edges = box.x0, box.x1
        counts[edges] = max(counts.get(edges, 0.0), box.y1)
    return None if _overlap(counts) else counts


def _overlap(buckets: Iterable[tuple[float, float]]) -> bool:
    return any(high > low for (_, high), (low, _) in pairwise(sorted(buckets)))


def _outline(counts: Mapping[tuple[float, float], float], words: Words) -> Curve:
    """The upper edge of the base's buckets, down to zero between them."""
    x: list[float] = []
    y: list[float] = []
    end: float | None = None
    for (low, high), height in sorted(counts.items()):
        if end != low:
            x += [low] if end is None else [end, low]
            y += [0.0] if end is None else [0.0, 0.0]
        x += [low, high]
        y += [height, height]
        end = high
    if end is not None:
        x.append(end)
        y.append(0.0)
    return Curve(words.before, np.array(x), np.array(y), color_role="dim", counted=False)
