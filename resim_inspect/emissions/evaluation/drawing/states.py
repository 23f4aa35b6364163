"""The template `state_timeline`: states over time, one series for each system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, labels
from resim_inspect.emissions.evaluation.errors import RenderError
from resim_inspect.text import count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.emissions.evaluation.columns import Column

_SECONDS = 1e9
_LONGEST = 9.2e18


def state_timeline(canvas: Canvas) -> None:
    """Draw system, timestamp and state, or timestamp and state."""
    import numpy as np

    canvas.need(2, "2 or 3 columns: a system, a timestamp and a state")
    grouped = len(canvas.columns) > 2
    start = 1 if grouped else 0
    time, state = canvas.columns[start], canvas.columns[start + 1]
    ns, usable = _times(canvas, time, start)
    names = labels(state)
    if state.nulls is not None:
        usable &= ~state.nulls
    if not usable.all():
        rows_left = count(int((~usable).sum()), "row")
        canvas.notes.append(f"{rows_left} without a time or a state left out.")
    series, legend = [], []
    for name, rows in canvas.groups(canvas.columns[0] if grouped else None):
        # A series of states is read from left to right.
        taken = rows[usable[rows]]
        taken = taken[np.argsort(ns[taken], kind="stable")]
        if not len(taken):
            continue
        shown = name or state.name
        index = canvas.times(f"{shown} time", ns[taken])
        series.append(canvas.strings(shown, [names[row] for row in taken.tolist()], index=index))
        legend.append(shown)
    states = list(dict.fromkeys(names[row] for row in np.flatnonzero(usable).tolist()))
    if not states:
        raise RenderError("No row has both a time and a state.")
    canvas.builder.states_over_time(
        canvas.spec.name, series, states=states, legend=legend, **canvas.common
    )


def _times(
    canvas: Canvas, time: Column, position: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the times in ns, and which rows have one."""
    import numpy as np

    if time.kind in ("int", "time") and canvas.time_unit(position) in (0.0, 1.0):
        return time.values, ~time.nulls if time.nulls is not None else np.ones(len(time), np.bool_)
    if not time.is_number:
        raise RenderError(f"The column “{time.name}” has no times; a timestamp in ns is expected.")
    scaled = time.doubles() * (canvas.time_unit(position) or _SECONDS)
    usable = np.isfinite(scaled) & (np.abs(scaled) < _LONGEST)
    return np.rint(np.where(usable, scaled, 0)).astype(np.int64), usable
