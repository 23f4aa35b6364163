"""The template `line`: double over time, a line plot, or a plotly figure for other axes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, labels
from resim_inspect.emissions.evaluation.errors import RenderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.emissions.evaluation.columns import Column


def line(canvas: Canvas) -> None:
    """Draw group, x, y, or x and y: one series for each value of the group."""
    canvas.need(2, "2 or 3 columns: a group, x and y")
    grouped = len(canvas.columns) > 2
    start = 1 if grouped else 0
    x, y = canvas.columns[start], canvas.columns[start + 1]
    groups = canvas.groups(canvas.columns[0] if grouped else None)
    x_axis, y_axis = canvas.axis("xaxis", x), canvas.axis("yaxis", y)
    unit = canvas.time_unit(start)
    if not y.is_number or not (x.is_number or x.kind == "time"):
        traces = _traces(groups, x, y)
        canvas.figure(traces, x_axis, y_axis)
        return
    ys, legend = y.doubles(), [name for name, _ in groups] if grouped else [y.name]
    if unit:
        _over_time(canvas, zip(groups, legend, strict=True), canvas.nanoseconds(start, unit), ys)
        return
    xs = x.doubles()
    series = []
    for (_, rows), name in zip(groups, legend, strict=True):
        east = canvas.coordinates(f"{name} {x.name}", xs[rows])
        series.append((east, *canvas.doubles(f"{name} {y.name}", ys[rows], unit=canvas.spec.units)))
    canvas.builder.line_plot(
        canvas.spec.name, series, x_axis=x_axis, y_axis=y_axis, legend=legend, **canvas.common
    )


def _over_time(
    canvas: Canvas,
    groups: Iterable[tuple[tuple[str, NDArray[np.intp]], str]],
    times: tuple[NDArray[np.int64], NDArray[np.bool_]],
    ys: NDArray[np.float64],
) -> None:
    """Draw the rows that have a time: the others have no place on the axis."""
    ns, usable = times
    canvas.note_left_out(usable, "a time")
    series, legend = [], []
    for (_, rows), name in groups:
        taken = rows[usable[rows]]
        if not len(taken):
            continue
        index = canvas.times(f"{name} time", ns[taken])
        series.append(canvas.doubles(name, ys[taken], unit=canvas.spec.units, index=index))
        legend.append(name)
    if not series:
        raise RenderError("No row has a time.")
    canvas.builder.double_over_time(
        canvas.spec.name,
        series,
        y_axis=canvas.axis("yaxis", canvas.columns[-1]),
        legend=legend,
        **canvas.common,
    )


def _traces(
    groups: list[tuple[str, NDArray[np.intp]]], x: Column, y: Column
) -> list[dict[str, Any]]:
    xs = x.python() if x.is_number else labels(x)
    ys = y.python() if y.is_number else labels(y)
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [xs[row] for row in rows.tolist()],
            "y": [ys[row] for row in rows.tolist()],
        }
        for name, rows in groups
    ]
