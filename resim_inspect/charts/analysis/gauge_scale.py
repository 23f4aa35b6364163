"""A gauge in words and numbers: its value, its limits, the distance between, its scale."""

from __future__ import annotations

import math

from resim_inspect.charts.analysis.scales import widen
from resim_inspect.charts.model.drawing import Gauge
from resim_inspect.text import LIMIT_DIGITS, cell_width, digits_apart, quantity


def value_text(panel: Gauge) -> str:
    """The number with its unit, or `no value`."""
    value = panel.value
    return "no value" if value is None else quantity(value, panel.unit, value_digits(panel, value))


def limits_text(panel: Gauge) -> str:
    """The limits in words: `fails below 1 m · fails above 3 m`."""
    return " · ".join(
        f"{name} {quantity(at, panel.unit, LIMIT_DIGITS)}" for at, name in limits_of(panel)
    )


def distance_text(panel: Gauge, room: int | None = None) -> str:
    """Distance of the value from the limit that it breaks, or else from the nearest one.

    For example `5.3 m above the limit of 10 m (53.0%)`, the share only if there is `room` for it
    in cells; empty without a value or limits.
    """
    value = panel.value
    if value is None or not math.isfinite(value):
        return ""
    distances = [
        (not _fails(panel, limit, value), abs(value - limit), limit)
        for limit, _ in limits_of(panel)
        if math.isfinite(value - limit)
    ]
    if not distances:
        return ""
    _, distance, limit = min(distances)
    named = f"the limit of {quantity(limit, panel.unit, LIMIT_DIGITS)}"
    if distance == 0:
        return f"at {named}"
    share = f" ({distance / abs(limit):.1%})" if limit and distance / abs(limit) >= 5e-4 else ""
    side = "above" if value > limit else "below"
    text = f"{quantity(distance, panel.unit)} {side} {named}"
    return text if room is not None and cell_width(text + share) > room else text + share


def _fails(panel: Gauge, limit: float, value: float) -> bool:
    above = limit == panel.fails_above and value > limit
    return above or (limit == panel.fails_below and value < limit)


def limits_of(panel: Gauge) -> list[tuple[float, str]]:
    """Each limit with its name, `fails below` first."""
    limits = []
    if panel.fails_below is not None:
        limits.append((panel.fails_below, "fails below"))
    if panel.fails_above is not None:
        limits.append((panel.fails_above, "fails above"))
    return limits


def value_digits(panel: Gauge, value: float) -> int:
    """Digits that tell the value from its limits."""
    return digits_apart(value, [limit for limit, _ in limits_of(panel)])


def scale_ends(panel: Gauge) -> tuple[float, float] | None:
    """Range of the scale: the value, the thresholds, the span, and zero if it is near."""
    value = panel.value
    if value is None or not math.isfinite(value):
        return None
    marks = [limit for limit, _ in limits_of(panel) if math.isfinite(limit)]
    if panel.span is not None and all(math.isfinite(end) for end in panel.span):
        marks += panel.span
    if not marks:
        return None
    if panel.other is not None and math.isfinite(panel.other):
        marks.append(panel.other)
    low, high = min(value, *marks), max(value, *marks)
    if low > 0 and (panel.span is None or low <= 0.5 * high):
        low = 0.0
    if high < 0 and (panel.span is None or high >= 0.5 * low):
        high = 0.0
    low, high = widen(low, high)
    pad = high * 0.08 - low * 0.08
    return (low if low == 0 else low - pad), (high if high == 0 else high + pad)
