"""The only place that calls plotext: lines and marks in, cells out; never an abort.

plotext 6 draws fast and without Python's lock, but ends the process on a NaN in a line, on
points far outside the limits and on the like. So it always gets the same kind of data: canvas
coordinates (0..columns, 0..rows, upwards), finite, clipped to the canvas, few, on a fresh
figure without axes, ticks, legend or labels. Text from a file never reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.segments import clipped_segments
from resim_inspect.charts.braille import BLANK, dot_bits
from resim_inspect.charts.model.style import RGB

MAX_POINTS = 20_000
MAX_SIDE = 2_000
_SGR = re.compile(r"\x1b\[([0-9;]*)m")


@dataclass(frozen=True)
class Stroke:
    """Points to draw in canvas coordinates: joined, unless a position is in `breaks`, or single.

    `symbol`: one character for single points, or `braille` for fine lines and dots.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    color: RGB | None
    symbol: str = "braille"
    joined: bool = True
    breaks: Sequence[int] = ()


Canvas = list[list[tuple[str, RGB | None]]]
"""rows × columns of (character, colour)"""


def terminal_type() -> type[Any]:
    """plotext's terminal class, which makes figures that no real terminal's size limits.

    It has no public name; this is the only thing used of plotext that is not public.
    """
    import plotext

    return type(plotext.terminal)


def _figure(columns: int, rows: int) -> Any:
    import plotext

    terminal = terminal_type()()
    terminal.limit(False, False)
    figure = terminal._master
    figure.plot_size(columns, rows)
    if "resim" not in _themes:
        plotext.add_theme(
            "resim", canvas=None, text=(150, 155, 165), grid=(70, 72, 80), sequence=[(86, 156, 214)]
        )
        _themes.add("resim")
    figure.theme("resim")
    figure.canvas("default")
    figure.axes(active=False)
    figure.legend(active=False)
    for name, high in (("x", columns), ("y", rows)):
        ruler = figure.ruler(name)
        ruler.lim(0, high)
        ruler.ticks([], [])
        ruler.alignment(lim="edge")
    return figure


_themes: set[str] = set()
_OWN: RGB = (1, 1, 1)
"""Stands for the terminal's own colour: plotext would choose one of its theme instead."""


def draw(columns: int, rows: int, strokes: Sequence[Stroke]) -> Canvas:
    """Draw strokes, the later ones over the earlier; always rows × columns cells."""
    columns, rows = max(1, min(MAX_SIDE, columns)), max(1, min(MAX_SIDE, rows))
    blank: Canvas = [[(" ", None)] * columns for _ in range(rows)]
    import plotext

    figure = None
    fine = [s for s in strokes if s.symbol == "braille" and not s.joined]
    for stroke in strokes:
        if not stroke.joined and stroke.symbol == "braille":
            continue
        for x, y, breaks in _safe(stroke, columns, rows):
            if figure is None:
                figure = _figure(columns, rows)
            pixel = plotext.pixel(stroke.color or _OWN)
            symbol = stroke.symbol if stroke.symbol == "braille" else stroke.symbol[:1]
            signal = figure.signal(x, y, marker=plotext.marker(symbol, pixel))
            if stroke.joined and len(x) > 1:
                signal = signal.lines()
                for position in breaks:
                    signal.line(position, False)
            figure.draw(signal)
    cells = blank if figure is None else _cells(figure.build().string(), blank)
    for stroke in fine:
        _dots(cells, stroke)
    return cells


def _dots(cells: Canvas, stroke: Stroke) -> None:
    """Single fine dots, however many: each point sets its dot, beside what is there.

    plotext takes seconds for as many points as a dense cloud has.
    """
    rows, columns = len(cells), len(cells[0])
    x, y = np.asarray(stroke.x, np.float64), np.asarray(stroke.y, np.float64)
    inside = (x >= 0) & (x <= columns) & (y >= 0) & (y <= rows)
    across = np.minimum((x[inside] * 2).astype(np.int64), 2 * columns - 1)
    up = np.minimum((y[inside] * 4).astype(np.int64), 4 * rows - 1)
    bits = dot_bits(columns, rows, across, up)
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(bits)), strict=True):
        there = ord(cells[row][column][0])
        if there == 0x20 or BLANK <= there <= BLANK + 0xFF:
            before = there - BLANK if there != 0x20 else 0
            cells[row][column] = (chr(BLANK + (before | int(bits[row, column]))), stroke.color)


def _safe(
    stroke: Stroke, columns: int, rows: int
) -> list[tuple[list[float], list[float], list[int]]]:
    """The stroke in a form that plotext accepts: finite, inside the canvas, few points."""
    x = np.asarray(stroke.x, np.float64)
    y = np.asarray(stroke.y, np.float64)
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    ok = np.isfinite(x) & np.isfinite(y)
    breaks = np.zeros(n + 1, bool)
    breaks[[b for b in stroke.breaks if 0 < b < n]] = True
    if not ok.all():
        # A break moves to the next point that is there; a missing point is one too.
        gaps = np.flatnonzero(~ok | breaks[:n])
        finite_indices = np.flatnonzero(ok)
        breaks = np.zeros(len(finite_indices) + 1, bool)
        breaks[np.searchsorted(finite_indices, gaps, "left")] = True
        x, y = x[finite_indices], y[finite_indices]
    if len(x) > MAX_POINTS:
        x, y, breaks = x[:MAX_POINTS], y[:MAX_POINTS], breaks[: MAX_POINTS + 1]
    if not len(x):
        return []
    if not stroke.joined or len(x) == 1:
        inside = (x >= 0) & (x <= columns) & (y >= 0) & (y <= rows)
        x, y = _dot_middles(x[inside], 1, columns), _dot_middles(y[inside], 1, rows)
        return [(x.tolist(), y.tolist(), [])] if len(x) else []
    if x.min() >= 0 and x.max() <= columns and y.min() >= 0 and y.max() <= rows:
        x, y = _dot_middles(x, 2, columns), _dot_middles(y, 4, rows)
        return [(x.tolist(), y.tolist(), np.flatnonzero(breaks[: len(x)]).tolist())]
    return _clipped(x, y, breaks, columns, rows)


def _dot_middles(values: NDArray[np.float64], dots: int, cells: int) -> NDArray[np.float64]:
    """The middles of the dots that hold some positions inside, with `dots` of them in a cell.

    Between two dots plotext rounds up or down, by the size of the canvas; ticks never do.
    """
    return (np.minimum(np.floor(values * dots), cells * dots - 1) + 0.5) / dots


def _clipped(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    breaks: NDArray[np.bool_],
    columns: int,
    rows: int,
) -> list[tuple[list[float], list[float], list[int]]]:
    """Each segment cut at the canvas's edges (Liang–Barsky); those outside are dropped."""
    ends = clipped_segments(x, y, np.flatnonzero(breaks[: len(x)]), (0, 0, columns, rows))
    xs, ys = ends[:, 0::2].ravel(), ends[:, 1::2].ravel()
    xs = _dot_middles(np.clip(xs, 0, columns), 2, columns)
    ys = _dot_middles(np.clip(ys, 0, rows), 4, rows)
    if not len(xs):
        return []
    return [(xs.tolist(), ys.tolist(), list(range(2, len(xs), 2)))]


def _cells(text: str, blank: Canvas) -> Canvas:
    """plotext's lines with colour codes as cells; as large as `blank` in any case."""
    rows, columns = len(blank), len(blank[0])
    color: RGB | None = None
    for r, line in enumerate(text.split("\n")[:rows]):
        row, c, offset = blank[r], 0, 0
        while offset < len(line) and c < columns:
            if line[offset] == "\x1b":
                match = _SGR.match(line, offset)
                if match is None:
                    break
                color = _color(match.group(1), color)
                offset = match.end()
                continue
            if line[offset] != " ":
                row[c] = (line[offset], color)
            c += 1
            offset += 1
    return blank


def _color(codes: str, before: RGB | None) -> RGB | None:
    parts = codes.split(";")
    if parts[:2] == ["38", "2"] and len(parts) >= 5:
        rgb = int(parts[2]), int(parts[3]), int(parts[4])
        return None if rgb == _OWN else rgb
    return None if parts[0] in {"", "0"} else before
