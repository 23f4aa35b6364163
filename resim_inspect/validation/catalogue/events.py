"""Rules about events."""

from __future__ import annotations

from resim_inspect.validation.catalogue.rule import Rule
from resim_inspect.validation.findings import Severity

_E = Severity.ERROR

RULES = (
    Rule(
        "event-id",
        _E,
        "Every event has an id",
        "The id of an event is a UUID.",
        ('events["Landing"].id = "landing"',),
        ('events["Landing"].id = "12345678-1234-1234-1234-123456789abc"',),
    ),
    Rule(
        "event-name-empty",
        _E,
        "Every event has a name",
        "The name is what people see.",
        ('events["Landing"].name = ""',),
        ('events["Landing"].name = "Touchdown"',),
    ),
    Rule(
        "event-name-duplicate",
        _E,
        "No two events have the same name",
        "Number them where the same thing happens twice.",
        ('events["Landing"].name = "Take-off"',),
        ('events["Landing"].name = "Take-off 2"',),
    ),
    Rule(
        "event-time",
        _E,
        "The time of an event is a time",
        "Seconds count from 0, nanoseconds lie from 0 to 999,999,999.",
        ('events["Landing"].timestamp.nanos = 1500000000',),
        ('events["Landing"].timestamp.nanos = 500000000',),
    ),
    Rule(
        "event-time-type",
        _E,
        "Every event says how its time counts",
        "ABSOLUTE counts from 1970, RELATIVE from the start of the simulation.",
        ('events["Landing"].timestamp_type = unset',),
        ('events["Landing"].timestamp_type = RELATIVE',),
    ),
    Rule(
        "event-time-mixed",
        _E,
        "The times of all events count alike",
        "All are absolute or all are relative.",
        ('events["Landing"].timestamp_type = ABSOLUTE',),
        (
            'events["Landing"].timestamp_type = ABSOLUTE',
            'events["Take-off"].timestamp_type = ABSOLUTE',
        ),
    ),
    Rule(
        "event-metric-missing",
        _E,
        "The metrics that an event names are in the file",
        "Metrics are found by their id, which is compared as text.",
        ('events["Take-off"].metrics = ["12345678-1234-1234-1234-123456789abc"]',),
        ('events["Take-off"].metrics = [metrics["Max speed"]]',),
    ),
    Rule(
        "event-metric-names",
        _E,
        "The metrics of one event have different names",
        "Two events may have a metric of the same name each, but not one event two of them, "
        "nor the same metric twice.",
        ('events["Take-off"].metrics = [metrics["Max speed"], metrics["Max speed"]]',),
        ('events["Take-off"].metrics = [metrics["Max speed"], metrics["Summary"]]',),
        since="0.12.0",
    ),
)
