"""The template `state_timeline`: states over time, one series for each system."""

from __future__ import annotations

from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, labels
from resim_inspect.emissions.evaluation.errors import RenderError

_SECONDS = 1e9


def state_timeline(canvas: Canvas) -> None:
    """Draw system, timestamp and state, or timestamp and state."""
    import numpy as np

    canvas.need(2, "2 or 3 columns: a system, a timestamp and a state")
    grouped = len(canvas.columns) > 2
    start = 1 if grouped else 0
    time, state = canvas.columns[start], canvas.columns[start + 1]
    if time.kind not in ("int", "time") and not time.is_number:
        raise RenderError(f"The column “{time.name}” has no times; a timestamp in ns is expected.")
    # A float that is not derived from the timestamp counts seconds.
    unit = canvas.time_unit(start) or (_SECONDS if time.kind == "float" else 1.0)
    ns, usable = canvas.nanoseconds(start, unit)
    names = labels(state)
    if state.nulls is not None:
        usable &= ~state.nulls
    canvas.note_left_out(usable, "a time or a state")
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
