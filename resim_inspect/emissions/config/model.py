"""Values of a metrics config: definitions, each with the file and line on which it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resim_inspect.errors import InspectError
from resim_inspect.settings.faults import Key, Origin, line_of
from resim_inspect.text import clean


class ConfigError(InspectError):
    """A config file that cannot be used at all; `str(error)` has the file and the line."""

    def __init__(self, reason: str, path: Path, line: int = 0) -> None:
        location = f"{path}:{line}" if line else str(path)
        super().__init__(f"{clean(location)}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class ConfigFault:
    """Something of a config file that has the wrong form and was left out."""

    kind: str
    """Name of the fault; the rule with this code explains it."""
    origin: Origin
    where: str
    """Path of the value: `metrics["Max speed"].status`."""
    message: str


@dataclass(frozen=True)
class ConfigFile:
    """One file as plain values, with the line of every key."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[Key, int] = field(repr=False)
    duplicates: tuple[tuple[Key, int], ...] = ()
    """Keys that are written twice in one mapping, with the line of the later one, which holds."""

    text_lines: Mapping[Key, int] = field(default_factory=dict, repr=False)
    """Line on which the text of a value begins, where that is not the line of its key."""

    def origin(self, *key: str | int) -> Origin:
        """Line of a key, or of the nearest mapping above it."""
        return Origin(self.path, line_of(self.lines, key))


def where(key: tuple[str | int, ...]) -> str:
    """Path of a value for people: `metrics["Max speed"].status`, `metrics sets["Main"]`."""
    text = clean(str(key[0]), 80) if key else "file"
    for position, part in enumerate(key[1:], 1):
        if isinstance(part, int):
            text += f"[{part}]"
        elif position == 1:
            name = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{name}"]'
        else:
            text += f".{part}"
    return text


@dataclass(frozen=True)
class TopicDefinition:
    """A topic: its fields and their types."""

    name: str
    origin: Origin
    fields: Mapping[str, str]
    """Type of each field, as written; the known ones are in `FIELD_TYPES`."""
    event: bool = False
    has_schema: bool = True
    file: ConfigFile | None = field(default=None, repr=False)


@dataclass(frozen=True)
class StatusDefinition:
    """A query with one `?`, and the thresholds that replace it."""

    query: str
    origin: Origin
    warn: float | None = None
    block: float | None = None
    query_line: int = 0
    """Line of the file on which the text of the query begins; 0 without a query."""


@dataclass(frozen=True)
class MetricDefinition:
    """A metric: a query, and the template that draws its result."""

    name: str
    origin: Origin
    type: str
    """`test`, `batch` or `dashboard` (older: `report`), as written."""
    query: str
    query_line: int
    """Line of the file on which the text of the query begins; 0 without a query."""
    description: str = ""
    template_type: str = ""
    template: str = ""
    template_file: str = ""
    units: str = ""
    skip_if_no_data: bool = False
    """True if set for the metric, or for all by `global: {skip-if-no-data: true}` of its file."""
    status: StatusDefinition | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """`template_settings`."""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All keys of the metric, as written."""
    file: ConfigFile | None = field(default=None, repr=False)

    def queries(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the metric's query and that of its status, each after its key in the metric."""
        yield ("query_string",), self.query
        if self.status is not None:
            yield ("status", "query_string"), self.status.query


@dataclass(frozen=True)
class MetricsSet:
    """Names of metrics in the order of the page."""

    name: str
    origin: Origin
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Dashboard:
    """A page with a metrics set over the batches of a branch."""

    name: str
    origin: Origin
    metrics_set: str
    description: str = ""
    refresh: str = ""
    day_range: int | None = None


@dataclass(frozen=True)
class Config:
    """One or more config files, merged."""

    paths: tuple[Path, ...]
    topics: Mapping[str, TopicDefinition]
    metrics: tuple[MetricDefinition, ...]
    metrics_sets: tuple[MetricsSet, ...]
    dashboards: tuple[Dashboard, ...]
    files: tuple[ConfigFile, ...] = ()
    faults: tuple[ConfigFault, ...] = ()

    def metric(self, name: str) -> MetricDefinition | None:
        """Return the metric of that name; None without one."""
        return next((metric for metric in self.metrics if metric.name == name), None)

    def metrics_set(self, name: str) -> MetricsSet | None:
        """Return the metrics set of that name; None without one."""
        return next((chosen for chosen in self.metrics_sets if chosen.name == name), None)


FIELD_TYPES = (
    *("boolean", "string", "int", "float", "image", "video", "status"),
    *("string[]", "metric[]"),
)
"""Types of fields that the official emitter knows."""
SYSTEM_TEMPLATES = (
    *("line", "bar", "table", "scalar", "histogram", "pie"),
    *("state_timeline", "image", "video", "artifact"),
)
TEMPLATE_FOLDER = "templates"
"""Folder beside a config in which its Liquid files lie."""
METRIC_TYPES = ("test", "batch", "dashboard")
MAX_MEDIA_FILES = 100
"""Images and videos of a test that the server takes."""
SERVER_TABLES = ("metadata", "container_performance", "test_length_seconds")
"""Tables of the server, whose names a topic must not have."""
