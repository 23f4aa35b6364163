"""One number with its status, its limits, and a scale on which the failing ranges are hatched."""

from __future__ import annotations

from resim_inspect.charts.analysis import gauge_scale
from resim_inspect.charts.analysis.color_scale import fraction
from resim_inspect.charts.model.drawing import Gauge
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, View
from resim_inspect.charts.svg.canvas import SMALL, Canvas, Room, text_width, wrapped
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import LIMIT_DIGITS, number

_VALUE_SIZE = 34.0
_LINE = 18.0


def _lines(panel: Gauge, width: float) -> list[str]:
    """The lines below the number: limits, distance from them, detail."""
    texts = [
        gauge_scale.limits_text(panel),
        gauge_scale.distance_text(panel),
        panel.detail,
    ]
    return [line for text in texts if text for line in wrapped(text, width)]


def height(panel: Gauge, width: float) -> float:
    """Natural height in px."""
    scale = 46.0 if gauge_scale.scale_ends(panel) is not None else 0.0
    label = _LINE if panel.label else 0.0
    return label + _VALUE_SIZE + 12 + _LINE * len(_lines(panel, width)) + scale


def paint(canvas: Canvas, panel: Gauge, room: Room, view: View = WHOLE) -> PaintedChart:
    """Paint the number, what it is measured against, and below it the scale."""
    del view
    if panel.label:
        canvas.text(room.x, room.y + 12, panel.label, "dim", width=room.width)
        room = room.below(_LINE)
    text = gauge_scale.value_text(panel)
    size = min(
        _VALUE_SIZE, _VALUE_SIZE * room.width / max(1.0, text_width(text, _VALUE_SIZE, bold=True))
    )
    baseline = room.y + _VALUE_SIZE
    canvas.text(room.x, baseline, text, panel.status, size=max(8.0, size), font_weight="600")
    after = room.x + text_width(text, size, bold=True) + 14
    if panel.status is not MetricStatus.UNSET and after + 110 <= room.right:
        canvas.status(after + 5, baseline - 8, panel.status, 5)
        canvas.text(after + 17, baseline - 3, panel.status.name, panel.status, size=14)
    room = room.below(_VALUE_SIZE + 12)
    for line in _lines(panel, room.width):
        canvas.text(room.x, room.y + 12, line, "dim")
        room = room.below(_LINE)
    ends = gauge_scale.scale_ends(panel)
    if ends is not None and panel.value is not None and room.height >= 30:
        _paint_scale(canvas, panel, panel.value, ends, room)
    return PaintedChart()


def _paint_scale(
    canvas: Canvas, panel: Gauge, value: float, ends: tuple[float, float], room: Room
) -> None:
    left, y, length = room.x + 6, room.y + 16, round(room.width - 12)

    def at(position: float) -> float:
        return left + fraction(position, *ends) * length

    canvas.line(left, y, left + length, y, "grid", stroke_width=2)
    bad = []
    if panel.fails_above is not None:
        bad.append((at(panel.fails_above), at(ends[1])))
    if panel.fails_below is not None:
        bad.append((at(ends[0]), at(panel.fails_below)))
    for start, end in bad:
        if end > start:
            canvas.draw(
                "rect", fill="limit", x=start, y=y - 5, width=end - start, height=10,
                fill_opacity=0.25,
            )  # fmt: skip
            slashes = "".join(f"M{x:.1f} {y + 5:.1f}l8 -10" for x in _steps(start, end - 8, 8.0))
            if slashes:
                canvas.draw("path", stroke="limit", d=slashes, stroke_width=1)
    texts = [
        (limit, number(limit, LIMIT_DIGITS), True) for limit, _ in gauge_scale.limits_of(panel)
    ]
    texts += [(end, number(end), False) for end in (panel.span or ())]
    if panel.span is None:
        texts += [(end, "0", False) for end in ends if end == 0]
    taken: list[tuple[float, float]] = []
    for position, text, is_limit in sorted(texts, key=lambda item: (not item[2], item[0])):
        if not ends[0] <= position <= ends[1]:
            continue
        x = at(position)
        if is_limit:
            canvas.line(x, y - 8, x, y + 8, "limit", stroke_width=2)
        width = text_width(text, SMALL)
        middle = min(max(x, room.x + width / 2), room.right - width / 2)
        if any(a < middle + width / 2 + 6 and middle - width / 2 - 6 < b for a, b in taken):
            continue
        taken.append((middle - width / 2, middle + width / 2))
        canvas.text(middle, y + 22, text, "dim", size=SMALL, anchor="middle")
    canvas.mark(at(value), y, "◆", panel.status, 5.5)


def _steps(start: float, end: float, step: float) -> list[float]:
    return [start + k * step for k in range(int(max(0.0, end - start) // step) + 1)] * (
        end >= start
    )
