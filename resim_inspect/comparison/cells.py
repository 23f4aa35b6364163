"""Cells of a table of changes as plain text: widths, differences, bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from resim_inspect.comparison.changes import EVENT, FINDING, JOB, Change, MetricTotals
from resim_inspect.comparison.directions import Direction
from resim_inspect.text import DELTA_DIGITS, cell_width, clean, count, cut, signed

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_MIN_NAME = 14
_VALUES = 12, 26
_DELTAS = 0, 16


class Layout(NamedTuple):
    """Widths of the columns of a table of changes."""

    name: int
    value: int
    """Width of each side: one cell for the status, a blank and the value."""
    delta: int
    bar: int


def layout(changes: Iterable[Change], width: int, *, places: bool = False) -> Layout:
    """Choose the widths for some changes: all values in full if the width suffices.

    With `places`, the names are followed by job and event, see `title`.
    """
    names, values, deltas = _MIN_NAME, _VALUES[0], _DELTAS[0]
    for change in changes:
        names = max(names, cell_width(title(change) if places else clean(change.name)))
        for reading in (change.before, change.after):
            if reading is not None:
                values = max(values, 2 + cell_width(clean(reading.measured.text)))
        deltas = max(deltas, cell_width(delta_text(change)))
    bars = 0
    if deltas:
        deltas = min(max(deltas, len("difference")), _DELTAS[1])
        bars = 8 if width < 100 else 12
    values = min(values, _VALUES[1])
    # Between the columns are two cells, and before the first.
    room = width - 10 - deltas - bars
    if names + 2 * values > room:
        values = max(_VALUES[0], min(values, (room - min(names, room // 2)) // 2))
        names = max(_MIN_NAME, room - 2 * values)
    return Layout(names, values, deltas, bars)


def bar(share: float, width: int) -> str:
    """A bar for a share from 0 to 1, in eighths of a cell; something above 0 is visible."""
    eighths = round(share * 8 * width)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return cut("█" * full + (_EIGHTHS[rest] if rest else ""), width)


def delta_text(change: Change) -> str:
    """The difference with its sign and unit; empty without one."""
    if change.delta is None or change.before is None or change.after is None:
        return ""
    if change.direction is Direction.SAME:
        return ""
    unit = change.after.measured.unit
    return signed(change.delta, unit, DELTA_DIGITS)


def kind_words(changes: Iterable[Change]) -> str:
    """`3 metrics, 1 event`: the kinds of things that some changes are about."""
    numbers: dict[str, int] = {}
    for type_, number in Counter(map(attrgetter("type"), changes)).items():
        kind = type_.lower() if type_ in (EVENT, FINDING, JOB) else "metric"
        numbers[kind] = numbers.get(kind, 0) + number
    return ", ".join(count(number, kind) for kind, number in numbers.items())


def shown_name(change: Change) -> str:
    """Name of a change as it is in the file, or the words for an empty one."""
    return change.name or "(no name)"


def place(change: Change) -> str:
    """Job and event of a change, `flight-017 · Gust`; its name says it for a job itself."""
    job = "" if change.type == JOB else change.job
    return " · ".join(part for part in (job, change.event) if part)


def title(change: Change) -> str:
    """Cleaned name with job and event: `Sideways push · flight-017 · Gust`."""
    name, where = clean(shown_name(change)), place(change)
    return f"{name} · {clean(where)}" if where else name


def median_text(totals: MetricTotals) -> str:
    """Median of the paired difference; `~` before it where the sign test finds nothing."""
    if totals.median is None:
        return ""
    text = signed(totals.median, totals.unit, 3)
    return text if totals.significant else f"~ {text}"


def spread_text(totals: MetricTotals) -> str:
    """Extremes of the paired difference: `-1 … +9.5 m`."""
    if totals.lowest is None or totals.highest is None:
        return ""
    return f"{signed(totals.lowest, '', 3)} … {signed(totals.highest, totals.unit, 3)}"
