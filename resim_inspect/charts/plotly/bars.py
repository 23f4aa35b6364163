"""Bar, histogram and box traces as boxes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.ticks import nice_step
from resim_inspect.charts.model.drawing import Box, Curve, Fill
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.text import number

_GAP = 0.2
_MAX_BINS = 1000
_MAX_OUTLIERS = 200

Sums = dict[tuple[float, bool], float]


def lying(trace: Trace) -> bool:
    """Whether the bars of a trace lie."""
    given = trace.word("orientation")
    if given in ("h", "v"):
        return bool(given == "h")
    if trace.kind in ("box", "violin", "histogram"):
        return trace.get("y") is not None and trace.get("x") is None and trace.kind == "histogram"
    return False


def add_bars(layers: Layers, traces: list[Trace], layout: dict[str, Any]) -> None:
    """All bar traces of a subplot: side by side, on one another, or over one another."""
    mode = decode.word(layout.get("barmode")) or "group"
    sums: Sums = {}
    groups = list(dict.fromkeys(t.word("offsetgroup") or str(k) for k, t in enumerate(traces)))
    for k, trace in enumerate(traces):
        flat = lying(trace)
        y_axis = layers.y_of(trace)
        along, across = (layers.x, y_axis) if flat else (y_axis, layers.x)
        places_raw = trace.get("y" if flat else "x")
        lengths_raw = trace.get("x" if flat else "y")
        n = decode.size_of(lengths_raw)
        places = across.units(places_raw) if places_raw is not None else np.arange(n, dtype=float)
        base_raw = trace.get("base")
        lengths = along.lengths(lengths_raw) if base_raw is not None else along.units(lengths_raw)
        bases = _bases(along, base_raw, len(lengths))
        n = min(len(places), len(lengths))
        width = _width(trace, across, places[:n])
        slot = 0
        share = 1
        if mode == "group" and base_raw is None and len(traces) > 1:
            slot = groups.index(trace.word("offsetgroup") or str(k))
            share = len(groups)
        texts = decode.items(trace.get("text"))
        labels = texts if isinstance(trace.get("text"), list) else [texts[0]] * n if texts else []
        for i in range(min(n, 20_000)):
            place, length = float(places[i]), float(lengths[i])
            if not (math.isfinite(place) and math.isfinite(length)):
                continue
            start = float(bases[i])
            if mode in ("stack", "relative") and base_raw is None:
                key = (place, length >= 0)
                start = sums.get(key, 0.0)
                sums[key] = start + length
            each = width / share
            low = place - width / 2 + slot * each
            label = decode.text(labels[i], 24) if i < len(labels) else ""
            color_role = _color_role(trace, i)
            end = start + length if along.kind != "log" or base_raw is not None else length
            said = _said(along, start, end, label, base_raw is not None)
            if flat:
                box = Box(
                    start,
                    end,
                    low,
                    low + each,
                    color_role,
                    trace.name,
                    said,
                    label,
                    horizontal=True,
                    shade=trace.place,
                )
            else:
                box = Box(
                    low,
                    low + each,
                    start,
                    end,
                    color_role,
                    trace.name,
                    said,
                    right=trace.right,
                    shade=trace.place,
                )
            layers.boxes.append(box)
        if n > 20_000:
            layers.left_out.append(f'{n - 20_000:,} of the bars of "{trace.name}"')
        if trace.named:
            layers.fills.append(Fill(trace.name, trace.color_role, trace.place))


def _said(along: PlotlyAxis, start: float, end: float, label: str, based: bool) -> str:
    if along.kind == "date":
        text = f"{number(end - start)} s"
    elif based:
        text = f"{number(start)} … {number(end)}"
    else:
        text = number(10.0**end if along.kind == "log" else end - start, 6)
    return f"{text} {label}".strip()


def _color_role(trace: Trace, place: int) -> ColorRole:
    given = trace.get("marker", "color")
    if isinstance(given, list) and place < len(given):
        found = decode.color(given[place])
        return trace.color_role if found is None else found
    return trace.color_role


def _bases(along: PlotlyAxis, given: Any, n: int) -> NDArray[np.float64]:
    if given is None:
        return np.full(n, -300.0 if along.kind == "log" else 0.0)
    if isinstance(given, list | np.ndarray):
        found = along.units(given)
        return np.pad(found, (0, max(0, n - len(found))))[:n]
    one = along.unit(given)
    return np.full(n, 0.0 if one is None else one)


def _width(trace: Trace, across: PlotlyAxis, places: NDArray[np.float64]) -> float:
    given = trace.get("width")
    one = decode.number(given[0] if isinstance(given, list) and given else given)
    if one is not None and one > 0:
        return float(across.lengths([one])[0])
    distinct = np.unique(places[np.isfinite(places)])
    step = float(np.diff(distinct).min()) if len(distinct) > 1 else 1.0
    return step * (1 - _GAP)


def add_histogram(layers: Layers, trace: Trace, floors: dict[float, float], stack: bool) -> None:
    """Counts of values in bins: those that the trace asks for, else about as plotly chooses."""
    flat = lying(trace)
    axis = layers.y if flat else layers.x
    values = axis.units(trace.get("y" if flat else "x"))
    keep = np.isfinite(values)
    values = values[keep]
    if not len(values):
        return
    if not np.isfinite(values.max() - values.min()):
        layers.left_out.append(f'the histogram "{trace.name}" (its values are too far apart)')
        return
    weights = None
    function = trace.word("histfunc")
    if function == "sum":
        other = decode.numbers(trace.get("x" if flat else "y"))
        if len(other) == len(keep):
            weights = np.nan_to_num(other[keep])
    elif function not in ("", "count"):
        layers.left_out.append(f'the histogram "{trace.name}" by {decode.text(function, 20)}')
        return
    edges = _edges(trace, axis, values, "y" if flat else "x")
    found, edges = np.histogram(values, edges, weights=weights)
    heights = _normed(trace, found.astype(np.float64), edges)
    gap = 0.0 if axis.kind != "category" else 0.1
    for k, height in enumerate(heights.tolist()):
        low, high = float(edges[k]) + gap, float(edges[k + 1]) - gap
        floor = floors.get(low, 0.0) if stack else 0.0
        floors[low] = floor + height
        if not height:
            continue
        said = f"{number(height)} in {number(low)} … {number(high)}"
        if flat:
            layers.boxes.append(
                Box(
                    floor,
                    floor + height,
                    low,
                    high,
                    trace.color_role,
                    trace.name,
                    said,
                    horizontal=True,
                    shade=trace.place,
                )
            )
        else:
            layers.boxes.append(
                Box(
                    low,
                    high,
                    floor,
                    floor + height,
                    trace.color_role,
                    trace.name,
                    said,
                    shade=trace.place,
                )
            )
    if trace.named:
        layers.fills.append(Fill(trace.name, trace.color_role, trace.place))


def _edges(
    trace: Trace, axis: PlotlyAxis, values: NDArray[np.float64], letter: str
) -> NDArray[np.float64]:
    if axis.kind == "category":
        return np.arange(len(axis.categories) + 1, dtype=np.float64) - 0.5
    low, high = float(values.min()), float(values.max())
    bins = trace.get(letter + "bins")
    size = None
    if isinstance(bins, dict):
        given = bins.get("size")
        size = decode.number(given)
        if size is not None and axis.kind == "date":
            size /= 1000
        start, end = axis.unit(bins.get("start")), axis.unit(bins.get("end"))
        low = low if start is None else start
        high = high if end is None else end
    if size is None or size <= 0:
        asked = decode.number(trace.get("nbins" + letter))
        many = int(asked) if asked and asked >= 1 else math.ceil(2 * len(values) ** (1 / 3))
        size = nice_step(max(high - low, 1e-300), max(1, min(_MAX_BINS, many)), (1, 2, 5, 10))
        if high == low:
            return np.array([low - 0.5, low + 0.5])
        low = math.floor(low / size) * size
    many = min(_MAX_BINS, max(1, math.ceil((high - low) / size - 1e-9)))
    if low + many * size <= float(values.max()) and not isinstance(bins, dict):
        many += 1
    edges = low + np.arange(many + 1, dtype=np.float64) * size
    return edges if (np.diff(edges) > 0).all() else np.array([low - 0.5, low + 0.5])


def _normed(
    trace: Trace, found: NDArray[np.float64], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    norm = trace.word("histnorm")
    total = float(found.sum()) or 1.0
    if norm == "percent":
        found = found / total * 100
    elif norm == "probability":
        found = found / total
    elif norm == "density":
        found = found / np.diff(edges)
    elif norm == "probability density":
        found = found / total / np.diff(edges)
    if trace.get("cumulative", "enabled") is True:
        found = np.cumsum(found)
    return found


def add_box(layers: Layers, trace: Trace, order: list[str], place: int, many: int) -> None:
    """Quartiles as a box, the median in it, whiskers to the last value within 1.5 of its
    height, and what lies beyond as single marks. Violins are drawn so too."""
    flat = lying(trace) or (trace.get("x") is not None and trace.get("y") is None)
    values_axis = layers.x if flat else layers.y_of(trace)
    other = layers.y_of(trace) if flat else layers.x
    raw = trace.get("x" if flat else "y")
    spots = trace.get("y" if flat else "x")
    values = values_axis.units(raw)
    if spots is not None and decode.size_of(spots) >= len(values):
        at = other.units(spots)[: len(values)]
    else:
        at = np.full(len(values), float(order.index(trace.name)) if trace.name in order else 0.0)
        many, place = 1, 0
    for spot in np.unique(at[np.isfinite(at)])[:1000].tolist():
        part = values[(at == spot) & np.isfinite(values)]
        if len(part):
            _one_box(layers, trace, spot, part, flat, place, many)
    if trace.named and spots is not None:
        layers.fills.append(Fill(trace.name, trace.color_role, trace.place))


def _one_box(
    layers: Layers,
    trace: Trace,
    spot: float,
    part: NDArray[np.float64],
    flat: bool,
    place: int,
    many: int,
) -> None:
    q1, median, q3 = (float(v) for v in np.percentile(part, (25, 50, 75)))
    reach = 1.5 * (q3 - q1)
    low = float(part[part >= q1 - reach].min())
    high = float(part[part <= q3 + reach].max())
    each = 0.6 / many
    a = spot - 0.3 + place * each
    b = a + each
    middle = (a + b) / 2
    said = f"median {number(median)}, half from {number(q1)} to {number(q3)}"
    if flat:
        layers.boxes.append(
            Box(
                q1, q3, a, b, trace.color_role, trace.name, said, horizontal=True, shade=trace.place
            )
        )
    else:
        layers.boxes.append(
            Box(
                a,
                b,
                q1,
                q3,
                trace.color_role,
                trace.name,
                said,
                right=trace.right,
                shade=trace.place,
            )
        )
    nan = math.nan
    along = np.array([low, q1, nan, q3, high, nan])
    still = np.array([middle, middle, nan, middle, middle, nan])
    layers.curves.append(_line(trace, along, still, flat, trace.color_role))
    inner = np.array([a + each * 0.05, b - each * 0.05])
    layers.curves.append(_line(trace, np.array([median, median]), inner, flat, "text"))
    out = part[(part < low) | (part > high)][:_MAX_OUTLIERS]
    if len(out):
        line = _line(trace, out, np.full(len(out), middle), flat, trace.color_role)
        layers.curves.append(
            Curve(line.name, line.x, line.y, color_role=line.color_role, line=False, mark="•",
                  right=line.right, legend=False, counted=False)
        )  # fmt: skip


def _line(
    trace: Trace,
    along: NDArray[np.float64],
    still: NDArray[np.float64],
    flat: bool,
    color_role: ColorRole,
) -> Curve:
    x, y = (along, still) if flat else (still, along)
    return Curve(
        trace.name,
        x,
        y,
        color_role=color_role,
        right=trace.right,
        legend=False,
        counted=False,
        excluded_from_readout=True,
    )
