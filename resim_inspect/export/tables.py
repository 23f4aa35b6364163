"""The tables of an export: their columns, in order, with types and descriptions."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Type of a column's values; any of them may be missing."""

    TEXT = "text"
    DOUBLE = "double"
    INTEGER = "integer"
    """int64."""
    TIME = "time"
    """int64 ns since 1970, UTC; ISO 8601 with nine digits in text formats."""
    BOOLEAN = "boolean"
    JSON = "json"
    """Text that is JSON; a value of its own in the JSON formats."""

    @property
    def is_text(self) -> bool:
        """True for columns that are stored as codes into texts."""
        return self in (Kind.TEXT, Kind.JSON)


class Column(NamedTuple):
    """A column: its name, type and description."""

    name: str
    kind: Kind
    about: str


class Table(NamedTuple):
    """A table: its name and columns."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)


_JOB = Column("job", Kind.TEXT, "name of the job")
_STATUS = Column("status", Kind.TEXT, "PASSED, FAIL_WARN, FAIL_BLOCK, RAW, NOT_APPLICABLE or UNSET")
_POSITION = Column("position", Kind.INTEGER, "place in the file, from 0")
_IMPORTANCE = Column("importance", Kind.TEXT, "ZERO, LOW, MEDIUM, HIGH, CRITICAL or UNSET")
_DESCRIPTION = Column("description", Kind.TEXT, "description")
_EXPERIENCE = Column("experience", Kind.TEXT, "name of the experience, of a job in a workspace")
_VERDICT = Column("verdict", Kind.TEXT, "the file's status; without it, that of the worst metric")
_APPROXIMATE = Column(
    "approximate", Kind.BOOLEAN, "true if evaluated here from emissions, not by ReSim"
)
_TAGS_NOTE = "object of keys and values; a key that is repeated has the list of its values"

SERIES = Table(
    "series",
    (
        _JOB,
        Column("metric", Kind.TEXT, "name of the metric that refers to the data, if one does"),
        Column("data", Kind.TEXT, "name of the metrics data"),
        Column("category", Kind.TEXT, "category of the series, if the data has categories"),
        Column("index_ns", Kind.INTEGER, "index, if it is a time: ns"),
        Column("index", Kind.DOUBLE, "index, if it is a number; the position without an index"),
        Column("index_text", Kind.TEXT, "index, if it is a string, an id or a status"),
        Column("time", Kind.TIME, "index_ns as a time of UTC; without it, value_ns"),
        Column("value", Kind.DOUBLE, "value, if it is a number"),
        Column("value_ns", Kind.INTEGER, "value, if it is a time: ns"),
        Column("text", Kind.TEXT, "value, if it is a string or an id"),
        Column("unit", Kind.TEXT, "unit of the data"),
        Column("status", Kind.TEXT, "status of the value in this metric; value of status data"),
        _APPROXIMATE,
    ),
)
METRICS = Table(
    "metrics",
    (
        _JOB,
        _POSITION,
        Column("id", Kind.TEXT, "id of the metric"),
        Column("metric", Kind.TEXT, "name"),
        Column("type", Kind.TEXT, "one of the twelve metric types, such as SCALAR"),
        _STATUS,
        _IMPORTANCE,
        Column("blocking", Kind.BOOLEAN, "as the file has it"),
        Column("shown", Kind.BOOLEAN, "false if the file hides the metric"),
        Column("event_metric", Kind.BOOLEAN, "as the file has it"),
        Column("value", Kind.DOUBLE, "value of a scalar or a double summary"),
        Column("text", Kind.TEXT, "text of a text metric"),
        Column("unit", Kind.TEXT, "unit of the value, or of all values of the metric"),
        Column("fails_above", Kind.DOUBLE, "limit, if all series of the metric have the same"),
        Column("fails_below", Kind.DOUBLE, "limit, if all series of the metric have the same"),
        Column("limits", Kind.JSON, "list of the limits of each series, with its data's name"),
        Column("order", Kind.DOUBLE, "place among the metrics that are shown"),
        _DESCRIPTION,
        Column("tags", Kind.JSON, _TAGS_NOTE),
        _APPROXIMATE,
    ),
)
EVENTS = Table(
    "events",
    (
        _JOB,
        _POSITION,
        Column("id", Kind.TEXT, "id of the event"),
        Column("event", Kind.TEXT, "name"),
        Column("time_ns", Kind.INTEGER, "ns since 1970 or since the start, by time_type"),
        Column("time_type", Kind.TEXT, "ABSOLUTE, RELATIVE or UNSET"),
        Column("time", Kind.TIME, "time_ns as a time of UTC, if it is ABSOLUTE"),
        _STATUS,
        _IMPORTANCE,
        _DESCRIPTION,
        Column("tags", Kind.JSON, "list of tags"),
        Column("metrics", Kind.JSON, "list of the names of its metrics; an id without a metric"),
        _APPROXIMATE,
    ),
)
FINDINGS = Table(
    "findings",
    (
        _JOB,
        Column("rule", Kind.TEXT, "code of the rule"),
        Column("severity", Kind.TEXT, "error, warning or info"),
        Column("where", Kind.TEXT, "place in the file"),
        Column("message", Kind.TEXT, "problem"),
        Column("hint", Kind.TEXT, "advice"),
        Column("target", Kind.TEXT, "file, metric, data or event"),
        Column("position", Kind.INTEGER, "place in the file of that metric, data or event"),
        Column("edition", Kind.TEXT, "release of open-core whose rules apply"),
        _APPROXIMATE,
    ),
)
JOBS = Table(
    "jobs",
    (
        _JOB,
        _EXPERIENCE,
        Column("id", Kind.TEXT, "job id in the file"),
        Column("path", Kind.TEXT, "path of the metrics file"),
        _VERDICT,
        Column("status", Kind.TEXT, "metrics_status of the file"),
        Column("note", Kind.TEXT, "reason why there are no metrics"),
        Column("seconds", Kind.DOUBLE, "duration of the recorded run"),
        Column("size", Kind.INTEGER, "bytes of the metrics file"),
        Column("metrics", Kind.INTEGER, "number of metrics"),
        Column("data", Kind.INTEGER, "number of metrics data"),
        Column("events", Kind.INTEGER, "number of events"),
        Column("passed", Kind.INTEGER, "number of metrics that are PASSED"),
        Column("fail_warn", Kind.INTEGER, "number of metrics that are FAIL_WARN"),
        Column("fail_block", Kind.INTEGER, "number of metrics that are FAIL_BLOCK"),
        _APPROXIMATE,
    ),
)
WIDE_HEAD = Table("wide", (_JOB, _EXPERIENCE, _VERDICT, _APPROXIMATE))
"""The wide table without its scalars."""
TABLES = {table.name: table for table in (METRICS, SERIES, EVENTS, FINDINGS, JOBS)}
"""Every table by its name."""
