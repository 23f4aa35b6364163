"""Rules about times: their range, their nanoseconds, and the clocks of one metric."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Rule, Severity, Target

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from resim_inspect.schema import metrics_pb2 as pb

TIME_RANGE = Rule(
    "time-range",
    Severity.WARNING,
    "Times lie between 1677 and 2262",
    "Times are read as nanoseconds since 1970 in 64 bits, which hold no others: such a time "
    "has no place in a chart or in a table.",
    ('data["other clock"].series = [0, 1, 253402300799]',),
    ('data["other clock"].series = [0, 1, 1760000000]',),
)
TIME_NANOS = Rule(
    "time-nanos",
    Severity.WARNING,
    "The nanoseconds of a time lie from 0 to 999,999,999",
    "This also holds before 1970, where nanoseconds count forward from the second. Libraries "
    "refuse other numbers, or read them as another time.",
    ('metrics["Speed"].values.start_time.nanos = -5',),
    ('metrics["Speed"].values.start_time.nanos = 5',),
)
METRIC_CLOCKS = Rule(
    "metric-clocks",
    Severity.WARNING,
    "The series of a metric are on one clock",
    "Times since 1970 and times since the start of a run are decades apart in one chart. "
    "Times from March 1973 on are taken as counted from 1970.",
    (
        'data["other clock"].series = [1760000000, 1760000001, 1760000002]',
        'metrics["Heat"].values.doubles = [data["heat"], data["speed"]]',
        'metrics["Heat"].values.statuses = [data["heat status"], data["speed status"]]',
        'metrics["Heat"].values.failure_definitions = [{}, {}]',
    ),
    (
        'metrics["Heat"].values.doubles = [data["heat"], data["speed"]]',
        'metrics["Heat"].values.statuses = [data["heat status"], data["speed status"]]',
        'metrics["Heat"].values.failure_definitions = [{}, {}]',
    ),
)

LAST_SECOND = 9_223_372_035
"""Last whole second since 1970 whose nanoseconds fit into 64 bits; the first is its negative."""
LAST_NANO = 999_999_999
_ABSOLUTE_FROM = 100_000_000
"""Seconds; as in the charts, no run lasts three years."""


def check_time(context: Context, target: Target, where: str, stamp: Timestamp) -> None:
    """Check a single time: of an event, or the start or end of a metric."""
    if not -LAST_SECOND <= stamp.seconds <= LAST_SECOND:
        report_range(context, target, where, 1)
    if not 0 <= stamp.nanos <= LAST_NANO:
        report_nanos(context, target, where, stamp.nanos, 1)


def report_range(context: Context, target: Target, where: str, count: int) -> None:
    """Report times that 64 bits of nanoseconds cannot hold."""
    context.report(
        TIME_RANGE,
        target,
        where,
        "the time is before 1677 or after 2262"
        if count == 1
        else f"{count:,} times are before 1677 or after 2262",
        "Leave out samples whose time is not known, or write the time that is meant.",
    )


def report_nanos(context: Context, target: Target, where: str, nanos: int, count: int) -> None:
    """Report nanoseconds out of range; `nanos` is the first of them."""
    message = f"the nanoseconds are {nanos:,}"
    if count > 1:
        message += f", and out of range {count:,} times"
    context.report(
        TIME_NANOS,
        target,
        where,
        message,
        "Carry whole seconds over: nanoseconds lie from 0 to 999,999,999.",
    )


def check_clocks(
    context: Context, position: int, data_ids: Iterable[pb.MetricsDataId], field: str
) -> None:
    """Report a metric with series on two clocks: since 1970, and since the start of a run."""
    absolute: list[str] = []
    relative: list[str] = []
    for data_id in data_ids:
        entry = context.data_by_id.get(data_id.id.data)
        index = None if entry is None else context.data_by_id.get(entry.index_id)
        if entry is None or index is None or index.first_second is None:
            continue
        stamped = index.first_second >= _ABSOLUTE_FROM
        (absolute if stamped else relative).append(entry.name)
    if absolute and relative:
        context.report(
            METRIC_CLOCKS,
            Target("metric", position),
            f"{context.metric_place(position)}.values.{field}",
            f"{quoted(absolute[0])} has times since 1970, {quoted(relative[0])} since the start "
            "of a run",
            "Use one clock for all series of a metric.",
        )
