"""Filled shapes on cells: bars and buckets in eighths of a cell, bands of states, heat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.color_scale import color_at, color_range
from resim_inspect.charts.analysis.decimate import ns_of
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.drawing import Axis, Bands, Box, Heatmap
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.style import ColorRole, Palette, Style
from resim_inspect.charts.rendering.cells import RIGHT, UP, Grid
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width, cut

FILLS = "█▓▒░"
"""Fills of the series where there are no colours."""


def fill_char(shade: int, palette: Palette) -> str:
    """The character of a full cell: shades tell series apart where there are no colours."""
    return "█" if palette.color else FILLS[shade % len(FILLS)]


def paint_boxes(
    grid: Grid, area: Rect, boxes: tuple[Box, ...], x: Scale, y: Scale, palette: Palette
) -> None:
    """Boxes in their order; each at least a cell wide, its growing end in eighths of a cell."""
    if not boxes:
        return
    edges = np.array([(b.x0, b.x1, b.y0, b.y1) for b in boxes], np.float64)
    with np.errstate(invalid="ignore"):
        left = x.place(np.minimum(edges[:, 0], edges[:, 1]))
        right = x.place(np.maximum(edges[:, 0], edges[:, 1]))
        low = y.place(np.minimum(edges[:, 2], edges[:, 3]))
        high = y.place(np.maximum(edges[:, 2], edges[:, 3]))
    places = np.stack((np.minimum(left, right), np.maximum(left, right)), 1)
    levels = np.stack((np.minimum(low, high), np.maximum(low, high)), 1)
    for k, box in enumerate(boxes):
        (l_, r), (b, t) = places[k].tolist(), levels[k].tolist()
        if not all(np.isfinite(v) for v in (l_, r, b, t)):
            continue
        if r < 0 or l_ > area.width or t < 0 or b > area.height:
            continue
        if box.horizontal:
            _lying(grid, area, box, l_, r, b, t, palette)
        else:
            _standing(grid, area, box, l_, r, b, t, palette)


def _columns(low: float, high: float, cells: int) -> range:
    """The cells that a box covers: those whose middle lies in it, and at least one."""
    first = max(0, round(low))
    last = min(cells, round(high))
    if last <= first:
        first = min(cells - 1, max(0, int((low + high) / 2)))
        last = first + 1
    return range(first, last)


def _standing(
    grid: Grid, area: Rect, box: Box, l_: float, r: float, b: float, t: float, palette: Palette
) -> None:
    b, t = max(0.0, b), min(float(area.height), t)
    style = palette.style(box.color_role)
    full = fill_char(box.shade, palette)
    for column in _columns(l_, r, area.width):
        for row in range(int(b), min(area.height, int(np.ceil(t)) if t > b else int(b) + 1)):
            part = min(t, row + 1.0) - max(b, float(row))
            eighths = round(part * 8)
            spot = (area.x + column, area.y + area.height - 1 - row)
            if eighths >= 8:
                grid.put(*spot, full, style)
                continue
            if not eighths and t - b >= 1 / 8:
                continue
            from_below = b <= row or t - b < 1 / 8
            if palette.color:
                grid.part(*spot, max(1, eighths), style, "low" if from_below else "high")
            elif eighths >= 4 or full == "█":
                # Without colours a cell shows one thing: what covers most of it.
                tip = UP[max(1, eighths)] if from_below else "▀▔"[eighths < 4]
                free = grid.blank(*spot, 1)
                if full != "█" or free:
                    grid.put(*spot, full if full != "█" else tip, style)


def _lying(
    grid: Grid, area: Rect, box: Box, l_: float, r: float, b: float, t: float, palette: Palette
) -> None:
    l_, r = max(0.0, l_), min(float(area.width), r)
    style = palette.style(box.color_role)
    full = fill_char(box.shade, palette)
    rows = _columns(b, t, area.height)
    for row in rows:
        y = area.y + area.height - 1 - row
        first = int(l_)
        for column in range(first, min(area.width, int(np.ceil(r)) if r > l_ else first + 1)):
            part = min(r, column + 1.0) - max(l_, float(column))
            eighths = round(part * 8)
            spot = (area.x + column, y)
            if eighths >= 8:
                grid.put(*spot, full, style)
                continue
            if not eighths and r - l_ >= 1 / 8:
                continue
            from_left = l_ <= column or r - l_ < 1 / 8
            if palette.color:
                grid.part(*spot, max(1, eighths), style, "left" if from_left else "right")
            elif eighths >= 4 or r - l_ < 1:
                tip = RIGHT[max(1, eighths)] if from_left else "▐"
                grid.put(*spot, full if full != "█" else tip, style)
        label = box.label if row == rows[len(rows) // 2] else ""
        if label and cell_width(label) + 2 <= r - l_:
            at = area.x + int(l_ + (r - l_ - cell_width(label)) / 2)
            grid.put(at, y, label, palette.fill(box.color_role))


@dataclass(frozen=True)
class BandCells:
    """What each column of a band shows: a code (-1 for nothing) and the worst status."""

    codes: NDArray[np.int64]
    severities: NDArray[np.int64]


_MAX_NS = 2**62 - 1
"""Two times of at most this size have a difference that int64 can hold."""


def band_cells(band: Bands, x: Scale, axis: Axis) -> BandCells:
    """Quantise runs to columns: the state that lasts longest in a column, failures first."""
    n = x.cells
    codes = np.full(n, -1, np.int64)
    severities = np.zeros(n, np.int64)
    if not len(band.starts):
        return BandCells(codes, severities)
    low_ns, high_ns = (
        max(-_MAX_NS, min(_MAX_NS, axis.base + ns_of(edge))) for edge in (x.low, x.high)
    )
    first = max(0, int(np.searchsorted(band.ends, np.int64(low_ns), "left")))
    last = int(np.searchsorted(band.starts, np.int64(high_ns), "right"))
    if last <= first:
        return BandCells(codes, severities)
    edges = np.array([low_ns + (high_ns - low_ns) * k // n for k in range(n + 1)], np.int64)
    starts, ends = band.starts[first:last], band.ends[first:last]
    run_codes = band.codes[first:last].astype(np.int64)
    worst = band.severities[first:last].astype(np.int64)
    span = max(1, high_ns - low_ns)
    a = np.clip((starts.clip(low_ns, high_ns) - low_ns) * (n / span), 0, n - 1).astype(np.int64)
    past = (ends.clip(low_ns, high_ns) - low_ns) * (n / span)
    b = np.clip(np.ceil(past), 1, n).astype(np.int64)
    b = np.maximum(b, a + 1)
    # The run that holds each column's middle.
    middles = edges[:-1] + np.diff(edges) // 2
    holder = np.searchsorted(starts, middles, "right") - 1
    inside = (holder >= 0) & (middles <= ends[np.maximum(holder, 0)])
    codes[inside] = run_codes[holder[inside]]
    severities[inside] = worst[holder[inside]]
    # Runs shorter than a column show where nothing else does; failing ones always.
    failing = np.isin(run_codes, np.array(sorted(band.failing), np.int64))
    failing |= worst >= MetricStatus.FAIL_WARN.rank
    for k in np.flatnonzero(~failing & (b - a <= 1)).tolist() if len(starts) <= 4 * n else []:
        if codes[a[k]] < 0:
            codes[a[k]] = run_codes[k]
            severities[a[k]] = worst[k]
    order = np.flatnonzero(failing)
    if len(order) > 8 * n:
        # One failing run a column is enough: the first that starts in it, and the longest ones.
        _, once = np.unique(a[order], return_index=True)
        order = np.union1d(order[once], order[(b - a)[order] > 1])
    for k in order.tolist():
        codes[a[k] : b[k]] = run_codes[k]
        severities[a[k] : b[k]] = np.maximum(severities[a[k] : b[k]], worst[k])
    return BandCells(codes, severities)


def paint_band(
    grid: Grid,
    area: Rect,
    row: int,
    band: Bands,
    cells: BandCells,
    palette: Palette,
    color_roles: dict[str, ColorRole],
    letters: dict[str, str],
    named: bool = True,
) -> None:
    """One row of states: filled cells with the state's name inside where it fits.

    Without colours a narrow run has the mark of its failure, else the state's letter.
    """
    if not 0 <= row < area.height:
        return
    y = area.y + row
    column = 0
    n = len(cells.codes)
    while column < n:
        code = int(cells.codes[column])
        severity = int(cells.severities[column])
        end = column + 1
        while end < n and cells.codes[end] == code and cells.severities[end] == severity:
            end += 1
        if code >= 0:
            state = band.states[code]
            color_role = color_roles.get(state, 0)
            mark = band.mark(code, severity)
            left, wide = area.x + column, end - column
            if named:
                _band_run(
                    grid, left, y, wide, state, color_role, palette, mark, letters.get(state, "")
                )
            else:
                _band_run(grid, left, y, wide, "", color_role, palette, "", "")
        column = end


def _band_run(
    grid: Grid,
    x: int,
    y: int,
    width: int,
    state: str,
    color_role: ColorRole,
    palette: Palette,
    mark: str,
    letter: str,
) -> None:
    text = f"{mark} {state}" if mark else state
    if not text:
        grid.put(x, y, (" " if palette.color else "═") * width, palette.fill(color_role))
        return
    if palette.color:
        style = palette.fill(color_role)
        grid.put(x, y, " " * width, style)
        if cell_width(text) + 1 <= width:
            grid.put(x + (1 if width > cell_width(text) + 1 else 0), y, text, style)
        elif width >= 5:
            grid.put(x, y, cut(text, width - 1), style)
        elif mark:
            grid.put(x + (width - 1) // 2, y, mark, style)
        return
    # Without colours the name says which state it is; frames show where it begins and ends.
    if width == 1:
        grid.put(x, y, mark or letter or "│")
    elif width == 2:
        grid.put(x, y, "[" + (mark or letter or " "))
    else:
        grid.put(x, y, "[" + ("▒" if mark else "═") * (width - 2) + "]")
        inner = cut(text, width - 2)
        if cell_width(text) <= width - 2 or width >= 6:
            grid.put(x + 1, y, inner)
        else:
            grid.put(x + 1, y, mark or letter)


_SHADES = " ░▒▓█"


def paint_heatmap(
    grid: Grid, area: Rect, heatmap: Heatmap, x: Scale, y: Scale, palette: Palette
) -> None:
    """One value a cell: the mean of what the cell covers."""
    scale = color_range(heatmap)
    if scale is None or not heatmap.z.size:
        return
    rows, columns = heatmap.z.shape
    low, high = scale
    span = high - low
    xs = _cuts(x, heatmap.x0, heatmap.x1, columns)
    ys = _cuts(y, heatmap.y0, heatmap.y1, rows)
    for cy in range(area.height):
        for cx in range(area.width):
            (c0, c1), (r0, r1) = xs[cx], ys[cy]
            if c0 < 0 or r0 < 0:
                continue
            part = heatmap.z[r0:r1, c0:c1]
            part = part[np.isfinite(part)]
            if not len(part):
                continue
            value = float(part.mean())
            share = (value - low) / span if span > 0 else 0.5
            spot = (area.x + cx, area.y + area.height - 1 - cy)
            if palette.color:
                grid.put(*spot, " ", Style(bg=color_at(share)))
            else:
                grid.put(*spot, _SHADES[min(4, max(0, int(share * 5)))])


def _cuts(scale: Scale, low: float, high: float, many: int) -> list[tuple[int, int]]:
    """For each cell the range of grid positions that it covers; (-1, -1) for none."""
    found: list[tuple[int, int]] = []
    span = high - low
    for cell in range(scale.cells):
        ends = sorted((scale.value(cell), scale.value(cell + 1)))
        a = (ends[0] - low) / span * many if span else 0.0
        b = (ends[1] - low) / span * many if span else float(many)
        if not (np.isfinite(a) and np.isfinite(b)) or b <= 0 or a >= many:
            found.append((-1, -1))
            continue
        first = min(many - 1, max(0, int((a + b) / 2) if b - a < 1 else round(a)))
        found.append((first, max(first + 1, min(many, round(b)))))
    return found
