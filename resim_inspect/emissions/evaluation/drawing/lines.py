"""The template `line`: double over time, a line plot, or a plotly figure for other axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, labels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.emissions.evaluation.columns import Column

_LONGEST = 9.2e18
"""ns that fit into 64 bits."""


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
        ns = _nanoseconds(x, unit)
        if ns is not None:
            _over_time(canvas, groups, legend, ns, ys, y_axis)
            return
    xs = x.doubles()
    series = []
    for (_, rows), name in zip(groups, legend, strict=True):
        east, _ = canvas.doubles(f"{name} {x.name}", xs[rows])
        series.append((east, *canvas.doubles(f"{name} {y.name}", ys[rows], unit=canvas.spec.units)))
    canvas.builder.line_plot(
        canvas.spec.name, series, x_axis=x_axis, y_axis=y_axis, legend=legend, **canvas.common
    )


def _nanoseconds(x: Column, unit: float) -> NDArray[np.int64] | None:
    """The times of a column; None unless all rows have one that fits into 64 bits."""
    import numpy as np

    if x.null_count:
        return None
    if x.kind in ("int", "time") and unit == 1.0:
        return x.values
    scaled = x.doubles() * unit
    if not np.isfinite(scaled).all() or (np.abs(scaled) > _LONGEST).any():
        return None
    return np.rint(scaled).astype(np.int64)


def _over_time(
    canvas: Canvas,
    groups: list[tuple[str, NDArray[np.intp]]],
    legend: list[str],
    ns: NDArray[np.int64],
    ys: NDArray[np.float64],
    y_axis: str,
) -> None:
    series = []
    for (_, rows), name in zip(groups, legend, strict=True):
        index = canvas.times(f"{name} time", ns[rows])
        series.append(canvas.doubles(name, ys[rows], unit=canvas.spec.units, index=index))
    canvas.builder.double_over_time(
        canvas.spec.name, series, y_axis=y_axis, legend=legend, **canvas.common
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
