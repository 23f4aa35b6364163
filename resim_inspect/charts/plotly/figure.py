"""A plotly figure as panels, with notes on what is not drawn."""

from __future__ import annotations

from typing import Any

from resim_inspect.charts.model.drawing import Area, Drawing, Message, Panel
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.attributes import not_shown
from resim_inspect.charts.plotly.colors import PLAIN_SCALE, color
from resim_inspect.charts.plotly.layers import Trace
from resim_inspect.charts.plotly.panel_areas import spread
from resim_inspect.charts.plotly.subplots import ON_AXES, Placed, Subplots, subplot_panels
from resim_inspect.charts.plotly.templates import with_template
from resim_inspect.charts.plotly.traces.scenes import scene_panel
from resim_inspect.charts.plotly.traces.shares import HIERARCHIES, share_panel
from resim_inspect.charts.plotly.traces.tables import indicator_panel, table_panel
from resim_inspect.charts.source import Source
from resim_inspect.document.model import Metric, PlotlyValues
from resim_inspect.document.packed_arrays import Budget, unpack
from resim_inspect.text import clean, count

_SHARES = {"pie", "funnel", "funnelarea", *HIERARCHIES}
_MAX_TRACES = 300
_MAX_TEXTS = 8
_MAX_NAMES = 12
"""Attributes that a note names; more are counted"""
_BROWSE = "`resim-inspect browse` shows it."
_SUBSTITUTES = {
    "violin": "The violins are drawn as boxes; their densities are not shown.",
    "contour": "The contours are drawn as a heat map; their lines are not shown.",
    "histogram2dcontour": "The contours are drawn as a heat map; their lines are not shown.",
}
"""Notes on kinds of traces that are drawn as something else."""


def plotly_drawing(source: Source, metric: Metric, values: PlotlyValues) -> Drawing:
    """The figure as far as a terminal can draw it; notes name what it cannot."""
    figure = unpack(values.load(), Budget())
    if not isinstance(figure, dict):
        figure = {}
    data = figure.get("data")
    layout_value = figure.get("layout")
    raw, layout = with_template(
        data if isinstance(data, list) else [],
        layout_value if isinstance(layout_value, dict) else {},
    )
    traces = _traces(raw, layout)
    if not traces:
        return source.message(metric, "The figure has no traces.")
    left_out: list[str] = []
    hidden = source.options.hidden
    visible = [t for t in traces if _is_visible(t)]
    shown = [t for t in visible if t.name not in hidden]
    unknown = _unknown_kinds([t for t in shown if not _is_drawn(t)])
    panels = _panels(source, shown, layout, left_out)
    if not panels and unknown:
        text = f"Not drawn here: {unknown}.\n{_BROWSE}"
        return source.drawing(metric, Message(text), series=_series(traces))
    if unknown:
        source.notes.insert(0, f"Not drawn: {unknown}. {_BROWSE}")
    _add_notes(source, metric, figure, layout, traces, left_out)
    if len(visible) < len(traces):
        off = count(len(traces) - len(visible), "trace")
        source.note(f"{off} switched off by the figure.")
    if not panels:
        panels = [Message(f"Nothing in this figure can be drawn in a terminal.\n{_BROWSE}")]
    return source.drawing(metric, *panels, series=_series(traces))


def _series(traces: list[Trace]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.name for t in traces if t.named))


def _is_visible(trace: Trace) -> bool:
    return trace.get("visible") is not False and trace.word("visible") != "legendonly"


def _is_drawn(trace: Trace) -> bool:
    return trace.kind in ON_AXES or trace.kind in _SHARES or trace.kind in _OTHERS


_FILLED = {"bar", "histogram", "box", "violin"}
_OTHERS = {"table", "indicator", "scatter3d"}


def _add_notes(
    source: Source,
    metric: Metric,
    figure: dict[str, Any],
    layout: dict[str, Any],
    traces: list[Trace],
    left_out: list[str],
) -> None:
    """Note what is left out, most important first: parts, attributes, substitutes, the title."""
    if figure.get("frames"):
        frames = len(decode.items(figure["frames"]))
        left_out.append(count(frames, "frame of animation", "frames of animation"))
    if len(traces) == _MAX_TRACES:
        left_out.append(f"the traces after the first {_MAX_TRACES}")
    if left_out:
        source.note(f"Not drawn: {', '.join(dict.fromkeys(left_out))}. {_BROWSE}")
    attributes = not_shown([t.data for t in traces], layout)
    if attributes:
        verb = "is" if len(attributes) == 1 else "are"
        more = len(attributes) - _MAX_NAMES
        listed = ", ".join(attributes[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
        source.note(f"{listed} {verb} not shown.")
    for kind, text in _SUBSTITUTES.items():
        if any(t.kind == kind for t in traces):
            source.note(text)
    title = decode.text(layout.get("title"), 120)
    if title and title.casefold() != clean(metric.name).casefold():
        source.note(f"Its title: {title}")


def _traces(data: list[Any], layout: dict[str, Any]) -> list[Trace]:
    """The traces with their names, colours and fills."""
    way = decode.items(layout.get("colorway"))
    traces: list[Trace] = []
    shades: dict[tuple[str, ColorRole], int] = {}
    for k, raw in enumerate(data[:_MAX_TRACES]):
        if not isinstance(raw, dict):
            continue
        raw = _with_color_axis(raw, layout)
        name = decode.text(raw.get("name"), 80)
        line_color = color(decode.part(raw, "line", "color"))
        if line_color is None:
            line_color = color(decode.part(raw, "marker", "color"))
        if line_color is None and way:
            line_color = color(way[k % len(way)])
        role: ColorRole = k if line_color is None else line_color
        named = bool(name) and raw.get("showlegend") is not False
        kind = decode.word(raw.get("type"))[:40] or "scatter"
        name = name or f"trace {k}"
        # Fills that have no colour are told apart by shades, one for a name and colour.
        shade = (
            shades.setdefault((name, role), len(shades))
            if kind in _FILLED or decode.word(raw.get("stackgroup"))
            else 0
        )
        traces.append(Trace(raw, kind, k, name, role, named=named, shade=shade))
    return traces


def _with_color_axis(raw: dict[str, Any], layout: dict[str, Any]) -> dict[str, Any]:
    """The trace with the colour scale that its marks share with others."""
    marker = raw.get("marker")
    if not isinstance(marker, dict) or isinstance(marker.get("color"), str | None):
        return raw
    shared = layout.get(decode.word(marker.get("coloraxis")))
    if isinstance(shared, dict):
        keys = ("colorscale", "cmin", "cmax", "colorbar")
        marker = {**marker, **{key: shared[key] for key in keys if key in shared}}
    if not isinstance(marker.get("colorscale"), list):
        scale = decode.part(layout, "colorscale", "sequential")
        marker = {**marker, "colorscale": scale if isinstance(scale, list) else PLAIN_SCALE}
    return {**raw, "marker": marker}


def _unknown_kinds(traces: list[Trace]) -> str:
    """Kinds of traces that are not drawn, in words with their sizes; empty without any."""
    sizes: dict[str, list[int]] = {}
    for trace in traces:
        sizes.setdefault(trace.kind, []).append(_size(trace))
    parts = []
    for kind, points in sizes.items():
        total = f", {count(sum(points), 'point')}" if sum(points) else ""
        parts.append(f"{decode.text(kind, 30)} ({count(len(points), 'trace')}{total})")
    return ", ".join(parts)


def _size(trace: Trace) -> int:
    names = ("z", "x", "y", "value", "values", "lat", "r", "open", "labels", "dimensions")
    return max((decode.size_of(trace.get(name)) for name in names), default=0)


def _panels(
    source: Source, traces: list[Trace], layout: dict[str, Any], left_out: list[str]
) -> list[Panel]:
    """One panel for each pair of axes, each scene, and each trace without axes."""
    subplots = Subplots(layout, left_out)
    placed: list[Placed] = subplot_panels(
        subplots, [t for t in traces if t.kind in ON_AXES], source.options.time
    )
    scenes: dict[str, list[Trace]] = {}
    for trace in traces:
        if trace.kind == "scatter3d":
            scenes.setdefault(trace.word("scene") or "scene", []).append(trace)
    for name, members in scenes.items():
        scene_layout = layout.get(name)
        scene = scene_layout if isinstance(scene_layout, dict) else {}
        placed.append((scene_panel(members, scene), _domain(scene)))
    off = frozenset(decode.text(v, 60) for v in decode.items(layout.get("hiddenlabels")))
    if off and any(t.kind == "pie" for t in traces):
        left_out.append(f"{count(len(off), 'label')} switched off by the figure")
    for trace in traces:
        if trace.kind in _SHARES:
            area = None if trace.kind == "funnel" else _domain(trace.data)
            placed.append((share_panel(trace, left_out, off), area))
        elif trace.kind == "table":
            placed.append((table_panel(trace), _domain(trace.data)))
        elif trace.kind == "indicator":
            placed.append((indicator_panel(trace), _domain(trace.data)))
    _add_free_texts(source, subplots)
    return spread(placed)


def _domain(owner: dict[str, Any]) -> Area | None:
    """Place of a trace or scene in the figure: left, top, right, bottom as fractions."""
    x = [decode.number(v) for v in decode.items(decode.part(owner, "domain", "x"))]
    y = [decode.number(v) for v in decode.items(decode.part(owner, "domain", "y"))]
    if len(x) != 2 and len(y) != 2:
        return None
    x0, x1 = (x[0] or 0.0, x[1] if x[1] is not None else 1.0) if len(x) == 2 else (0.0, 1.0)
    y0, y1 = (y[0] or 0.0, y[1] if y[1] is not None else 1.0) if len(y) == 2 else (0.0, 1.0)
    return x0, 1 - y1, x1, 1 - y0


def _add_free_texts(source: Source, subplots: Subplots) -> None:
    """Texts that belong to no subplot as notes; shapes that were not drawn are counted."""
    texts = []
    for position, note in enumerate(decode.items(subplots.layout.get("annotations"))):
        if not isinstance(note, dict) or note.get("visible") is False:
            continue
        text = decode.text(note.get("text"), 120)
        if text and position not in subplots.used_annotations:
            texts.append(text)
    for text in texts[:_MAX_TEXTS]:
        source.note(text)
    if len(texts) > _MAX_TEXTS:
        subplots.left_out.append(count(len(texts) - _MAX_TEXTS, "text"))
    shapes = [
        position
        for position, shape in enumerate(decode.items(subplots.layout.get("shapes")))
        if isinstance(shape, dict) and shape.get("visible") not in (False, "legendonly")
    ]
    missing = len([position for position in shapes if position not in subplots.used_shapes])
    if missing:
        subplots.left_out.append(count(missing, "shape"))
