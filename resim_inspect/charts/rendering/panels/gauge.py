"""One number with its status, and a scale with its thresholds."""

from __future__ import annotations

from resim_inspect.charts.analysis.gauge_scale import (
    distance_text,
    limits_of,
    limits_text,
    scale_ends,
    value_digits,
    value_text,
)
from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.drawing import Gauge
from resim_inspect.charts.model.picture import status_word
from resim_inspect.charts.rendering import large_digits
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import (
    LIMIT_DIGITS,
    cell_width,
    cut,
    number,
    with_unit,
)


def rows(panel: Gauge, width: int) -> int:
    """Natural height in rows: the number and its limits, its scale, its detail."""
    head = 1 if _head_width(panel) <= width or not limits_of(panel) else 2
    return head + (3 if scale_ends(panel) is not None else 0) + (1 if panel.detail else 0)


def roomy_rows(panel: Gauge, width: int) -> int:
    """Height with large digits; the natural one where they are not wanted."""
    if not panel.large:
        return rows(panel, width)
    return (
        large_digits.ROWS
        + 3
        + bool(distance_text(panel))
        + (4 if scale_ends(panel) is not None else 0)
    )


def _head_width(panel: Gauge) -> int:
    """Cells of number, status and limits in one line."""
    word = "" if panel.status is MetricStatus.UNSET else status_word(panel.status)
    parts = (panel.label, value_text(panel), word, limits_text(panel))
    return sum(cell_width(part) + 2 for part in parts if part) - 2


def paint(panel: Gauge, request: PanelRequest) -> PaintedPanel:
    """Paint the number, its limits, its detail, and below them the scale if it fits."""
    grid = Grid(request.width, request.height)
    if panel.large and _paint_large(grid, panel, request):
        return PaintedPanel(grid)
    palette, width = request.palette, request.width
    x = 0
    if panel.label:
        x = grid.put(0, 0, cut(panel.label, width // 2), palette.style("dim")) + 2
    text = cut(value_text(panel), width - x)
    x = grid.put(x, 0, text, palette.style(panel.status, bold=True)) + 2
    if panel.status is not MetricStatus.UNSET:
        x = grid.put(x, 0, status_word(panel.status), palette.style(panel.status)) + 2
    row = 0
    limits = limits_text(panel)
    if limits:
        if _head_width(panel) > width and request.height > 1:
            x, row = 0, 1
        grid.put(x, row, cut(limits, max(0, width - x)), palette.style("dim"))
    row += 1
    if panel.detail:
        grid.put(0, row, cut(panel.detail, width), palette.style("dim"))
        row += 1
    ends = scale_ends(panel)
    if ends is not None and panel.value is not None and request.height >= row + 2:
        _paint_scale(grid, row, panel, panel.value, ends, request)
    return PaintedPanel(grid)


def _paint_large(grid: Grid, panel: Gauge, request: PanelRequest) -> bool:
    """Paint the number in large digits, with its place against its limits; False for no room."""
    value, palette = panel.value, request.palette
    text = "" if value is None else number(value, value_digits(panel, value))
    dots = large_digits.columns(text)
    unit = with_unit("", panel.unit).strip()
    if value is None or dots is None:
        return False
    beside = cell_width(unit) + 2 if unit else 0
    distance, ends = distance_text(panel, request.width), scale_ends(panel)
    below = 2 + bool(distance) + (4 if ends is not None else 0)
    close = 1 + bool(distance) + (2 if ends is not None else 0)
    # Blank rows go before the large digits do.
    ways = [(scale, 1, below) for scale in (3, 2, 1, 0)] + [(0, 0, close)]
    fitting = [
        (scale, gap)
        for scale, gap, rows_below in ways
        if dots * max(1, 2 * scale) + beside <= request.width
        # Digits twice as tall need a screen that has the rows to spare.
        and _tall(scale) * (1 if scale < 2 else 2) + rows_below <= request.height
    ]
    if not fitting:
        return False
    scale, gap = fitting[0]
    style = palette.style(panel.status, bold=True)
    large_digits.paint(grid, 0, 0, text, scale, style)
    row = _tall(scale) - 1
    if unit:
        grid.put(dots * max(1, 2 * scale) + 2, row, unit, style)
    row += 1 + gap
    x = grid.put(0, row, panel.label, palette.style("dim")) + 2 if panel.label else 0
    if panel.status is not MetricStatus.UNSET:
        x = grid.put(x, row, status_word(panel.status), palette.style(panel.status)) + 2
    limits = limits_text(panel)
    if limits:
        grid.put(x, row, cut(limits, max(0, request.width - x)), palette.style("dim"))
    if distance:
        row += 1
        grid.put(0, row, cut(distance, request.width), palette.style("text"))
    if ends is not None:
        _paint_scale(grid, row + 1 + gap, panel, value, ends, request)
    return True


def _tall(scale: int) -> int:
    """Rows of large digits of a scale."""
    return large_digits.ROWS * scale if scale else (large_digits.ROWS + 1) // 2


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
    width = request.width
    scale = Scale(*ends, width)
    for column in range(width):
        middle = scale.value(column + 0.5)
        bad = (panel.fails_above is not None and middle > panel.fails_above) or (
            panel.fails_below is not None and middle < panel.fails_below
        )
        style = palette.style("limit" if bad else "grid")
        grid.put(column, row, "╱" if bad else "─", style)
    base = None if panel.other is None else scale.cell(panel.other)
    if base is not None:
        grid.put(base, row, "◇", palette.style("dim"))
    spot = scale.cell(value)
    if spot is not None:
        grid.put(spot, row, "◆", palette.style(panel.status, bold=True))
    if request.height < row + 2:
        return
    texts = [(at, number(at, LIMIT_DIGITS), "┴") for at, _ in limits_of(panel)]
    texts += [(end, number(end), "") for end in (panel.span or ())]
    if panel.span is None:
        texts += [(end, "0", "") for end in ends if end == 0]
    free = 0
    taken: list[tuple[int, int]] = []
    for at, text, sign in sorted(texts, key=lambda t: (not t[2], t[0])):
        cell = scale.cell(at)
        if cell is None:
            continue
        if sign and grid.char(cell, row) not in "◆◇":
            grid.put(cell, row, "┼", palette.style("limit"))
        size = cell_width(text)
        start = min(max(0, cell - size // 2), width - size)
        if start < free or any(start <= b and start + size >= a for a, b in taken):
            continue
        taken.append((start, start + size))
        grid.put(start, row + 1, text, palette.style("dim"))
