"""Subplots of a plotly figure: traces on pairs of axes as plots."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from resim_inspect.charts.analysis.color_scale import color_at, color_range
from resim_inspect.charts.model.drawing import Area, Box, Fill, Panel, Plot, TimeMode
from resim_inspect.charts.plotly import decode, shapes
from resim_inspect.charts.plotly.axes import PlotlyAxis, each, length_of
from resim_inspect.charts.plotly.axis_ranges import match_root, resolve_ranges
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.plotly.traces import bars, boxes, heatmaps, images, scatter
from resim_inspect.charts.plotly.traces.stacked_areas import add_stacked_areas
from resim_inspect.text import number

ON_AXES = (
    "scatter", "scattergl", "bar", "histogram", "box", "violin", "heatmap", "contour",
    "histogram2d", "histogram2dcontour", "image",
)  # fmt: skip
_GRIDS = ("heatmap", "contour", "histogram2d", "histogram2dcontour")
_MAX_ITEMS = 200

Placed = tuple[Panel, Area | None]


@dataclass
class Subplots:
    """The axes of a figure, shared by the subplots that stand on them, and what was used."""

    layout: dict[str, Any]
    left_out: list[str]
    axes: dict[str, PlotlyAxis] = field(default_factory=dict)
    used_annotations: set[int] = field(default_factory=set)
    used_shapes: set[int] = field(default_factory=set)

    def axis(self, name: str) -> PlotlyAxis:
        """The axis of a name such as `x` or `y2`."""
        if name not in self.axes:
            layout = axis_layout(self.layout, name)
            for key in ("autotypenumbers",):
                if key in self.layout:
                    layout = {key: self.layout[key], **layout}
            self.axes[name] = PlotlyAxis(name, layout)
        return self.axes[name]

    def matching(self, axis: PlotlyAxis) -> list[PlotlyAxis]:
        """The axis and those that share its range and categories."""
        root = match_root(axis, self.axes)
        return [other for other in self.axes.values() if match_root(other, self.axes) == root]


def axis_layout(layout: dict[str, Any], axis: str) -> dict[str, Any]:
    """Layout of an axis; empty if there is none."""
    axis_object = layout.get(f"{axis[0]}axis{axis[1:]}")
    return axis_object if isinstance(axis_object, dict) else {}


def subplot_panels(subplots: Subplots, traces: list[Trace], time: TimeMode) -> list[Placed]:
    """One panel for each pair of axes, in the order of the traces."""
    pictures = [t for t in traces if t.kind == "image"]
    groups: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        key = (trace.word("xaxis") or "x", trace.word("yaxis") or "y")
        groups.setdefault(key, []).append(trace)
    placed: list[Placed] = []
    every: list[tuple[Layers, list[Trace]]] = []
    for (x, y), members in _with_right_axes(groups, subplots).items():
        shown = [t for t in members if t.kind != "image"]
        for trace in members:
            if trace in pictures:
                area = _area(axis_layout(subplots.layout, x), axis_layout(subplots.layout, y))
                placed.append((images.image_panel(trace), area))
        if not shown:
            continue
        on_right = next((t.word("yaxis") for t in shown if t.right), None)
        right = subplots.axis(on_right) if on_right else None
        layers = Layers(subplots.axis(x), subplots.axis(y), right, left_out=subplots.left_out)
        every.append((layers, shown))
    for layers, members in every:
        _feed(subplots, layers, members)
    for axis in subplots.axes.values():
        axis.determine_kind()
    for layers, members in every:
        _draw(layers, members, subplots.layout)
    titles = [_add_shapes_and_texts(layers, subplots) for layers, _ in every]
    resolve_ranges([layers for layers, _ in every], subplots.axes)
    for (layers, _), title in zip(every, titles, strict=True):
        placed.append((_plot(layers, title, time), _area(layers.x.layout, layers.y.layout)))
    return placed


def _with_right_axes(
    groups: dict[tuple[str, str], list[Trace]], subplots: Subplots
) -> dict[tuple[str, str], list[Trace]]:
    """Traces on a y axis that lies over another one join that one's plot, as its right axis."""
    joined: dict[tuple[str, str], list[Trace]] = {}
    taken: dict[tuple[str, str], str] = {}
    for (x, y), members in groups.items():
        under = axis_layout(subplots.layout, y).get("overlaying")
        x_under = axis_layout(subplots.layout, x).get("overlaying")
        base_x = x_under if isinstance(x_under, str) and x_under.startswith("x") else x
        if base_x != x:
            subplots.left_out.append(f"a second x axis ({len(members)} traces)")
            continue
        if not isinstance(under, str) or not under.startswith("y"):
            joined.setdefault((base_x, y), []).extend(members)
            continue
        key = (base_x, under)
        if taken.setdefault(key, y) != y:
            points = sum(length_of(t.get("y")) for t in members)
            subplots.left_out.append(
                f"traces on a third y axis ({len(members)}, {points:,} points)"
            )
            continue
        joined.setdefault(key, []).extend(replace(t, right=True) for t in members)
    return joined


def _feed(subplots: Subplots, layers: Layers, traces: list[Trace]) -> None:
    """Show all values to their axes, which then know their kinds and categories."""
    for trace in traces:
        y = layers.y_of(trace)
        for axis, values in _values_by_axis(layers, trace, y):
            for matched_axis in subplots.matching(axis):
                matched_axis.feed(values)
    for trace in traces:
        _weigh(layers, trace)


def _values_by_axis(layers: Layers, trace: Trace, y: PlotlyAxis) -> list[tuple[PlotlyAxis, Any]]:
    if trace.kind in ("box", "violin"):
        horizontal = boxes.is_horizontal(trace)
        along, across = (layers.x, y) if horizontal else (y, layers.x)
        pairs = [(along, values) for values in boxes.value_arrays(trace)]
        return [*pairs, (across, boxes.position_values(trace))]
    if trace.kind in ("bar", "histogram"):
        horizontal = bars.is_horizontal(trace)
        along, across = (layers.x, y) if horizontal else (y, layers.x)
        positions, sizes = (trace.get(k) for k in ("yx" if horizontal else "xy"))
        if trace.kind == "histogram":
            return [(across, positions), (along, [0.0])]
        base = trace.get("base")
        if base is not None and along.kind == "date":
            return [(across, positions), (along, base if isinstance(base, list) else [base])]
        return [(across, positions), (along, sizes)]
    pairs = []
    for axis, letter in ((layers.x, "x"), (y, "y")):
        values = trace.get(letter)
        if values is None and trace.get(letter + "0") is not None:
            values = [trace.get(letter + "0")]
        pairs.append((axis, values))
    return pairs


def _weigh(layers: Layers, trace: Trace) -> None:
    """Tell the axes how much their categories hold, for orders by totals."""
    y = layers.y_of(trace)
    if not (layers.x.layout.get("categoryorder") or y.layout.get("categoryorder")):
        return
    if trace.kind in _GRIDS:
        z = decode.grid(trace.get("z"))
        for axis, letter, rows in ((layers.x, "x", z.T), (y, "y", z)):
            for name, row in zip(each(trace.get(letter)), rows, strict=False):
                axis.weigh([name] * len(row), row.tolist())
        return
    if trace.kind == "histogram":
        horizontal = bars.is_horizontal(trace)
        counted = Counter(map(str, each(trace.get("y" if horizontal else "x"))))
        axis = y if horizontal else layers.x
        axis.weigh(list(counted), [float(n) for n in counted.values()])
        return
    for axis, letter, other in ((layers.x, "x", "y"), (y, "y", "x")):
        axis.weigh(trace.get(letter), decode.numbers(trace.get(other)).tolist())


def _draw(layers: Layers, traces: list[Trace], layout: dict[str, Any]) -> None:
    barred = [t for t in traces if t.kind in ("bar", "histogram")]
    if barred:
        bars.add_bars(layers, barred, layout)
    for kind in ("box", "violin"):
        boxed = [t for t in traces if t.kind == kind]
        if boxed:
            boxes.add_boxes(layers, boxed, layout)
    stacked = [t for t in traces if t.kind == "scatter" and t.word("stackgroup")]
    if stacked:
        add_stacked_areas(layers, stacked)
    for trace in traces:
        if trace.kind in ("scatter", "scattergl") and trace not in stacked:
            scatter.add_scatter(layers, trace)
        elif trace.kind in _GRIDS:
            heatmaps.add_heatmap(layers, trace, layout)


def _plot(layers: Layers, title: str, time: TimeMode) -> Plot:
    fills = tuple(dict.fromkeys(layers.fills))
    if layers.heatmap is not None:
        ends = color_range(layers.heatmap)
        if ends is not None:
            fills = (
                Fill(number(ends[0]), color_at(0.0), 3),
                Fill(number(ends[1]), color_at(1.0), 0),
            )
    return Plot(
        layers.x.axis(time),
        layers.y.axis(time),
        right=layers.right.axis(time) if layers.right is not None else None,
        title=title,
        curves=tuple(layers.curves),
        boxes=tuple(_grounded(layers, box) for box in layers.boxes),
        heatmap=layers.heatmap,
        reference_lines=tuple(layers.reference_lines),
        annotations=tuple(layers.annotations),
        fills=fills,
    )


def _grounded(layers: Layers, box: Box) -> Box:
    """A bar on a log axis begins where the axis does: its own start, zero, has no logarithm."""
    y = layers.right if box.right and layers.right is not None else layers.y
    if math.isinf(box.y0):
        box = replace(box, y0=y.limits[0] if y.limits else box.y1 - 1)
    if math.isinf(box.x0):
        box = replace(box, x0=layers.x.limits[0] if layers.x.limits else box.x1 - 1)
    return box


def _add_shapes_and_texts(layers: Layers, subplots: Subplots) -> str:
    """Add them; return the subplot's title, which plotly writes as a text above it."""
    for position, shape in enumerate(decode.items(subplots.layout.get("shapes"))[:_MAX_ITEMS]):
        off = not isinstance(shape, dict) or shape.get("visible") in (False, "legendonly")
        if not off and shapes.add_shape(layers, shape):
            subplots.used_shapes.add(position)
    title = ""
    area = _area(layers.x.layout, layers.y.layout)
    for position, note in enumerate(decode.items(subplots.layout.get("annotations"))[:_MAX_ITEMS]):
        if not isinstance(note, dict) or note.get("visible") is False:
            continue
        if shapes.add_annotation(layers, note):
            subplots.used_annotations.add(position)
        elif (
            decode.word(note.get("xref")) == decode.word(note.get("yref")) == "paper"
            and _is_above(note, area)
            and not title
        ):
            title = decode.text(note.get("text"), 80)
            subplots.used_annotations.add(position)
    return title


def _is_above(note: dict[str, Any], area: Area | None) -> bool:
    """Return True if a text stands in the middle above a subplot."""
    x, y = decode.number(note.get("x")), decode.number(note.get("y"))
    if area is None or x is None or y is None:
        return False
    middle = (area[0] + area[2]) / 2
    return abs(x - middle) < 0.02 and -0.01 <= y - (1 - area[1]) <= 0.1


def _area(x_layout: dict[str, Any], y_layout: dict[str, Any]) -> Area | None:
    x = [decode.number(v) for v in decode.items(x_layout.get("domain"))]
    y = [decode.number(v) for v in decode.items(y_layout.get("domain"))]
    x0, x1 = (x[0], x[1]) if len(x) == 2 else (0.0, 1.0)
    y0, y1 = (y[0], y[1]) if len(y) == 2 else (0.0, 1.0)
    if None in (x0, x1, y0, y1) or (x0, x1, y0, y1) == (0.0, 1.0, 0.0, 1.0):
        return None
    return (x0 or 0.0, 1 - (y1 or 0.0), x1 or 1.0, 1 - (y0 or 0.0))
