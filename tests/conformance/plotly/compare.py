"""Comparison of a figure's drawing with what plotly.js computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import draw
from resim_inspect.charts.analysis.color_scale import color_range
from resim_inspect.charts.analysis.decimate import decimate
from resim_inspect.charts.analysis.scales import x_range, y_range
from resim_inspect.charts.model.drawing import Axis, Bars, Drawing, Message, Plot

Facts = dict[str, Any]
_KINDS = {
    "linear": "number", "-": "number", "log": "log", "date": "time", "category": "category",
    "multicategory": "category",
}  # fmt: skip
_RANGE_SLACK = 0.16
"""Share of the span: plotly pads for marks in pixels, a terminal by cells."""
_CLOSE = 1e-6


def drawing_of(figure: dict[str, Any]) -> Drawing:
    """Our drawing of a figure."""
    build = DocumentBuilder()
    build.plotly("figure", figure)
    document = build.document()
    return draw(document, document.metrics[0])


def has_note(drawing: Drawing) -> bool:
    """Return True if the drawing says that something of the figure is not in it."""
    texts = [*drawing.notes, *(p.text for p in drawing.panels if isinstance(p, Message))]
    return any("ot drawn" in text or "ot shown" in text for text in texts)


def disagreements(facts: Facts, drawing: Drawing) -> list[str]:
    """Sentences on what differs; empty where the drawing says what plotly says."""
    differences: list[str] = []
    plots = [p for p in drawing.panels if isinstance(p, Plot)]
    axes = facts.get("axes", {})
    by_name: dict[str, Axis] = {}
    for k, plot in enumerate(plots):
        number = "" if k == 0 else str(k + 1)
        for name, axis in (("x" + number, plot.x), ("y" + number, plot.y), ("y2", plot.right)):
            if axis is not None and name in axes:
                by_name[name] = axis
                differences += _axis(name, axes[name], axis, plot, right=axis is plot.right)
    for trace in facts["traces"]:
        if not trace["visible"]:
            continue
        holders = [p for p in plots if trace["name"] in _names(p)] or plots
        if not holders and any(key in trace for key in ("bars", "boxes", "points", "z")):
            differences.append(f'{trace["type"]} "{trace["name"]}" is on no plot')
        elif "bars" in trace and trace["type"] != "funnel":
            differences += _bars(trace, holders)
        elif "boxes" in trace:
            differences += _boxes(trace, holders)
        elif "points" in trace:
            differences += _points(trace, holders)
        elif "z" in trace:
            differences += _grid(trace, holders)
        elif "slices" in trace:
            values: dict[str, float] = {}
            for piece in trace["slices"]:
                values[piece["label"]] = values.get(piece["label"], 0.0) + piece["value"]
            differences += _parts(trace["name"], values, drawing)
        elif "sectors" in trace:
            differences += _parts(trace["name"], _level(trace["sectors"]), drawing)
    return differences


def _names(plot: Plot) -> set[str]:
    return {c.name for c in plot.curves} | {b.name for b in plot.boxes}


def _units(axis: Axis, linear: bool = False) -> Callable[[Any], NDArray[np.float64]]:
    """Plotly's numbers as axis units; `linear`: they are not log10 on a log axis yet."""

    def convert(values: Any) -> NDArray[np.float64]:
        numbers = np.array([math.nan if v is None else v for v in values], np.float64)
        if axis.kind == "time":
            return (numbers - axis.base / 1e6) / 1e3
        if axis.kind == "log" and linear:
            with np.errstate(all="ignore"):
                return np.where(numbers > 0, np.log10(numbers), np.nan)
        return numbers

    return convert


def _axis(name: str, facts: Facts, axis: Axis, plot: Plot, *, right: bool) -> list[str]:
    lines = []
    if _KINDS[facts["type"]] != axis.kind:
        return [f"{name} is {facts['type']}, drawn as {axis.kind}"]
    if axis.kind == "category" and facts["categories"] != list(axis.categories):
        return [f"{name} has {facts['categories']}, drawn {list(axis.categories)}"]
    low, high = _units(axis)(facts["range"]).tolist()
    if (low > high) != axis.reverse:
        lines.append(f"{name} runs from {low} to {high}, drawn reversed: {axis.reverse}")
    low, high = min(low, high), max(low, high)
    if name.startswith("x"):
        ours = x_range(plot, None)
    else:
        view = x_range(plot, None)
        decimated = [(curve, decimate(curve, plot.x, view, 400)) for curve in plot.curves]
        ours = y_range(plot, axis, right, decimated, view)
    exact = facts["autorange"] is False
    slack = (high - low) * (_CLOSE if exact else _RANGE_SLACK)
    close = abs(ours[0] - low) <= slack and abs(ours[1] - high) <= slack
    # Without limits a terminal shows all that is drawn, and whole places of categories.
    inside = axis.limits is None and low - slack <= ours[0] and ours[1] <= high + slack
    drawn = _drawn_values(name, plot, right)
    alone = not drawn or min(drawn) == max(drawn)
    empty = any(not _drawn_values(letter, plot, right) for letter in "xy")
    loose = axis.kind == "category" or alone or empty
    if not close and not inside and (exact or not loose):
        lines.append(f"{name} shows {low}…{high}, drawn {ours[0]}…{ours[1]}")
    return lines


def _drawn_values(name: str, plot: Plot, right: bool) -> list[float]:
    """All finite positions of what is drawn on an axis."""
    values: list[float] = []
    for curve in plot.curves:
        if name.startswith("x") or curve.right is right:
            values += (curve.x if name.startswith("x") else curve.y).tolist()
    for box in plot.boxes:
        if name.startswith("x"):
            values += [box.x0, box.x1]
        elif box.right is right:
            values += [box.y0, box.y1]
    if plot.heatmap is not None:
        grid = plot.heatmap
        values += [grid.x0, grid.x1] if name.startswith("x") else [grid.y0, grid.y1]
    return [v for v in values if math.isfinite(v)]


def _differ(what: str, theirs: list[tuple[float, ...]], ours: list[tuple[float, ...]]) -> list[str]:
    """One sentence where two lists of numbers are not about the same."""
    theirs, ours = sorted(theirs), sorted(ours)
    if len(theirs) == len(ours) and (
        not theirs
        or np.allclose(np.array(theirs), np.array(ours), rtol=_CLOSE, atol=1e-7, equal_nan=True)
    ):
        return []
    return [f"{what}: plotly {_short(theirs)}, drawn {_short(ours)}"]


def _short(values: list[tuple[float, ...]]) -> str:
    text = ", ".join("(" + " ".join(f"{v:.6g}" for v in numbers) + ")" for numbers in values[:8])
    return f"{len(values)}: {text}"


def _bars(trace: Facts, plots: list[Plot]) -> list[str]:
    theirs: list[tuple[float, ...]] = []
    ours: list[tuple[float, ...]] = []
    horizontal = trace["orientation"] == "h"
    plot = plots[0]
    right = any(b.right for b in plot.boxes if b.name == trace["name"])
    y = plot.right if right and plot.right is not None else plot.y
    across, along = (y, plot.x) if horizontal else (plot.x, y)
    for bar in trace["bars"]:
        if bar["middle"] is None or bar["top"] is None:
            continue
        edges = [bar["middle"] - bar["width"] / 2, bar["middle"] + bar["width"] / 2]
        low, high = _units(across, linear=True)(edges).tolist()
        base, top = _units(along, linear=True)([bar["base"], bar["top"]]).tolist()
        # Bars of dates begin in 1970, where the axis does not: they have no base to compare.
        if along.kind == "log" or (along.kind == "time" and not bar["base"]):
            base = math.nan
        if math.isfinite(top):
            theirs.append((low, high, top, base))
    for box in plot.boxes:
        if box.name == trace["name"]:
            sides = (box.y0, box.y1, box.x1, box.x0) if horizontal else (
                box.x0, box.x1, box.y1, box.y0
            )  # fmt: skip
            based = along.kind != "log" and not any(math.isnan(bar[3]) for bar in theirs)
            ours.append((*sides[:3], sides[3] if based else math.nan))
    return _differ(f'the bars of "{trace["name"]}"', theirs, ours)


def _boxes(trace: Facts, plots: list[Plot]) -> list[str]:
    horizontal = trace["orientation"] == "h"
    plot = plots[0]
    across, along = (plot.y, plot.x) if horizontal else (plot.x, plot.y)
    theirs = []
    for box in trace["boxes"]:
        middle = _units(across)([box["position"] + box["shift"]])[0]
        names = ("q1", "median", "q3", "low", "high")
        values = [box["median"] if box[name] is None else box[name] for name in names]
        theirs.append((float(middle), *_units(along, linear=True)(values).tolist()))
    middles: list[tuple[float, float, float]] = [
        ((b.y0 + b.y1) / 2, b.x0, b.x1) if horizontal else ((b.x0 + b.x1) / 2, b.y0, b.y1)
        for b in plot.boxes
        if b.name == trace["name"]
    ]
    lines = [
        (c.x if horizontal else c.y).tolist()
        for c in plot.curves
        if c.name == trace["name"] and c.line
    ]
    whiskers = [line for line in lines if len(line) == 6]
    medians = [line for line in lines if len(line) == 2]
    ours: list[tuple[float, ...]] = [
        (middle, q1, float(median[0]), q3, float(whisker[0]), float(whisker[4]))
        for (middle, q1, q3), whisker, median in zip(middles, whiskers, medians, strict=True)
    ]
    return _differ(f'the boxes of "{trace["name"]}"', theirs, ours)


def _points(trace: Facts, plots: list[Plot]) -> list[str]:
    plot = plots[0]
    curve = next((c for c in plot.curves if c.name == trace["name"]), None)
    right = curve is not None and curve.right
    y_axis = plot.right if right and plot.right is not None else plot.y
    x = _units(plot.x, linear=True)([p[0] for p in trace["points"]])
    y = _units(y_axis, linear=True)([p[1] for p in trace["points"]])
    theirs = {_rounded(a, b) for a, b in zip(x, y, strict=True) if np.isfinite(a + b)}
    if curve is None:
        tops = {_rounded((b.x0 + b.x1) / 2, b.y1) for b in plot.boxes if b.name == trace["name"]}
        # A layer of height zero at the only position of a stack has no bar.
        return [] if tops == theirs or not tops else [f"points {theirs}, drawn bars {tops}"]
    every = [c for c in plot.curves if c.name == trace["name"] and not c.excluded_from_readout]
    ours = {
        _rounded(float(a), float(b))
        for c in every
        for a, b in zip(c.x, c.y, strict=True)
        if np.isfinite(a + b)
    }
    missing = theirs - ours
    if "(stacked)" in plot.y.title + plot.x.title:
        # Layers of height zero are left out where they lie on another one.
        return [] if ours <= theirs else [f"points {theirs}, drawn {ours}"]
    return [f"points {theirs}, drawn {ours}"] if missing else []


def _rounded(*values: float) -> tuple[float, ...]:
    return tuple(float(f"{v:.8g}") + 0.0 for v in values)


def _grid(trace: Facts, plots: list[Plot]) -> list[str]:
    heatmap = plots[0].heatmap if plots else None
    if heatmap is None:
        return [f'no grid of "{trace["name"]}"']
    theirs = np.full((len(trace["z"]), max(len(row) for row in trace["z"])), math.nan)
    for r, row in enumerate(trace["z"]):
        theirs[r, : len(row)] = [math.nan if v is None else v for v in row]
    x = _units(plots[0].x, linear=True)(trace["x"])
    y = _units(plots[0].y, linear=True)(trace["y"])
    edges_x = _edges(heatmap.x_edges, heatmap.x0, heatmap.x1, heatmap.z.shape[1])
    edges_y = _edges(heatmap.y_edges, heatmap.y0, heatmap.y1, heatmap.z.shape[0])
    ours = heatmap.z
    if trace["type"] in ("contour", "histogram2dcontour"):
        x, y = edges_x, edges_y
    if len(x) > 1 and x[0] > x[-1]:
        x, theirs = x[::-1], theirs[:, ::-1]
    if len(y) > 1 and y[0] > y[-1]:
        y, theirs = y[::-1], theirs[::-1]
    parts = []
    if theirs.shape != ours.shape or not np.allclose(theirs, ours, equal_nan=True):
        parts.append(f"the grid {theirs.tolist()}, drawn {ours.tolist()}")
    for name, a, b in (("x", x, edges_x), ("y", y, edges_y)):
        if len(a) != len(b) or not np.allclose(a, b, atol=1e-7):
            parts.append(f"edges of {name}: {a.tolist()}, drawn {b.tolist()}")
    ends = color_range(heatmap)
    scale = trace.get("scale")
    if ends is not None and ends[0] == ends[1]:
        # One value has one colour, wherever the scale ends.
        return parts
    if scale and None not in scale and ends is not None and not np.allclose(scale, ends):
        parts.append(f"colours of {scale}, drawn {ends}")
    return parts


def _edges(
    edges: NDArray[np.float64] | None, low: float, high: float, n: int
) -> NDArray[np.float64]:
    return np.linspace(low, high, n + 1) if edges is None else edges


def _level(sectors: list[Facts]) -> dict[str, float]:
    """The outermost level of a hierarchy with more than one part."""
    for depth in sorted({s["depth"] for s in sectors}):
        level = [s for s in sectors if s["depth"] == depth]
        if len(level) > 1 or depth == max(s["depth"] for s in sectors):
            ranges: dict[str, float] = {}
            for sector in level:
                ranges[sector["label"]] = ranges.get(sector["label"], 0.0) + sector["value"]
            return ranges
    return {}


def _parts(name: str, theirs: dict[str, float], drawing: Drawing) -> list[str]:
    for panel in drawing.panels:
        if isinstance(panel, Bars) and panel.series[0].name == name:
            values = panel.series[0].values.tolist()
            ours = dict(zip(panel.categories, values, strict=True))
            same = ours.keys() == theirs.keys() and all(
                math.isclose(ours[k], theirs[k], rel_tol=_CLOSE) for k in ours
            )
            return [] if same else [f'parts of "{name}": {theirs}, drawn {ours}']
    return [] if not theirs else [f'parts of "{name}": {theirs}, none drawn']
