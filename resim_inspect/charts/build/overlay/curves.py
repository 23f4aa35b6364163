"""Curves and states of both sides in one plot, and the difference of the curves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.build.overlay.sides import ABOVE, BELOW, Words, numbered
from resim_inspect.charts.model.drawing import Axis, Bands, Curve, Plot


def merged_plots(old: Plot, new: Plot, words: Words, *, alone: bool) -> tuple[Plot, ...] | None:
    """Curves of both sides with their difference below if `alone`, or states of both in rows.

    Times that do not overlap are aligned at their starts. None for what has no common axes.
    """
    if old.x.kind != new.x.kind or old.heatmap is not None or new.heatmap is not None:
        return None
    if new.bands and old.bands and not new.curves and not old.curves:
        return (_with_states(old, new, words),)
    if not new.curves or not old.curves or not _same_axes(old, new):
        return None
    return _with_curves(old, new, words, alone=alone)


def _same_axes(old: Plot, new: Plot) -> bool:
    if (old.right is None) != (new.right is None):
        return False
    pairs = [(old.x, new.x), (old.y, new.y)]
    if old.right is not None and new.right is not None:
        pairs.append((old.right, new.right))
    return all(
        axis.kind == other.kind
        and axis.shown_unit == other.shown_unit
        and axis.categories == other.categories
        for axis, other in pairs
    )


def _shift(old: list[NDArray[Any]], new: list[NDArray[Any]]) -> int:
    """Distance in ns that puts the start of the old times on that of the new ones.

    0 if they overlap, and for other axes than those of times.
    """
    old, new = ([times for times in side if len(times)] for side in (old, new))
    if not old or not new or any(times.dtype.kind != "i" for times in (*old, *new)):
        return 0
    first, other = (min(int(times.min()) for times in side) for side in (old, new))
    last, other_last = (max(int(times.max()) for times in side) for side in (old, new))
    return other - first if last < other or other_last < first else 0


def _with_curves(old: Plot, new: Plot, words: Words, *, alone: bool) -> tuple[Plot, ...]:
    shift = _shift([curve.x for curve in old.curves], [curve.x for curve in new.curves])
    if len(old.curves) == len(new.curves) == 1:
        # The names of the only series would say nothing.
        new = replace(new, curves=(replace(new.curves[0], name=words.after),))
        old = replace(old, curves=(replace(old.curves[0], name=words.after),))
    # Where both sides are drawn, the names of the curves tell them apart.
    new = replace(new, curves=tuple(replace(curve, legend=curve.counted) for curve in new.curves))
    base = [
        replace(
            curve,
            name=words.base_name(curve.name),
            legend=curve.counted,
            x=curve.x + shift if shift else curve.x,
            color_role="dim",
            statuses=None,
            counted=False,
        )
        for curve in old.curves
    ]
    merged = replace(new, curves=(*base, *new.curves))
    partners = dict(zip(numbered(curve.name for curve in old.curves), base, strict=True))
    differences = []
    for key, curve in zip(numbered(curve.name for curve in new.curves), new.curves, strict=True):
        # Marks on other curves belong to the series below them.
        partner = partners.get(key) if curve.counted else None
        difference = None if partner is None else _difference(partner, curve)
        if difference is not None:
            differences.append(difference)
    # The difference of logarithms is a ratio.
    if not differences or new.y.kind != "number":
        return (merged,)
    read = tuple(replace(curve, name=words.difference_name(curve.name)) for curve in differences)
    merged = replace(merged, read_only_curves=read)
    is_empty = not any(np.isfinite(curve.y).any() for curve in differences)
    if not alone or new.area is not None or is_empty:
        return (merged,)
    axis = Axis(title=words.difference_title, unit=new.y.unit)
    # Ranges and limits are those of the values, not of their difference.
    x = replace(new.x, limits=None)
    below = Plot(x, axis, curves=tuple(differences), follows_main=True, area=BELOW)
    return replace(merged, area=ABOVE), below


def _difference(before: Curve, after: Curve) -> Curve | None:
    """Subtract `before` from `after`, at the points of `after`.

    None for other units, and for lines that x does not order.
    """
    if not len(before.x) or not len(after.x) or before.unit != after.unit:
        return None
    with np.errstate(all="ignore"):
        if np.array_equal(before.x, after.x):
            y = after.y - before.y
        else:
            if not all(bool((curve.x[1:] >= curve.x[:-1]).all()) for curve in (before, after)):
                return None
            # Doubles hold times since 1970 to some hundred ns, which no screen shows.
            at, known = after.x.astype(np.float64), before.x.astype(np.float64)
            y = after.y - np.interp(at, known, before.y, left=np.nan, right=np.nan)
    return replace(after, y=y, statuses=None, counted=False, legend=False)


def _with_states(old: Plot, new: Plot, words: Words) -> Plot:
    """Each row of states below that of the base."""
    shift = _shift([band.starts for band in old.bands], [band.starts for band in new.bands])
    if len(old.bands) == len(new.bands) == 1:
        old = replace(old, bands=(replace(old.bands[0], name=new.bands[0].name),))
    base = dict(zip(numbered(band.name for band in old.bands), old.bands, strict=True))
    rows: list[Bands] = []
    for key, band in zip(numbered(band.name for band in new.bands), new.bands, strict=True):
        partner = base.pop(key, None)
        if partner is not None:
            rows.append(_moved(partner, shift, words))
        rows.append(band)
    rows += [_moved(band, shift, words) for band in base.values()]
    fills = {fill.name: fill for fill in (*old.fills, *new.fills)}
    return replace(
        new,
        y=replace(new.y, categories=tuple(band.name for band in rows)),
        bands=tuple(rows),
        fills=tuple(fills.values()),
    )


def _moved(band: Bands, shift: int, words: Words) -> Bands:
    return replace(
        band, name=words.base_name(band.name), starts=band.starts + shift, ends=band.ends + shift
    )
