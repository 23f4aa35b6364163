"""Two drawings of one metric in one: the base dim, the other one bright, their difference below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Axis, Bands, Curve, Drawing, Plot

_ABOVE, _BELOW = (0.0, 0.0, 1.0, 0.62), (0.0, 0.62, 1.0, 1.0)
"""Areas of both sides and of their difference."""
BEFORE, AFTER = "before", "after"
"""Word behind the names of what the base has, and the name of a single curve."""
DIFFERENCE = "difference"


def overlaid(before: Drawing, after: Drawing) -> Drawing:
    """The drawing `after` with the curves or states of `before` in it.

    Times that do not overlap are aligned at their starts. A drawing of another kind, or one that
    has neither curves nor states, is left alone.
    """
    old, new = before.main, after.main
    if not isinstance(old, Plot) or not isinstance(new, Plot) or old.x.kind != new.x.kind:
        return after
    if new.bands and old.bands:
        panels: tuple[Plot, ...] = (_with_states(old, new),)
    elif new.curves and old.curves and not new.boxes and new.heatmap is None:
        panels = _with_curves(old, new)
    else:
        return after
    rest = tuple(panel for panel in after.panels if panel is not new)
    return replace(after, panels=(*panels, *rest))


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


def _with_curves(old: Plot, new: Plot) -> tuple[Plot, ...]:
    shift = _shift([curve.x for curve in old.curves], [curve.x for curve in new.curves])
    if len(old.curves) == len(new.curves) == 1:
        # The names of the only series would say nothing.
        new = replace(new, curves=(replace(new.curves[0], name=AFTER),))
        old = replace(old, curves=(replace(old.curves[0], name=AFTER),))
    base = [
        replace(
            curve,
            name=_before(curve.name),
            x=curve.x + shift if shift else curve.x,
            color_role="dim",
            statuses=None,
            counted=False,
        )
        for curve in old.curves
    ]
    merged = replace(new, curves=(*base, *new.curves))
    named = {curve.name: curve for curve in base}
    differences = []
    for curve in new.curves:
        partner = named.get(_before(curve.name))
        difference = None if partner is None else _difference(partner, curve)
        if difference is not None:
            differences.append(difference)
    if not differences:
        return (merged,)
    axis = Axis(title=f"{DIFFERENCE}, {AFTER} − {BEFORE}", unit=new.y.unit)
    # Ranges and limits are those of the values, not of their difference.
    below = Plot(replace(new.x, limits=None), axis, curves=tuple(differences), area=_BELOW)
    read = tuple(replace(curve, name=_difference_name(curve.name)) for curve in differences)
    return replace(merged, area=_ABOVE, read_only_curves=read), below


def _difference(before: Curve, after: Curve) -> Curve | None:
    """After minus before at the points of the other side; None for lines that x does not order."""
    if not len(before.x) or not len(after.x):
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


def _with_states(old: Plot, new: Plot) -> Plot:
    """Each row of states below that of the base."""
    shift = _shift([band.starts for band in old.bands], [band.starts for band in new.bands])
    base = {band.name: band for band in old.bands}
    rows: list[Bands] = []
    for band in new.bands:
        partner = base.pop(band.name, None)
        if partner is not None:
            rows.append(_moved(partner, shift))
        rows.append(band)
    rows += [_moved(band, shift) for band in base.values()]
    fills = {fill.name: fill for fill in (*old.fills, *new.fills)}
    return replace(
        new,
        y=replace(new.y, categories=tuple(band.name for band in rows)),
        bands=tuple(rows),
        fills=tuple(fills.values()),
    )


def _moved(band: Bands, shift: int) -> Bands:
    return replace(
        band, name=_before(band.name), starts=band.starts + shift, ends=band.ends + shift
    )


def _difference_name(name: str) -> str:
    return DIFFERENCE if name == AFTER else f"{name} · {DIFFERENCE}"


def _before(name: str) -> str:
    return BEFORE if name == AFTER else f"{name} · {BEFORE}"
