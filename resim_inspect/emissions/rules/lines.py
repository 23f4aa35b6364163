"""Rules about single lines of an emissions file, whatever the config says."""

from __future__ import annotations

import numpy as np

from resim_inspect.emissions.rule_context import RuleContext, check
from resim_inspect.settings.faults import Origin
from resim_inspect.text import count
from resim_inspect.validation.findings import Rule, Severity

LINE_JSON = Rule(
    "line-json",
    Severity.ERROR,
    "Every line is one JSON object",
    "The emitter writes one object a line. A broken line inside the file is mostly what a crashed "
    "run left, to which the next run appended: remove the old file first.",
    ('{"$metadata": {"topic": "speed"}, "$data": {"v": 1.5',),
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',),
)
LINE_OBJECT = Rule(
    "line-object",
    Severity.ERROR,
    "Every line has $metadata with a topic, and $data",
    "The emitter writes nothing else, and refuses data that is not an object.",
    ('{"topic": "speed", "v": 1.5}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',),
)
LINE_ENCODING = Rule(
    "line-encoding",
    Severity.ERROR,
    "The file is UTF-8 text",
    "The emitter writes ASCII only, which is UTF-8. Other bytes cannot be read as JSON.",
)
LINE_LENGTH = Rule(
    "line-length",
    Severity.WARNING,
    "No line is longer than 16 MiB",
    "A longer line is not checked. Write images and recordings as files, and emit their names.",
)
LINE_UNFINISHED = Rule(
    "line-unfinished",
    Severity.WARNING,
    "The last line is finished",
    "The emitter ends each line with a line feed: the file is still being written, or the run "
    "crashed. The line is left out.",
)
FIELD_COUNT = Rule(
    "field-count",
    Severity.WARNING,
    "The rows of a topic have the same fields",
    "A topic whose rows keep adding fields would be a table of mostly empty columns: of more "
    "than 64 fields those with too few values are left out.",
)
TOPIC_COUNT = Rule(
    "topic-count",
    Severity.WARNING,
    "Emissions have at most 10,000 topics",
    "The rows of further ones are left out. A name or a number belongs in a field.",
)
TOPIC_NAME = Rule(
    "topic-name",
    Severity.WARNING,
    "The topic is a text",
    "A config can only define topics with names. The row is left out.",
    ('{"$metadata": {"topic": 5}, "$data": {"v": 1.5}}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',),
)
EMISSION_KEY = Rule(
    "emission-key",
    Severity.WARNING,
    "A line has no keys beside those of the emitter",
    "These are `$metadata` and `$data`, and in `$metadata` topic, timestamp and event.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5, "unit": "m/s"}, "$data": {"v": 1.5}}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',),
)
TIMESTAMP_TYPE = Rule(
    "timestamp-type",
    Severity.WARNING,
    "A timestamp is an integer",
    "It counts nanoseconds. The emitter writes whatever it is given: seconds as a float, or a date "
    "as text.",
    ('{"$metadata": {"topic": "speed", "timestamp": 1.5}, "$data": {"v": 1.5}}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 1500000000}, "$data": {"v": 1.5}}',),
)
TIMESTAMP_NEGATIVE = Rule(
    "timestamp-negative",
    Severity.WARNING,
    "A timestamp is not negative",
    "It counts nanoseconds from the start of the run or from 1970.",
    ('{"$metadata": {"topic": "speed", "timestamp": -5}, "$data": {"v": 1.5}}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 0}, "$data": {"v": 1.5}}',),
)
TIMESTAMP_RANGE = Rule(
    "timestamp-range",
    Severity.WARNING,
    "A timestamp fits into 64 bits",
    "The column is a BIGINT. Nanoseconds that were multiplied twice do not fit.",
    ('{"$metadata": {"topic": "speed", "timestamp": 99999999999999999999}, "$data": {"v": 1.5}}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 9999999999}, "$data": {"v": 1.5}}',),
)
EVENT_FLAG = Rule(
    "event-flag",
    Severity.WARNING,
    "The flag of an event is true",
    "The emitter writes `true`, or no flag.",
    ('{"$metadata": {"topic": "speed", "timestamp": 5, "event": 1}, "$data": {"v": 1.5}}',),
    ('{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": 1.5}}',),
)
EVENT_TIMESTAMP = Rule(
    "event-timestamp",
    Severity.ERROR,
    "An event has a timestamp",
    "The emitter refuses an event without one.",
    (
        '{"$metadata": {"topic": "hit", "event": true}, "$data": {"name": "Crash", '
        '"description": "", "status": "PASSED", "tags": []}}',
    ),
    (
        '{"$metadata": {"topic": "hit", "timestamp": 5, "event": true}, "$data": {"name": "Crash", '
        '"description": "", "status": "PASSED", "tags": []}}',
    ),
)
NO_ROWS = Rule(
    "no-rows",
    Severity.INFO,
    "An emissions file has rows",
    "A run that emits nothing is mostly one that ended early.",
)
CONFIG_MISSING = Rule(
    "config-missing",
    Severity.INFO,
    "Emissions have a config",
    "Without one only the lines themselves are checked, not topics, fields and types. It is "
    "searched beside the emissions and in .resim/metrics of the folders above; --config names it.",
)

_HINTS = {
    LINE_JSON: "Remove the file before the run, and write each line whole.",
    LINE_OBJECT: 'Write {"$metadata": {"topic": …}, "$data": {…}}.',
    LINE_ENCODING: "Write the file as UTF-8.",
    LINE_LENGTH: "Write large data as a file and emit its name.",
    FIELD_COUNT: "Use one field for names and one for values.",
    TOPIC_COUNT: "Use one topic with a field for the name.",
    TOPIC_NAME: "Give the topic the name that the config has.",
    EMISSION_KEY: "Put values into $data.",
    TIMESTAMP_TYPE: "Emit nanoseconds as an int: int(seconds * 1e9).",
    TIMESTAMP_NEGATIVE: "Emit nanoseconds since the start of the run or since 1970.",
    TIMESTAMP_RANGE: "Emit nanoseconds since the start of the run or since 1970.",
    EVENT_FLAG: "Write events with emit_event().",
    EVENT_TIMESTAMP: "Give emit_event() the time in nanoseconds.",
}
_RULES = {rule.code: rule for rule in _HINTS}


@check(*_HINTS)
def check_lines(context: RuleContext) -> None:
    """Report the faults that the reader has found."""
    if context.emissions is None:
        return
    for fault in context.emissions.faults:
        rule = _RULES[fault.kind]
        message = fault.message
        if fault.count > 1:
            message += f". The same in {count(fault.count - 1, 'more line')}"
        origin = Origin(context.emissions.paths[fault.file], fault.line)
        location = f'topic "{fault.topic}"' if fault.topic else ""
        context.report(rule, origin, location, message, _HINTS[rule])


@check(LINE_UNFINISHED)
def check_last_lines(context: RuleContext) -> None:
    """Report a last line that ends in its middle."""
    if context.emissions is None:
        return
    for file, length in context.emissions.held_back.items():
        context.report(
            LINE_UNFINISHED,
            Origin(context.emissions.paths[file], context.emissions.line_counts[file] + 1),
            "",
            f"is not finished: it ends after {length:,} bytes, and is left out",
            "Wait until it is written, or remove it.",
        )


@check(NO_ROWS, CONFIG_MISSING)
def check_files(context: RuleContext) -> None:
    """Report files without rows, and emissions without a config."""
    emissions = context.emissions
    if emissions is None:
        return
    with_rows = {
        int(file) for topic in emissions.topics.values() for file in np.unique(topic.file_indices)
    }
    for file, path in enumerate(emissions.paths):
        if file not in with_rows and not any(fault.file == file for fault in emissions.faults):
            hint = "See whether the run reached the code that emits."
            context.report(NO_ROWS, Origin(path, 0), "", "has no rows", hint)
        elif context.config is None:
            message = "is not compared with topics, since no config was found"
            hint = "Name it with --config."
            context.report(CONFIG_MISSING, Origin(path, 0), "", message, hint)
