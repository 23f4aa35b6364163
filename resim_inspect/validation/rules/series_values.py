"""Rules about the values inside series, which ReSim's validator does not look at.

Inline series are checked as protobuf parsed them, deferred ones from their bytes, with numpy
where there is enough of them to pay for its import. Reading a deferred series also proves
that protobuf accepts its bytes.
"""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.wire.parse import parse
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.data_states import DataState
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.rules.times import (
    LAST_NANO,
    LAST_SECOND,
    report_nanos,
    report_range,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from google.protobuf.timestamp_pb2 import Timestamp

    from resim_inspect.document.wire.scan import DeferredSeries
    from resim_inspect.schema import metrics_pb2 as pb

TIME_BACKWARDS = Rule(
    "time-backwards",
    Severity.WARNING,
    "Times do not run backwards",
    "A line over such times zigzags. Equal times are fine.",
    ('data["clock"].series = [0, 2, 1]',),
    ('data["clock"].series = [0, 1, 1]',),
)
STATUS_UNKNOWN = Rule(
    "status-unknown",
    Severity.WARNING,
    "A series of statuses holds statuses",
    "ReSim's validator looks at the length only; 0 is not a status, and other numbers make "
    "its own reader fail.",
    ('data["distance status"].series = [PASSED, 9, unset]',),
    ('data["distance status"].series = [PASSED, FAIL_WARN, RAW]',),
)
VALUES_INFINITE = Rule(
    "values-infinite",
    Severity.WARNING,
    "Values are finite",
    "A chart can only mark infinities at its edge.",
    ('data["height"].series = [1, inf, 3]',),
    ('data["height"].series = [1, 2, 3]',),
)
VALUES_ALL_NAN = Rule(
    "values-all-nan",
    Severity.WARNING,
    "Not all values are NaN",
    "There is nothing to draw.",
    ('data["height"].series = [NaN, NaN, NaN]',),
    ('data["height"].series = [1, 2, 3]',),
)
VALUES_NAN = Rule(
    "values-nan",
    Severity.INFO,
    "No value is NaN",
    "NaN leaves gaps in a chart, which may be intended.",
    ('data["height"].series = [1, NaN, 3]',),
    ('data["height"].series = [1, 2, 3]',),
)

_MAX_TOGETHER = 1 << 20
_KNOWN_STATUSES = frozenset(range(1, 6))
_known = _KNOWN_STATUSES.issuperset
_KIND_NAMES = {kind.value: kind.name.lower() for kind in SeriesKind}


def check_series(
    context: Context, entry: DataState, series: pb.Series, category: str | None
) -> tuple[str | None, int]:
    """Check the values of a parsed series; return its field name and its length."""
    kind = series.WhichOneof("series")
    if kind is None:
        return None, 0
    values = getattr(series, kind).series
    length = len(values)
    if kind == "doubles":
        # NaN or infinite if any value is; so is a sum that is only too large, which is counted.
        # Of a copy, which is a list: that is summed twice as fast.
        if not isfinite(sum(values[:])):
            nan = sum(value != value for value in values)
            infinite = sum(abs(value) == _INFINITY for value in values)
            report_not_finite(context, entry, category, nan, infinite, length)
    elif kind == "statuses":
        # Most often all of them passed.
        if values != [1] * length and not _known(values):
            odd = sorted(set(values) - _KNOWN_STATUSES)
            count = sum(value not in _KNOWN_STATUSES for value in values)
            report_statuses(context, entry, category, odd, count)
    elif kind == "timestamps" and length:
        _check_times(context, entry, values, category)
    return kind, length


_INFINITY = float("inf")


def _check_times(
    context: Context, entry: DataState, stamps: Sequence[Timestamp], category: str | None
) -> None:
    seconds = [stamp.seconds for stamp in stamps]
    nanos = [stamp.nanos for stamp in stamps]
    if entry.first_second is None:
        entry.first_second = seconds[0]
    if min(seconds) < -LAST_SECOND or max(seconds) > LAST_SECOND:
        count = sum(not -LAST_SECOND <= second <= LAST_SECOND for second in seconds)
        location = _place(context, entry, category)
        report_range(context, Target("data", entry.position), location, count)
    if min(nanos) < 0 or max(nanos) > LAST_NANO:
        odd = [nano for nano in nanos if not 0 <= nano <= LAST_NANO]
        location = _place(context, entry, category)
        report_nanos(context, Target("data", entry.position), location, odd[0], len(odd))
    if entry.type == schema_constants.TIMESTAMP:
        times = [second * 1_000_000_000 + nano for second, nano in zip(seconds, nanos, strict=True)]
        for position, (before, now) in enumerate(pairwise(times), 1):
            if now < before:
                report_backwards(context, entry, category, position)
                break


def check_deferred(context: Context, entry: DataState, kind: int) -> tuple[str, int]:
    """Check a deferred series as `check_series` does.

    Raises MalformedError for bytes that protobuf refuses.
    """
    position = entry.position
    if few_bytes(context.document.deferred):
        series = parse(SeriesKind(kind), context.document.deferred_payload(position))
        if kind == SeriesKind.STRINGS:
            context.strings[position] = frozenset(series.strings.series)
        kind_name, length = check_series(context, entry, series, None)
        return kind_name or _KIND_NAMES[kind], length
    if context.series_stats is None:
        from resim_inspect.document.series_stats import all_series_stats

        context.series_stats = all_series_stats(context.document, context.is_cancelled)
    stats = context.series_stats[position]
    if stats.nan or stats.infinite:
        report_not_finite(context, entry, None, stats.nan, stats.infinite, stats.length)
    if stats.statuses is not None and not _known(stats.statuses):
        odd = sorted(stats.statuses.keys() - _KNOWN_STATUSES)
        count = sum(stats.statuses[number] for number in odd)
        report_statuses(context, entry, None, odd, count)
    if stats.times is not None:
        target, location = Target("data", entry.position), _place(context, entry, None)
        entry.first_second = stats.times.first_second
        if stats.times.out_of_range:
            report_range(context, target, location, stats.times.out_of_range)
        if stats.times.odd_nanos:
            first, count = stats.times.odd_nanos
            report_nanos(context, target, location, first, count)
    if stats.backwards_at is not None and entry.type == schema_constants.TIMESTAMP:
        report_backwards(context, entry, None, stats.backwards_at)
    if stats.strings is not None:
        context.strings[position] = stats.strings
    return _KIND_NAMES[kind], stats.length


def few_bytes(deferred: Mapping[int, DeferredSeries]) -> bool:
    """Return True if protobuf reads all deferred series faster than numpy is imported."""
    return (
        len(deferred) <= _MAX_TOGETHER // 4096
        and sum(deferred_series.length for deferred_series in deferred.values()) <= _MAX_TOGETHER
    )


def report_not_finite(
    context: Context, entry: DataState, category: str | None, nan: int, infinite: int, count: int
) -> None:
    """Report NaN, which leaves gaps in a chart, and infinities, which are marked at its edge."""
    target = Target("data", entry.position)
    where = _place(context, entry, category)
    if nan == count:
        context.report(
            VALUES_ALL_NAN,
            target,
            where,
            f"all of its {count:,} values are NaN" if count > 1 else "its only value is NaN",
            "There is nothing to show; check how the values are computed.",
        )
    elif nan:
        context.report(
            VALUES_NAN,
            target,
            where,
            f"{nan:,} of {count:,} values are NaN ({_share(nan, count)})",
            "A chart has gaps there.",
        )
    if infinite:
        context.report(
            VALUES_INFINITE,
            target,
            where,
            f"{infinite:,} of {count:,} values {'is' if infinite == 1 else 'are'} infinite "
            f"({_share(infinite, count)})",
            "A chart marks them at its edge; look for a division by zero.",
        )


def _share(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return "under 0.1%" if percent < 0.1 else f"{percent:.3g}%"


def report_statuses(
    context: Context, entry: DataState, category: str | None, odd: Collection[int], count: int
) -> None:
    """Report the numbers in a series of statuses that are not statuses."""
    names = ", ".join("unset (0)" if number == 0 else str(number) for number in sorted(odd)[:5]) + (
        " …" if len(odd) > 5 else ""
    )
    problem = "value is not a status" if count == 1 else "values are not statuses"
    known = ", ".join(f"{status.name} {status.value}" for status in MetricStatus if 0 < status < 6)
    context.report(
        STATUS_UNKNOWN,
        Target("data", entry.position),
        _place(context, entry, category),
        f"{count:,} {problem}: {names}",
        f"Statuses are {known}.",
    )


def report_backwards(
    context: Context, entry: DataState, category: str | None, position: int
) -> None:
    """Report a time that is earlier than the one before it."""
    context.report(
        TIME_BACKWARDS,
        Target("data", entry.position),
        f"{_place(context, entry, category)}[{position}]",
        "the time is earlier than the one before it",
        "Sort by time; lines over time zigzag otherwise.",
    )


def _place(context: Context, entry: DataState, category: str | None) -> str:
    where = context.data_place(entry.position) + ".series"
    return where if category is None else f"{where}[{quoted(category)}]"
