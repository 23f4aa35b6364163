"""Time axes: their base, relative or absolute times, and the events on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resim_inspect.charts.model.drawing import Axis, ReferenceLine, TimeMode
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus, TimestampType
from resim_inspect.document.model import DATED_FROM_NS, Event
from resim_inspect.text import clean, count, instant


def time_axis(
    earliest: int | None,
    mode: TimeMode,
    start: int | None = None,
    end: int | None = None,
) -> Axis:
    """The axis of times from `earliest` (ns); `start`, `end`: the range to show, in ns."""
    first = earliest if earliest is not None else start if start is not None else 0
    stamped = first >= DATED_FROM_NS
    base = first if stamped or abs(first) > 10**15 else 0
    absolute = stamped and mode != "relative"
    limits = None
    if start is not None and end is not None and end > start:
        limits = ((start - base) / 1e9, (end - base) / 1e9)
    title = "time"
    if stamped and not absolute:
        title = f"time since {instant(base // 10**9 * 10**9)}"
    zero = 0 if stamped else -base
    return Axis(
        "time", title=title, base=base, absolute=absolute, relative_origin=zero, limits=limits
    )


def event_lines(
    events: Sequence[Event], axis: Axis, extent: tuple[float, float] | None
) -> tuple[tuple[ReferenceLine, ...], str]:
    """Events as vertical lines within the extent of the data, and a note on those left out."""
    if extent is None or not events:
        return (), ""
    stamped = axis.base >= DATED_FROM_NS
    low, high = extent
    margin = (high - low) * 0.02
    placed: list[tuple[float, Event]] = []
    unplaced = 0
    for event in events:
        if event.timestamp_type is TimestampType.RELATIVE:
            at = event.timestamp / 1e9 if stamped else (event.timestamp - axis.base) / 1e9
        elif event.timestamp_type is TimestampType.ABSOLUTE and not stamped:
            unplaced += 1
            continue
        else:
            at = (event.timestamp - axis.base) / 1e9
        if low - margin <= at <= high + margin:
            placed.append((at, event))
        else:
            unplaced += 1
    single = len(placed) <= 3
    reference_lines = [
        ReferenceLine(
            at, clean(e.name, 40) or "event", _color_role(e), vertical=True, legend=single, mark="▼"
        )
        for at, e in placed
    ]
    if placed and not single:
        # A label beside the first line would tell of so many events at its time.
        group_label = count(len(placed), "event")
        reference_lines[0] = replace(reference_lines[0], group_label=group_label)
    note = f"{count(unplaced, 'event')} not within these times." if unplaced and placed else ""
    return tuple(reference_lines), note


def _color_role(event: Event) -> ColorRole:
    if event.status.fails:
        return event.status
    return "accent" if event.status is not MetricStatus.UNSET else "dim"
