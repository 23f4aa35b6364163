"""The templates `bar`, `histogram` and `pie`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, labels
from resim_inspect.emissions.evaluation.errors import RenderError
from resim_inspect.text import count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.emissions.evaluation.columns import Column

_LINK = "link_path"
_BINS = 20
_MAX_BINS = 1000
_TEXT_INFO = {"label", "text", "value", "percent"}


def bar(canvas: Canvas) -> None:
    """Draw group, category and value, or category and value: one series for each group.

    A column `link_path` is left out: it leads to pages of the server.
    """
    import numpy as np

    columns = [column for column in canvas.columns if column.name.lower() != _LINK]
    if len(columns) < 2:
        canvas.need(len(canvas.columns) + 1, "2 or 3 columns: a group, a category and a value")
    grouped = len(columns) > 2
    category, value = columns[1 if grouped else 0], columns[2 if grouped else 1]
    if not value.is_number:
        raise RenderError(f"The column “{value.name}” has no numbers; bars need them.")
    names, values = labels(category), value.doubles()
    groups = canvas.groups(columns[0] if grouped else None)
    x_axis, y_axis = canvas.axis("xaxis", category), canvas.axis("yaxis", value)
    legend = [name for name, _ in groups] if grouped else [value.name]
    members = [[names[row] for row in rows.tolist()] for _, rows in groups]
    categories = list(dict.fromkeys(text for texts in members for text in texts))
    is_color = len(members) > 1 and sum(len(set(texts)) for texts in members) == len(categories)
    if is_color or any(len(set(texts)) < len(texts) for texts in members):
        # A bar chart has no place for a category that comes twice in a series. Where no two series
        # share a category, they are colours: it would show a missing value for each other series.
        traces = [
            {"type": "bar", "name": name, "x": texts, "y": values[rows].tolist()}
            for name, texts, (_, rows) in zip(legend, members, groups, strict=True)
        ]
        # Side by side, each bar would stand beside its category, next to the room of the others.
        canvas.figure(traces, x_axis, y_axis, categories=True, stack=is_color)
        return
    series = []
    places = {text: position for position, text in enumerate(categories)}
    for name, texts, (_, rows) in zip(legend, members, groups, strict=True):
        heights = np.full(len(categories), np.nan)
        heights[[places[text] for text in texts]] = values[rows]
        index = canvas.texts(f"{name} categories", categories)
        series.append(canvas.doubles(name, heights, unit=canvas.spec.units, index=index))
    canvas.builder.bar_chart(
        canvas.spec.name,
        series,
        x_axis=x_axis,
        y_axis=y_axis,
        stack=False,
        legend=legend,
        **canvas.common,
    )


def histogram(canvas: Canvas) -> None:
    """Draw the distribution of a value, or of group and value; several groups as a figure."""
    canvas.need(1, "1 or 2 columns: a group and a value")
    grouped = len(canvas.columns) > 1
    value = canvas.columns[1 if grouped else 0]
    if not value.is_number:
        raise RenderError(f"The column “{value.name}” has no numbers; a histogram needs them.")
    values = value.doubles()
    groups = canvas.groups(canvas.columns[0] if grouped else None)
    axis, bins = canvas.axis("xaxis", value), _bins(canvas)
    if len(groups) > 1:
        traces = [
            {"type": "histogram", "name": name, "x": values[rows].tolist(), "nbinsx": bins}
            for name, rows in groups
        ]
        canvas.figure(traces, axis, canvas.spec.text_setting("yaxis", "label") or "count")
        return
    _histogram(canvas, value, values, axis, bins)


def _bins(canvas: Canvas) -> int:
    wanted = canvas.spec.setting("display", "bins")
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        return _BINS
    return int(min(max(wanted, 1), _MAX_BINS))


def _histogram(
    canvas: Canvas, value: Column, values: NDArray[np.float64], axis: str, bins: int
) -> None:
    import numpy as np

    usable = np.isfinite(values)
    finite = values[usable]
    if not len(finite):
        raise RenderError(f"The column “{value.name}” has no finite number.")
    canvas.note_left_out(usable, "a finite number", "value")
    low, high = float(finite.min()), float(finite.max())
    with np.errstate(all="ignore"):
        edges = np.unique(np.linspace(low, high, bins + 1)).tolist()
    if len(edges) < 2 or not np.isfinite(edges).all():
        # One value only, or a range that a double cannot hold.
        edges = [low, high] if low < high else [low - 0.5, low + 0.5]
    if not edges[0] < edges[-1]:
        edges = [float(np.nextafter(low, -np.inf)), float(np.nextafter(low, np.inf))]
    data, statuses = canvas.doubles(value.name, values, unit=canvas.spec.units)
    canvas.builder.histogram(
        canvas.spec.name,
        data,
        statuses,
        buckets=list(pairwise(edges)),
        lower=edges[0],
        upper=edges[-1],
        x_axis=axis,
        **canvas.common,
    )


def pie(canvas: Canvas) -> None:
    """Draw label and value as a plotly pie."""
    canvas.need(2, "2 columns: a label and a value")
    label_column, value = canvas.columns[:2]
    if not value.is_number:
        raise RenderError(f"The column “{value.name}” has no numbers; a pie needs them.")
    undrawn = sum(not 0 <= double < float("inf") for double in value.doubles().tolist())
    if undrawn:
        verb = "is" if undrawn == 1 else "are"
        canvas.notes.append(
            f"{count(undrawn, 'value')} {verb} not drawn: NaN, infinite or below 0."
        )
    wanted = canvas.spec.text_setting("display", "text_info").split("_")
    info = "+".join(word for word in wanted if word in _TEXT_INFO) or "percent"
    trace = {
        "type": "pie",
        "labels": labels(label_column),
        "values": value.python(),
        "textinfo": info,
        "sort": False,
    }
    canvas.plotly({"data": [trace], "layout": {}})
