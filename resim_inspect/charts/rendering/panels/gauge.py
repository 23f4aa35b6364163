"""One number with its status, and a scale with its thresholds."""

from __future__ import annotations

import math

from resim_inspect.charts.analysis.scales import Scale, widen
from resim_inspect.charts.model.drawing import Gauge
from resim_inspect.charts.model.picture import status_word
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import LIMIT_DIGITS, cell_width, cut, digits_apart, number, quantity


def rows(panel: Gauge, _width: int) -> int:
    """Natural height in rows: the number, its scale, its detail."""
    return 1 + (3 if _scale_ends(panel) is not None else 0) + (1 if panel.detail else 0)


def _limits(panel: Gauge) -> list[tuple[float, str]]:
    limits = []
    if panel.fails_below is not None:
        limits.append((panel.fails_below, "fails below"))
    if panel.fails_above is not None:
        limits.append((panel.fails_above, "fails above"))
    return limits


def _digits(panel: Gauge, value: float) -> int:
    """Digits that tell the value from its limits."""
    return digits_apart(value, [limit for limit, _ in _limits(panel)])


def _scale_ends(panel: Gauge) -> tuple[float, float] | None:
    """Range of the scale: the value, the thresholds, the span, and zero if it is near."""
    value = panel.value
    if value is None or not math.isfinite(value):
        return None
    marks = [limit for limit, _ in _limits(panel) if math.isfinite(limit)]
    if panel.span is not None and all(math.isfinite(end) for end in panel.span):
        marks += panel.span
    if not marks:
        return None
    low, high = min(value, *marks), max(value, *marks)
    if low > 0 and (panel.span is None or low <= 0.5 * high):
        low = 0.0
    if high < 0 and (panel.span is None or high >= 0.5 * low):
        high = 0.0
    low, high = widen(low, high)
    pad = high * 0.08 - low * 0.08
    return (low if low == 0 else low - pad), (high if high == 0 else high + pad)


def paint(panel: Gauge, request: PanelRequest) -> PaintedPanel:
    """Paint the number, its limits, its detail, and below them the scale if it fits."""
    grid = Grid(request.width, request.height)
    palette = request.palette
    value = panel.value
    text = "no value" if value is None else quantity(value, panel.unit, _digits(panel, value))
    x = 0
    if panel.label:
        x = grid.put(0, 0, cut(panel.label, request.width // 2), palette.style("dim")) + 2
    x = grid.put(x, 0, cut(text, request.width - x), palette.style(panel.status, bold=True)) + 2
    if panel.status is not MetricStatus.UNSET:
        x = grid.put(x, 0, status_word(panel.status), palette.style(panel.status)) + 2
    limits = " · ".join(
        f"{name} {quantity(at, panel.unit, LIMIT_DIGITS)}" for at, name in _limits(panel)
    )
    if limits:
        grid.put(x, 0, cut(limits, max(0, request.width - x)), palette.style("dim"))
    row = 1
    if panel.detail:
        grid.put(0, row, cut(panel.detail, request.width), palette.style("dim"))
        row += 1
    ends = _scale_ends(panel)
    if ends is not None and value is not None and request.height >= row + 2:
        _paint_scale(grid, row, panel, value, ends, request)
    return PaintedPanel(grid)


def _paint_scale(
    grid: Grid,
    row: int,
    panel: Gauge,
    value: float,
    ends: tuple[float, float],
    request: PanelRequest,
) -> None:
    """`─────╱╱╱` with a mark at the value, hatched where it fails, and numbers below."""
    palette = request.palette
    width = min(request.width, 72)
    scale = Scale(*ends, width)
    for column in range(width):
        middle = scale.value(column + 0.5)
        bad = (panel.fails_above is not None and middle > panel.fails_above) or (
            panel.fails_below is not None and middle < panel.fails_below
        )
        style = palette.style("limit" if bad else "grid")
        grid.put(column, row, "╱" if bad else "─", style)
    spot = scale.cell(value)
    if spot is not None:
        grid.put(spot, row, "◆", palette.style(panel.status, bold=True))
    if request.height < row + 2:
        return
    texts = [(at, number(at, LIMIT_DIGITS), "┴") for at, _ in _limits(panel)]
    texts += [(end, number(end), "") for end in (panel.span or ())]
    if panel.span is None:
        texts += [(end, "0", "") for end in ends if end == 0]
    free = 0
    taken: list[tuple[int, int]] = []
    for at, text, sign in sorted(texts, key=lambda t: (not t[2], t[0])):
        cell = scale.cell(at)
        if cell is None:
            continue
        if sign and grid.char(cell, row) != "◆":
            grid.put(cell, row, "┼", palette.style("limit"))
        size = cell_width(text)
        start = min(max(0, cell - size // 2), width - size)
        if start < free or any(start <= b and start + size >= a for a, b in taken):
            continue
        taken.append((start, start + size))
        grid.put(start, row + 1, text, palette.style("dim"))
