"""Boxes and bands of states as bar traces, thresholds and events as lines."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.scales import Range, data_extent
from resim_inspect.charts.analysis.ticks import position_label
from resim_inspect.charts.model.layers import Axis, Bands, Box, Plot, ReferenceLine
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus
from resim_inspect.export.report.interactive.axes import plotly_span, plotly_value
from resim_inspect.export.report.interactive.encoding import color, plain
from resim_inspect.text import count

MAX_RUNS = 4_000
"""Segments of states of a chart; those of more are joined, the worst of each stays."""
MAX_EVENT_LABELS = 100
_BAND_HEIGHT = 0.72
_MIN_LENGTH = 0.004
"""Part of the extent that a segment takes at least if it fails or has no length."""


def box_traces(panel: Plot) -> list[dict[str, Any]]:
    """The boxes of a plot, those of one colour together."""
    groups: dict[tuple[Any, ...], list[Box]] = {}
    for box in panel.boxes:
        groups.setdefault((box.color_role, box.name, box.status, box.horizontal), []).append(box)
    traces = []
    # The outline of the base is read through the boxes of the other side.
    opacity = 0.55 if any(curve.color_role == "dim" for curve in panel.curves) else 1.0
    for (color_role, name, status, horizontal), boxes in groups.items():
        x0 = [plotly_value(min(box.x0, box.x1), panel.x) for box in boxes]
        x1 = [plotly_value(max(box.x0, box.x1), panel.x) for box in boxes]
        y0 = [plotly_value(min(box.y0, box.y1), panel.y) for box in boxes]
        y1 = [plotly_value(max(box.y0, box.y1), panel.y) for box in boxes]
        along, across = ((x0, x1), (y0, y1)) if horizontal else ((y0, y1), (x0, x1))
        middle = [(low + high) / 2 for low, high in zip(*across, strict=True)]
        length = [high - low for low, high in zip(*along, strict=True)]
        label = name or (status.name if status is not None else "")
        traces.append(
            {
                "type": "bar",
                "orientation": "h" if horizontal else "v",
                "x": length if horizontal else middle,
                "y": middle if horizontal else length,
                "base": along[0],
                "width": [high - low for low, high in zip(*across, strict=True)],
                "name": plain(label),
                "showlegend": bool(label),
                "hovertext": [plain(box.text or box.label or label, 200) for box in boxes],
                "hoverinfo": "text",
                "opacity": opacity,
                "marker": {
                    "color": color(color_role),
                    "line": {"width": 1, "color": "@background"},
                },
            }
        )
    return traces


def band_traces(panel: Plot) -> tuple[list[dict[str, Any]], str]:
    """The states of each row, and a note on segments that are joined."""
    roles: dict[str, ColorRole] = {fill.name: fill.color_role for fill in panel.fills}
    budget = max(50, MAX_RUNS // max(1, len(panel.bands)))
    segments: dict[str, list[tuple[int, float, float, str, MetricStatus | None]]] = {}
    joined = total = 0
    extent = data_extent(panel) or (0.0, 1.0)
    least = (extent[1] - extent[0]) * _MIN_LENGTH
    for row, band in enumerate(panel.bands):
        chosen = _chosen_runs(band, budget)
        total += len(band.starts)
        joined += len(band.starts) - len(chosen)
        stops = _ends(band, chosen)
        for k, end in zip(chosen.tolist(), stops, strict=True):
            code, severity = int(band.codes[k]), int(band.severities[k])
            low = (int(band.starts[k]) - panel.x.base) / 1e9
            high = (end - panel.x.base) / 1e9
            length = high - low
            mark = band.mark(code, severity)
            state = band.states[code]
            text = f"{band.name}: {state} {mark}".strip()
            text += f", {position_label(low, panel.x)} to {position_label(high, panel.x)}"
            worst = {"✗": MetricStatus.FAIL_BLOCK, "!": MetricStatus.FAIL_WARN}.get(mark)
            if worst is not None or not length:
                # A moment that fails, and the last sample, must be seen.
                length = max(length, least)
            segments.setdefault(state, []).append((row, low, length, text, worst))
    traces = []
    for state in sorted(segments, key=lambda name: list(roles).index(name) if name in roles else 0):
        runs = segments[state]
        edges = [color(worst) if worst is not None else "@background" for *_, worst in runs]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": plain(state),
                "showlegend": True,
                "y": [row for row, *_ in runs],
                "base": [plotly_value(low, panel.x) for _, low, *_ in runs],
                "x": [plotly_span(length, panel.x) for _, _, length, *_ in runs],
                "width": _BAND_HEIGHT,
                "hovertext": [plain(text, 300) for *_, text, _ in runs],
                "hoverinfo": "text",
                "textposition": "none",
                "marker": {
                    "color": color(roles.get(state, 0)),
                    "line": {
                        "width": [2.5 if worst is not None else 0 for *_, worst in runs],
                        "color": edges,
                    },
                },
            }
        )
    if not joined:
        return traces, ""
    return traces, (
        f"{total - joined:,} of {count(total, 'segment')} are drawn: of neighbours that are too "
        "short, the worst."
    )


def _chosen_runs(band: Bands, budget: int) -> NDArray[np.int64]:
    """Positions of the runs to draw: all, or the worst and then the longest of equal groups."""
    n = len(band.starts)
    if n <= budget:
        return np.arange(n)
    cuts = np.unique(np.linspace(0, n, budget + 1).astype(np.int64))
    failing = np.isin(band.codes, list(band.failing))
    rank = np.where(failing, MetricStatus.FAIL_BLOCK.rank, band.severities).astype(np.float64)
    lengths = (band.ends - band.starts).astype(np.float64)
    weight = rank + lengths / max(1.0, float(lengths.max()) * 2)
    chosen = [a + int(weight[a:b].argmax()) for a, b in pairwise(cuts.tolist())]
    return np.asarray(chosen, np.int64)


def _ends(band: Bands, chosen: NDArray[np.int64]) -> list[int]:
    """The ends of runs; of joined ones the start of the next that is drawn."""
    if len(chosen) == len(band.starts):
        return [int(end) for end in band.ends]
    following = [int(band.starts[k]) for k in chosen[1:]]
    return [*following, int(band.ends[-1])]


def reference_shapes(
    panel: Plot, shown: Range
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Thresholds and moments as shapes, and their labels as annotations."""
    shapes: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    labels = 0
    for line in panel.reference_lines:
        if line.vertical:
            shape, annotation = _moment(line, panel.x)
            labels += 1
            if labels > MAX_EVENT_LABELS:
                annotation = {}
        else:
            shape, annotation = _threshold(line, panel.y, shown)
        shapes.append(shape)
        if annotation:
            annotations.append(annotation)
        if line.group_label:
            annotations.append(_group_label(line))
    for note in panel.annotations:
        annotations.append(
            {
                "x": plotly_value(note.x, panel.x),
                "y": plotly_value(note.y, panel.right if note.right and panel.right else panel.y),
                "text": plain(note.text),
                "showarrow": False,
                "font": {"color": color(note.color_role)},
            }
            | ({"yref": "y2"} if note.right and panel.right is not None else {})
        )
    return shapes, annotations


def dashed_line(at: float, color_role: ColorRole, *, vertical: bool) -> dict[str, Any]:
    """The shape of a line through the whole plot, at a position as plotly has it."""
    along, across = ("y", "x") if vertical else ("x", "y")
    return {
        "type": "line",
        "line": {"color": color(color_role), "width": 1.5, "dash": "dash"},
        f"{along}ref": "paper",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{across}0": at,
        f"{across}1": at,
    }


def _threshold(
    line: ReferenceLine, axis: Axis, shown: Range
) -> tuple[dict[str, Any], dict[str, Any]]:
    at = plotly_value(line.position, axis)
    shape = dashed_line(at, line.color_role, vertical=False)
    low, high = shown
    if not low <= line.position <= high:
        return shape, {}
    annotation = {
        "xref": "paper", "x": 1, "y": line.position if axis.kind == "log" else at,
        "xanchor": "right", "yanchor": "bottom", "showarrow": False,
        "text": plain(line.label), "font": {"color": color(line.color_role), "size": 11},
    }  # fmt: skip
    return shape, annotation


def _group_label(line: ReferenceLine) -> dict[str, Any]:
    """The label of all lines of a kind, above the plot: plotly has no legend for shapes."""
    return {
        "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom",
        "yshift": 14, "showarrow": False, "text": plain(f"{line.mark} {line.group_label}"),
        "font": {"color": color(line.color_role), "size": 11},
    }  # fmt: skip


def _moment(line: ReferenceLine, axis: Axis) -> tuple[dict[str, Any], dict[str, Any]]:
    at = plotly_value(line.position, axis)
    shape = dashed_line(at, line.color_role, vertical=True)
    label = f"{line.mark} {line.label}" if line.legend else line.mark
    annotation = {
        "x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False,
        "text": plain(label, 24), "hovertext": plain(line.label),
        "font": {"color": color(line.color_role), "size": 11},
    }  # fmt: skip
    return shape, annotation
