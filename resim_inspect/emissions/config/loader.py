"""Config files read, merged, and turned into definitions; what has the wrong form is a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from resim_inspect.emissions.config.merge import merge_faults
from resim_inspect.emissions.config.model import (
    Config,
    ConfigFault,
    ConfigFile,
    Dashboard,
    MetricDefinition,
    MetricsSet,
    StatusDefinition,
    TopicDefinition,
    where,
)
from resim_inspect.emissions.config.yaml_values import read_yaml

_UNQUOTED = "is not read as a text by YAML: put the name into quotes"


def load_config(paths: Sequence[Path]) -> Config:
    """Read config files and merge them; raises ConfigError for a file that cannot be used.

    Of names that are defined twice the first holds, which both the CLI and the SDK refuse.
    """
    files = tuple(read_yaml(path) for path in paths)
    readers = [_FileReader(file) for file in files]
    topics: dict[str, TopicDefinition] = {}
    metrics: dict[str, MetricDefinition] = {}
    sets: dict[str, MetricsSet] = {}
    dashboards: dict[str, Dashboard] = {}
    for reader in readers:
        for topic in reader.topics():
            topics.setdefault(topic.name, topic)
        for metric in reader.metrics():
            metrics.setdefault(metric.name, metric)
        for chosen in reader.metrics_sets():
            sets.setdefault(chosen.name, chosen)
        for dashboard in reader.dashboards():
            dashboards.setdefault(dashboard.name, dashboard)
    faults = [fault for reader in readers for fault in reader.faults]
    return Config(
        tuple(paths),
        MappingProxyType(topics),
        tuple(metrics.values()),
        tuple(sets.values()),
        tuple(dashboards.values()),
        files,
        (*faults, *merge_faults(files)),
    )


class _FileReader:
    """Turns the values of one file into definitions and collects what has the wrong form."""

    def __init__(self, file: ConfigFile) -> None:
        self._file = file
        self.faults: list[ConfigFault] = []
        shared = file.values.get("global")
        self._skip = isinstance(shared, Mapping) and shared.get("skip-if-no-data") is True

    def topics(self) -> Iterator[TopicDefinition]:
        """Yield the topics."""
        for name, values in self._entries("topics"):
            schema = values.get("schema")
            if schema is not None and not isinstance(schema, Mapping):
                self._wrong(("topics", name, "schema"), "must be a mapping of fields to types")
                schema = {}
            for field in schema or {}:
                if not isinstance(field, str):
                    self._wrong(("topics", name, "schema", str(field)), _UNQUOTED)
            fields = {str(field): str(kind) for field, kind in (schema or {}).items()}
            yield TopicDefinition(
                name,
                self._file.origin("topics", name),
                MappingProxyType(fields),
                bool(values.get("event", False)),
                schema is not None,
                self._file,
            )

    def metrics(self) -> Iterator[MetricDefinition]:
        """Yield the metrics."""
        for name, values in self._entries("metrics"):
            key = ("metrics", name)
            query = self._text(values, key, "query_string")
            settings = values.get("template_settings")
            if settings is not None and not isinstance(settings, Mapping):
                self._wrong((*key, "template_settings"), "must be a mapping")
            own = values.get("skip_if_no_data", values.get("skip-if-no-data"))
            yield MetricDefinition(
                name,
                self._file.origin(*key),
                self._text(values, key, "type"),
                query,
                self._query_line((*key, "query_string")) if query else 0,
                self._text(values, key, "description"),
                self._text(values, key, "template_type"),
                self._text(values, key, "template"),
                self._text(values, key, "template_file"),
                self._text(values, key, "units"),
                self._skip if own is None else own is True,
                self._status(name, values),
                settings if isinstance(settings, Mapping) else {},
                values,
                self._file,
            )

    def metrics_sets(self) -> Iterator[MetricsSet]:
        """Yield the metrics sets."""
        for name, values in self._entries("metrics sets"):
            key = ("metrics sets", name)
            names = values.get("metrics")
            if not isinstance(names, list):
                if names is not None:
                    self._wrong((*key, "metrics"), "must be a list of names of metrics")
                names = []
            for position, metric in enumerate(names):
                if not isinstance(metric, str):
                    self._wrong((*key, "metrics", position), "must be the name of a metric")
            chosen = tuple(str(metric) for metric in names if isinstance(metric, str))
            yield MetricsSet(name, self._file.origin(*key), chosen)

    def dashboards(self) -> Iterator[Dashboard]:
        """Yield the dashboards."""
        for name, values in self._entries("dashboards"):
            key = ("dashboards", name)
            days = values.get("day_range")
            if days is not None and (isinstance(days, bool) or not isinstance(days, int)):
                self._wrong((*key, "day_range"), "must be a whole number of days")
                days = None
            yield Dashboard(
                name,
                self._file.origin(*key),
                self._text(values, key, "metrics_set"),
                self._text(values, key, "description"),
                self._text(values, key, "refresh"),
                days,
            )

    def _status(self, name: str, values: Mapping[str, Any]) -> StatusDefinition | None:
        status = values.get("status")
        key = ("metrics", name, "status")
        if status is None:
            return None
        if not isinstance(status, Mapping):
            self._wrong(key, "must be a mapping with query_string, warn and block")
            return None
        query = self._text(status, key, "query_string")
        return StatusDefinition(
            query,
            self._file.origin(*key),
            _threshold(status, "warn"),
            _threshold(status, "block"),
            self._query_line((*key, "query_string")) if query else 0,
        )

    def _query_line(self, key: tuple[str, ...]) -> int:
        return self._file.text_lines.get(key, self._file.origin(*key).line)

    def _entries(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        entries = self._file.values.get(section)
        if entries is None:
            return
        if not isinstance(entries, Mapping):
            self._wrong((section,), "must be a mapping of names")
            return
        for name, values in entries.items():
            if not isinstance(name, str):
                # YAML reads on, off, yes and no as booleans.
                self._wrong((section, str(name)), _UNQUOTED)
            elif isinstance(values, Mapping):
                yield name, values
            else:
                self._wrong((section, str(name)), "must be a mapping")

    def _text(self, values: Mapping[str, Any], key: tuple[str, ...], word: str) -> str:
        value = values.get(word)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self._wrong((*key, word), "must be a text")
        return ""

    def _wrong(self, key: tuple[str | int, ...], message: str) -> None:
        origin = self._file.origin(*key)
        self.faults.append(ConfigFault("config-form", origin, where(key), message))


def _threshold(status: Mapping[str, Any], word: str) -> float | None:
    value = status.get(word)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None
