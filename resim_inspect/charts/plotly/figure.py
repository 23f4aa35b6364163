"""A plotly figure as panels: subplots by their axes, other traces by their domains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from resim_inspect.charts.analysis.color_scale import color_at, color_range
from resim_inspect.charts.model.drawing import Area, Drawing, Fill, Message, Panel, Plot
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import bars, decode, others, scatter, shapes
from resim_inspect.charts.plotly.areas import spread
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.source import Source
from resim_inspect.document.model import Metric, PlotlyValues
from resim_inspect.text import clean, count, number

_ON_AXES = {
    "scatter", "scattergl", "bar", "histogram", "box", "violin",
    "heatmap", "heatmapgl", "contour", "histogram2d", "image",
}  # fmt: skip
_ALONE = {"table", "pie", "indicator", "funnelarea", "sunburst", "treemap", "icicle"}
_MAX_TRACES = 300


def plotly_drawing(source: Source, metric: Metric, values: PlotlyValues) -> Drawing:
    """The figure as far as a terminal can draw it; what it cannot is listed, with its size."""
    figure = decode.unpack(values.load(), decode.Budget())
    if not isinstance(figure, dict):
        figure = {}
    given = figure.get("layout")
    layout: dict[str, Any] = given if isinstance(given, dict) else {}
    data = figure.get("data")
    traces = _traces(data if isinstance(data, list) else [], layout)
    if not traces:
        return source.message(metric, "The figure has no traces.")
    hidden = source.options.hidden
    left_out: list[str] = []
    shown = [t for t in traces if t.name not in hidden and _visible(t)]
    unseen = [t for t in traces if not _visible(t)]
    if unseen:
        source.note(f"{count(len(unseen), 'trace')} switched off by the figure.")
    panels = _panels(source, shown, layout, left_out)
    if figure.get("frames"):
        left_out.append(
            count(len(decode.items(figure["frames"])), "frame of animation", "frames of animation")
        )
    if left_out:
        listed = ", ".join(dict.fromkeys(left_out))
        source.note(f"Not drawn here: {listed}. `resim-inspect browse` shows the whole figure.")
    title = decode.text(layout.get("title"), 120)
    name = clean(metric.name)
    if title and title.casefold() != name.casefold():
        source.note(f"Its title: {title}")
    if not panels:
        panels = [Message("Nothing in this figure can be drawn in a terminal.")]
    series = tuple(dict.fromkeys(t.name for t in traces if t.named))
    return source.drawing(metric, *panels, series=series)


def _visible(trace: Trace) -> bool:
    return trace.get("visible") is not False and trace.word("visible") != "legendonly"


def _traces(data: list[Any], layout: dict[str, Any]) -> list[Trace]:
    """The traces with their names and colours."""
    way = decode.items(layout.get("colorway"))
    way = way or decode.items(decode.part(layout, "template", "layout", "colorway"))
    found = []
    for k, raw in enumerate(data[:_MAX_TRACES]):
        if not isinstance(raw, dict):
            continue
        name = decode.text(raw.get("name"), 80)
        given = decode.color(decode.part(raw, "line", "color"))
        if given is None:
            given = decode.color(decode.part(raw, "marker", "color"))
        if given is None and way:
            given = decode.color(way[k % len(way)])
        color_role: ColorRole = k if given is None else given
        named = bool(name) and raw.get("showlegend") is not False
        kind = decode.word(raw.get("type"))[:40] or "scatter"
        found.append(Trace(raw, kind, k, name or f"trace {k}", color_role, named=named))
    return found


def _panels(
    source: Source, traces: list[Trace], layout: dict[str, Any], left_out: list[str]
) -> list[Panel]:
    """One panel for each pair of axes, and for each trace without axes."""
    if len(traces) == _MAX_TRACES:
        left_out.append("the traces after the first 300")
    groups: dict[tuple[str, str], list[Trace]] = {}
    alone: list[tuple[Panel, Area | None]] = []
    scenes: dict[str, list[Trace]] = {}
    unknown: dict[str, list[int]] = {}
    for trace in traces:
        if trace.kind in _ON_AXES and not (trace.kind == "image" and trace.get("z") is None):
            key = (trace.word("xaxis") or "x", trace.word("yaxis") or "y")
            groups.setdefault(key, []).append(trace)
        elif trace.kind in _ALONE:
            alone.append((_alone(trace), others.domain(trace)))
        elif trace.kind == "scatter3d":
            scenes.setdefault(trace.word("scene") or "scene", []).append(trace)
        elif trace.kind in ("funnel",):
            alone.append((others.shares(trace), None))
        else:
            unknown.setdefault(trace.kind, []).append(_size(trace))
    for kind, sizes in unknown.items():
        points = f", {sum(sizes):,} points" if sum(sizes) else ""
        left_out.append(f"{decode.text(kind, 30)} ({count(len(sizes), 'trace')}{points})")
    found: list[tuple[Panel, Area | None]] = []
    used: set[int] = set()
    for key, members in _with_right_axes(groups, layout, left_out).items():
        panel, area = _plot(source, key, members, layout, left_out, used)
        found.append((panel, area))
    for name, members in scenes.items():
        scene = layout.get(name) if isinstance(layout.get(name), dict) else {}
        panel, _ = others.space(members, scene or {})
        fake = Trace(scene or {}, "scene", 0, "", 0)
        found.append((panel, others.domain(fake)))
    found += alone
    _free_texts(source, layout, used, left_out, found)
    return spread(found)


def _alone(trace: Trace) -> Panel:
    if trace.kind == "table":
        return others.table(trace)
    if trace.kind == "indicator":
        return others.indicator(trace)
    return others.shares(trace)


def _size(trace: Trace) -> int:
    names = ("z", "x", "y", "value", "values", "lat", "r", "open", "labels", "dimensions")
    return max((decode.size_of(trace.get(name)) for name in names), default=0)


def _layout_of(layout: dict[str, Any], axis: str) -> dict[str, Any]:
    found = layout.get(f"{axis[0]}axis{axis[1:]}")
    return found if isinstance(found, dict) else {}


def _with_right_axes(
    groups: dict[tuple[str, str], list[Trace]], layout: dict[str, Any], left_out: list[str]
) -> dict[tuple[str, str], list[Trace]]:
    """Traces on a y axis that lies over another one join that one's plot, as its right axis."""
    found: dict[tuple[str, str], list[Trace]] = {}
    taken: dict[tuple[str, str], str] = {}
    for (x, y), members in groups.items():
        under = _layout_of(layout, y).get("overlaying")
        x_under = _layout_of(layout, x).get("overlaying")
        base_x = x_under if isinstance(x_under, str) else x
        if not isinstance(under, str) or not under.startswith("y"):
            found.setdefault((base_x, y), []).extend(members)
            continue
        key = (base_x, under)
        if taken.setdefault(key, y) != y:
            points = sum(_size(t) for t in members)
            left_out.append(f"traces on a third y axis ({len(members)}, {points:,} points)")
            continue
        found.setdefault(key, []).extend(replace(t, right=True) for t in members)
    return found


def _plot(
    source: Source,
    key: tuple[str, str],
    members: list[Trace],
    layout: dict[str, Any],
    left_out: list[str],
    used: set[int],
) -> tuple[Panel, Area | None]:
    """One subplot with its traces, shapes and texts."""
    x_layout, y_layout = _layout_of(layout, key[0]), _layout_of(layout, key[1])
    x, y = PlotlyAxis(key[0], x_layout), PlotlyAxis(key[1], y_layout)
    right = None
    on_right = [t for t in members if t.right]
    if on_right:
        name = on_right[0].word("yaxis")
        right = PlotlyAxis(name, _layout_of(layout, name))
    layers = Layers(x, y, right, left_out=left_out)
    order = [t.name for t in members if t.kind in ("box", "violin") and not _has_both(t)]
    for trace in members:
        _feed(layers, trace, order)
    for axis in (x, y, right):
        if axis is not None:
            axis.settle()
    _draw_traces(layers, members, layout, order)
    titles = _shapes_and_texts(layers, layout, used)
    time = source.options.time
    x_axis, y_axis = x.axis(time), y.axis(time)
    fills = tuple(layers.fills)
    if layers.heatmap is not None:
        ends = color_range(layers.heatmap)
        if ends is not None:
            fills = (
                Fill(number(ends[0]), color_at(0.0), 3),
                Fill(number(ends[1]), color_at(1.0), 0),
            )
    plot = Plot(
        x_axis,
        y_axis,
        right=right.axis(time) if right is not None else None,
        title=titles,
        curves=tuple(layers.curves),
        boxes=tuple(layers.boxes),
        heatmap=layers.heatmap,
        reference_lines=tuple(layers.reference_lines),
        annotations=tuple(layers.annotations),
        fills=fills,
    )
    return plot, _area(x_layout, y_layout)


def _has_both(trace: Trace) -> bool:
    return trace.get("x") is not None and trace.get("y") is not None


def _feed(layers: Layers, trace: Trace, order: list[str]) -> None:
    y = layers.y_of(trace)
    if trace.kind in ("box", "violin") and not _has_both(trace):
        flat = trace.get("y") is None
        (layers.x if flat else y).feed(trace.get("x" if flat else "y"))
        (y if flat else layers.x).feed(order)
        (y if flat else layers.x).kind = "category"
        return
    flat = trace.kind in ("bar", "histogram") and bars.lying(trace)
    if trace.kind == "bar" and trace.get("base") is not None:
        along = layers.x if flat else y
        along.feed(trace.get("base"))
        (y if flat else layers.x).feed(trace.get("y" if flat else "x"))
        return
    if trace.get("x") is not None:
        layers.x.feed(trace.get("x"))
    if trace.get("y") is not None:
        y.feed(trace.get("y"))


def _draw_traces(
    layers: Layers, members: list[Trace], layout: dict[str, Any], order: list[str]
) -> None:
    bar_traces = [t for t in members if t.kind == "bar"]
    if bar_traces:
        bars.add_bars(layers, bar_traces, layout)
    floors: dict[float, float] = {}
    stacks: scatter.Stacks = {}
    boxes = [t for t in members if t.kind in ("box", "violin")]
    stacked = decode.word(layout.get("barmode")) != "overlay"
    for trace in members:
        if trace.kind in ("scatter", "scattergl"):
            scatter.add(layers, trace, stacks)
        elif trace.kind == "histogram":
            bars.add_histogram(layers, trace, floors, stacked)
        elif trace.kind in ("box", "violin"):
            grouped = len(boxes) if decode.word(layout.get("boxmode")) == "group" else 1
            place = boxes.index(trace) if grouped > 1 else 0
            bars.add_box(layers, trace, order, place, grouped)
        elif trace.kind != "bar":
            others.heatmap(layers, trace)


def _shapes_and_texts(layers: Layers, layout: dict[str, Any], used: set[int]) -> str:
    """Add them; the subplot's title, which plotly writes as a text above it."""
    for shape in decode.items(layout.get("shapes"))[:200]:
        if isinstance(shape, dict):
            shapes.add_shape(layers, shape)
    title = ""
    area = _area(layers.x.layout, layers.y.layout)
    for place, note in enumerate(decode.items(layout.get("annotations"))[:200]):
        if not isinstance(note, dict):
            continue
        if shapes.add_annotation(layers, note):
            used.add(place)
        elif (
            decode.word(note.get("xref")) == decode.word(note.get("yref")) == "paper"
            and _above(note, area)
            and not title
        ):
            title = decode.text(note.get("text"), 80)
            used.add(place)
    return title


def _above(note: dict[str, Any], area: Area | None) -> bool:
    """Whether a text stands in the middle above a subplot."""
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


def _free_texts(
    source: Source,
    layout: dict[str, Any],
    used: set[int],
    left_out: list[str],
    found: list[tuple[Panel, Area | None]],
) -> None:
    """Texts that belong to no subplot are said below; shapes that were not drawn are counted."""
    texts = []
    for place, note in enumerate(decode.items(layout.get("annotations"))[:200]):
        if (
            isinstance(note, dict)
            and place not in used
            and (said := decode.text(note.get("text"), 120))
        ):
            texts.append(said)
    for said in texts[:8]:
        source.note(said)
    if len(texts) > 8:
        left_out.append(count(len(texts) - 8, "text"))
    total = [s for s in decode.items(layout.get("shapes")) if isinstance(s, dict)]
    paths = sum(s.get("type") == "path" for s in total)
    if paths:
        left_out.append(count(paths, "free shape"))
    if not found and total:
        left_out.append(count(len(total), "shape"))
