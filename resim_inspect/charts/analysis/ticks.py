"""Positions and labels of the ticks of an axis: numbers, decades, times."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from resim_inspect.charts.model.layers import Axis
from resim_inspect.text import number, with_unit

NS = 1_000_000_000


@dataclass(frozen=True)
class Ticks:
    """Positions in axis units, their labels, and a text for the axis's title."""

    positions: tuple[float, ...]
    labels: tuple[str, ...]
    title: str = ""


NICE_STEPS: tuple[float, ...] = (1, 2, 2.5, 5, 10)
"""Steps of ticks, up to a power of ten."""


def nice_step(span: float, max_ticks: int, steps: tuple[float, ...] = NICE_STEPS) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10^k that needs at most `max_ticks` steps for the span."""
    raw = span / max(1, max_ticks)
    if not (raw > 0 and math.isfinite(raw)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    if power == 0:
        return raw
    step = next((s * power for s in steps if s * power >= raw * (1 - 1e-9)), 10 * power)
    return step if math.isfinite(step) else raw


def multiples(low: float, high: float, step: float, max_ticks: int = 200) -> list[float]:
    """The multiples of `step` from low to high."""
    if not (step > 0 and math.isfinite(low / step) and math.isfinite(high / step)):
        return []
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first >= max_ticks:
        return []
    return [k * step for k in range(first, last + 1)]


def number_ticks(low: float, high: float, max_ticks: int, *, whole: bool = False) -> Ticks:
    """Round numbers between low and high, with just the digits that tell them apart.

    `whole`: whole numbers only.
    """
    if not (high > low and math.isfinite(low) and math.isfinite(high)):
        return Ticks((low,), (number(low),)) if math.isfinite(low) else Ticks((), ())
    span = high - low
    if math.isfinite(span):
        # Of the steps, 2.5 alone is not whole from 1 on.
        steps = (1, 2, 5, 10) if whole and span < 25 * max_ticks else NICE_STEPS
        step = nice_step(span, max_ticks, steps)
        step = max(1.0, step) if whole else step
    else:
        # The span of ±1e308 is more than a float holds: of a tenth, and no step that is.
        step = 10 * nice_step(high / 10 - low / 10, max(4, max_ticks))
    positions = multiples(low, high, step)
    if not positions:
        return Ticks((), ())
    size = max(abs(p) for p in positions)
    if size > 0 and span / size < 1e-6:
        # Too many digits: labels count from the first tick, which the title gives.
        base = positions[0]
        labels = _decimals([p - base for p in positions], step)
        digits = max(4, math.ceil(math.log10(size / step)) + 2)
        return Ticks(tuple(positions), labels, f"+ {number(base, min(17, digits))}")
    return Ticks(tuple(positions), _decimals(positions, step))


def _decimals(values: list[float], step: float) -> tuple[str, ...]:
    size = max(abs(v) for v in values)
    if size == 0:
        return ("0",) * len(values)
    if (size >= 1e6 or size < 1e-3) and step > size * 1e-15:
        digits = max(1, math.ceil(math.log10(size / step) - 1e-9) + 2)
        return tuple(_power(v, digits) for v in values)
    if step < size * 1e-15:
        return tuple(number(v, 17) for v in values)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(round(step * 10**places) - step * 10**places) > 1e-6 * step * 10**places:
        places += 1
    # 0.0 in place of -0.0: adding zero drops the sign.
    return tuple(f"{round(v, places) + 0.0:,.{places}f}" for v in values)


def _power(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def log_ticks(low: float, high: float, max_ticks: int) -> Ticks:
    """Decades, and 2 and 5 times them where there is room; positions are log10."""
    # No double is beyond 10^309 or below 10^-324.
    low, high = max(low, -330.0), min(high, 310.0)
    if not low < high:
        return Ticks((), ())
    decades = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    if len(decades) < 2:
        inner = [
            (k + math.log10(m), m * 10.0**k)
            for k in range(math.floor(low), math.ceil(high) + 1)
            for m in (1, 2, 5)
            if low - 1e-9 <= k + math.log10(m) <= high + 1e-9 and abs(k) < 300
        ]
        if len(inner) >= 2:
            return Ticks(tuple(p for p, _ in inner), tuple(number(v) for _, v in inner))
        plain = number_ticks(low, high, max_ticks)
        return Ticks(plain.positions, tuple(log_number(p) for p in plain.positions))
    stride = max(1, math.ceil(len(decades) / max(2, max_ticks)))
    chosen = [float(k) for k in decades if k % stride == 0]
    return Ticks(tuple(chosen), tuple(log_number(k) for k in chosen))


def log_value(position: float) -> float:
    """The value at a position of a log axis; beyond those of a float, the last of them."""
    try:
        return math.pow(10.0, position)
    except OverflowError:
        # The logarithm of the largest value is rounded up.
        return sys.float_info.max


def log_number(position: float) -> str:
    """The number at a position of a log axis."""
    if abs(position) < 300:
        value = 10.0**position
        if 1e-3 <= value < 1e6 or position != int(position):
            return number(value)
    return f"1e{position:.0f}"


# Steps of a time axis in ns, from nanoseconds to years of 365 days.
_STEPS: tuple[int, ...] = (
    *(m * 10**k for k in range(9) for m in (1, 2, 5)),
    *(s * NS for s in (1, 2, 5, 10, 15, 30)),
    *(m * 60 * NS for m in (1, 2, 5, 10, 15, 30)),
    *(h * 3600 * NS for h in (1, 2, 3, 6, 12)),
    *(d * 86400 * NS for d in (1, 2, 5, 10, 20, 50, 100, 200)),
    *(365 * 86400 * NS * m * 10**k for k in range(4) for m in (1, 2, 5)),
)


_FAR = 1e17
"""Seconds; no time of int64 ns is nearly so far away."""


def time_step(span_ns: float, max_ticks: int) -> int:
    """A round step in ns that needs at most `max_ticks` steps for the span."""
    raw = span_ns / max(1, max_ticks)
    return next((s for s in _STEPS if s >= raw * (1 - 1e-9)), _STEPS[-1])


def time_ticks(low: float, high: float, max_ticks: int, axis: Axis) -> Ticks:
    """Ticks between two positions (seconds since the base) of a time axis."""
    # Labels count in whole ns from 1970, or from the axis's zero: `offset` is position 0.
    offset = axis.base if axis.absolute else -axis.relative_origin
    if not (-_FAR < low < high < _FAR):
        return Ticks((), ())
    start, stop = math.floor(low * NS) + offset, math.ceil(high * NS) + offset
    step = time_step(max(1.0, (high - low) * NS), max_ticks)
    first, last = -(-start // step), stop // step
    if not 0 <= last - first <= 200:
        return Ticks((), ())
    values = [k * step for k in range(first, last + 1)]
    positions = tuple((v - offset) / NS for v in values)
    if axis.absolute:
        return _absolute(positions, values, step, axis)
    return _relative(positions, values, step)


def _absolute(positions: tuple[float, ...], values: list[int], step: int, axis: Axis) -> Ticks:
    moments = [_utc(v) for v in values]
    if any(m is None for m in moments):
        return Ticks(positions, tuple(f"{v / NS:,.0f}" for v in values), "s since 1970")
    known = [m for m in moments if m is not None]
    zone = f" {axis.time_zone}" if axis.time_zone else ""
    if step >= 86400 * NS:
        years = len({m.year for m in known}) > 1
        shape = "%d %b %Y" if years else "%d %b"
        title = axis.time_zone if years else f"{known[0]:%Y}{zone}"
        return Ticks(positions, tuple(f"{m:{shape}}" for m in known), title)
    day = f"{known[0]:%Y-%m-%d}"
    if known[-1].date() > known[0].date():
        if step >= 60 * NS:
            labels = tuple(f"{m:%d %b %H:%M}" for m in known)
            return Ticks(positions, labels, f"{known[0]:%Y}{zone}")
        day += f" – {known[-1]:%Y-%m-%d}"
    day += zone
    if step >= 60 * NS:
        return Ticks(positions, tuple(f"{m:%H:%M}" for m in known), day)
    if step >= NS:
        return Ticks(positions, tuple(f"{m:%H:%M:%S}" for m in known), day)
    places = _places(step)
    if places <= 3:
        labels = tuple(
            f"{m:%H:%M:%S}.{v % NS:09d}"[: 9 + places] for m, v in zip(known, values, strict=True)
        )
        return Ticks(positions, labels, day)
    unit, scale = _unit(step)
    whole = values[0] // NS * NS if values[-1] // NS == values[0] // NS else values[0]
    base = _utc(whole)
    labels = _decimals([(v - whole) / scale for v in values], step / scale)
    at = f"{base:%Y-%m-%d %H:%M:%S}" if base else ""
    if whole % NS:
        at += f".{whole % NS:09d}"
    return Ticks(positions, labels, f"[{unit}] after {at}{zone}")


def _relative(positions: tuple[float, ...], values: list[int], step: int) -> Ticks:
    size = max(abs(v) for v in values)
    if step >= 86400 * NS:
        return Ticks(positions, tuple(f"{v // (86400 * NS):,}" for v in values), "[days]")
    if size >= 300 * NS and step >= NS:
        return Ticks(
            positions,
            tuple(clock(v) for v in values),
            "[h:mm:ss]" if size >= 3600 * NS else "[m:ss]",
        )
    unit, scale = _unit(max(step, size // 1000))
    if size > step * 100_000:
        base = values[0]
        unit, scale = _unit(step * 10)
        labels = _decimals([(v - base) / scale for v in values], step / scale)
        return Ticks(positions, labels, f"[{unit}] after {_exact(base)} s")
    return Ticks(positions, _decimals([v / scale for v in values], step / scale), f"[{unit}]")


def clock(ns: int) -> str:
    """Whole seconds as `m:ss` or `h:mm:ss`."""
    sign = "-" if ns < 0 else ""
    minutes, secs = divmod(abs(ns) // NS, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{secs:02}" if hours else f"{sign}{minutes}:{secs:02}"


def _exact(ns: int) -> str:
    sign = "-" if ns < 0 else ""
    whole, rest = divmod(abs(ns), NS)
    digits = f"{rest:09d}".rstrip("0")
    return f"{sign}{whole:,}" + (f".{digits}" if digits else "")


def _places(step: int) -> int:
    places = 0
    while step * 10**places % NS:
        places += 1
    return places


def _unit(step: int) -> tuple[str, int]:
    """The unit in which steps of this many ns read best, and its ns."""
    if step >= NS // 1000 * 10:
        return "s", NS
    if step >= 10_000:
        return "ms", 1_000_000
    if step >= 10:
        return "µs", 1_000
    return "ns", 1


def _utc(ns: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ns // NS)
    except OverflowError:
        return None


def ticks(low: float, high: float, max_ticks: int, axis: Axis) -> Ticks:
    """The ticks of any axis between two positions, at most about `max_ticks` of them."""
    if axis.kind == "hidden":
        return Ticks((), ())
    if axis.marks:
        inside = [mark for mark in axis.marks if low <= mark[0] <= high]
        chosen = inside[:: max(1, math.ceil(len(inside) / max(1, 3 * max_ticks)))]
        return Ticks(tuple(p for p, _ in chosen), tuple(t for _, t in chosen))
    if axis.kind == "time":
        return time_ticks(low, high, max_ticks, axis)
    if axis.kind == "log":
        return log_ticks(low, high, max_ticks)
    if axis.kind == "category":
        names = axis.categories
        first, last = max(0, math.ceil(low)), min(len(names) - 1, math.floor(high))
        stride = max(1, math.ceil((last - first + 1) / max(1, max_ticks)))
        shown = range(first, last + 1, stride)
        return Ticks(tuple(float(k) for k in shown), tuple(names[k] for k in shown))
    return number_ticks(low, high, max_ticks, whole=axis.integer_ticks)


def position_label(position: float, axis: Axis, span: float = 0.0) -> str:
    """One position of an axis in words, exact enough for a range of `span`."""
    if axis.kind == "time":
        return _moment(position, axis, span)
    if axis.kind == "log":
        # Beyond these no float has a value.
        inside = -323.3 < position < 308.2
        text = number(10.0**position, 5) if inside else f"1e{position:.1f}"
        return with_unit(text, axis.shown_unit)
    if axis.kind == "category":
        category = round(position) if math.isfinite(position) else -1
        return axis.categories[category] if 0 <= category < len(axis.categories) else ""
    digits = 5
    if span > 0 and position and math.isfinite(position):
        # Beyond 10^13 a double has no more digits, and the quotient may be infinite.
        ratio = min(1e13, max(1.0, abs(position) / span))
        digits = max(5, math.ceil(math.log10(ratio)) + 4)
    text = number(position, digits)
    return with_unit(text, axis.shown_unit)


def _moment(position: float, axis: Axis, span: float) -> str:
    if not abs(position) < _FAR:
        return f"{position:g} s"
    ns = axis.base + round(position * NS)
    step = span * NS / 1000 if span > 0 else 1e6
    places = 3 if step >= 1e6 else 6 if step >= 1e3 else 9
    if axis.absolute:
        moment = _utc(ns)
        if moment is not None:
            return f"{moment:%H:%M:%S}.{ns % NS:09d}"[: 9 + places]
    value = ns - axis.base - axis.relative_origin if not axis.absolute else ns
    return f"{value / NS:,.{places}f} s"
