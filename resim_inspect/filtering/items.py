"""Fields of metrics data, events and findings, for the filter language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar, Protocol

from resim_inspect.document import Document, DocumentError
from resim_inspect.document.enums import DataType, Importance
from resim_inspect.document.model import Event, MetricsData
from resim_inspect.filtering.metrics import IMPORTANCE_HELP
from resim_inspect.filtering.query import (
    STATUS_HELP,
    Comparison,
    Fields,
    Marks,
    QueryError,
    Test,
    choice,
    members,
    ordered,
    statuses,
)
from resim_inspect.validation.findings import Severity

_TYPES = {"number": "double", "time": "timestamp", "text": "string", "file": "external"}
"""Words for the types of data, as the list has them."""


class DataFields(Fields[MetricsData]):
    """Metrics data of a document."""

    HELP = {  # noqa: RUF012
        "type": "number, time, text, status, uuid, file (any part of the type's name)",
        "unit": "a part of the unit",
        "has": "finding, error, warning",
        "is": "unused, indexed, categorical",
        "name": "a part of the name",
        "category": "a part of the name of a category",
    }
    EXAMPLE: ClassVar[str] = "type:number  length>100  is:unused  NOT unit:m"

    def __init__(
        self, document: Document, marks: Marks | None = None, unused: Collection[int] = ()
    ) -> None:
        self.document = document
        self.marks = marks or Marks()
        self.unused = unused

    def named(self, text: str) -> Test[MetricsData]:
        return lambda data: text in data.name.casefold()

    def field(self, name: str, value: str) -> Test[MetricsData]:
        if name == "type":
            numbers = members(_TYPES.get(value, value), DataType)
            return lambda data: int(data.type) in numbers
        if name == "unit":
            return lambda data: value in data.unit.casefold()
        if name == "category":
            return lambda data: any(value in name.casefold() for name in data.category_names)
        tests: dict[str, Test[MetricsData]]
        if name == "has":
            marks = self.marks
            tests = {
                "finding": lambda data: data.position in marks.all,
                "error": lambda data: data.position in marks.errors,
                "warning": lambda data: data.position in marks.warnings,
            }
        else:
            unused = self.unused
            tests = {
                "unused": lambda data: data.position in unused,
                "indexed": lambda data: data.is_indexed,
                "categorical": lambda data: data.is_per_category,
            }
        return choice(name, value, tests)

    def value_names(self) -> Iterable[str]:
        return ("length",)

    def compared(self, names: Collection[str], comparison: Comparison) -> Test[MetricsData]:  # noqa: ARG002
        def test(data: MetricsData) -> bool:
            if data.external_path is not None or data.is_per_category:
                return False
            try:
                return comparison(self.document.length(data))
            except DocumentError:
                return False

        return test


class EventFields(Fields[Event]):
    """Events of a document."""

    HELP = {  # noqa: RUF012
        "status": STATUS_HELP,
        "importance": IMPORTANCE_HELP,
        "tag": "a part of a tag",
        "metric": "a part of the name of one of its metrics",
        "has": "metric, tag, finding, error, warning, description",
        "name": "a part of the name",
        "description": "a part of the description",
    }
    EXAMPLE: ClassVar[str] = "status:fail  time>40  tag:wind  importance:>=high"

    def __init__(self, document: Document, marks: Marks | None = None) -> None:
        self.document = document
        self.marks = marks or Marks()

    def named(self, text: str) -> Test[Event]:
        return lambda event: text in event.name.casefold()

    def field(self, name: str, value: str) -> Test[Event]:
        if name == "status":
            wanted = statuses(value)
            return lambda event: int(event.status) in wanted
        if name == "importance":
            test = ordered(value, Importance)
            return lambda event: test(int(event.importance))
        if name == "tag":
            return lambda event: any(value in tag.casefold() for tag in event.tags)
        if name == "metric":
            return lambda event: any(value in name for name in self._metrics(event))
        if name == "description":
            return lambda event: value in event.description.casefold()
        marks = self.marks
        tests: dict[str, Test[Event]] = {
            "metric": lambda event: bool(event.metrics),
            "tag": lambda event: bool(event.tags),
            "finding": lambda event: event.position in marks.all,
            "error": lambda event: event.position in marks.errors,
            "warning": lambda event: event.position in marks.warnings,
            "description": lambda event: bool(event.description),
        }
        return choice("has", value, tests)

    def _metrics(self, event: Event) -> Iterable[str]:
        for id_ in event.metrics:
            metric = self.document.metric_by_id(id_)
            if metric is not None:
                yield metric.name.casefold()

    def value_names(self) -> Iterable[str]:
        return ("time",)

    def compared(self, names: Collection[str], comparison: Comparison) -> Test[Event]:  # noqa: ARG002
        return lambda event: comparison(event.timestamp / 1e9)


class FindingLike(Protocol):
    """Fields of a finding that the filter reads."""

    @property
    def severity(self) -> Severity: ...
    @property
    def rule(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str: ...


class FindingFields(Fields[FindingLike]):
    """Findings about a document; a word without a field is searched in the text and the place."""

    HELP = {  # noqa: RUF012
        "severity": ", ".join(Severity),
        "rule": "a part of the rule's code",
        "where": "a part of the place",
        "message": "a part of the text",
        "hint": "a part of the advice",
    }
    EXAMPLE: ClassVar[str] = "severity:error  rule:name  where:speed"

    def named(self, text: str) -> Test[FindingLike]:
        return lambda finding: (
            text in f"{finding.rule}\n{finding.message}\n{finding.where}".casefold()
        )

    def field(self, name: str, value: str) -> Test[FindingLike]:
        if name == "severity":
            wanted = {severity for severity in Severity if severity.startswith(value)}
            if not wanted:
                known = ", ".join(Severity)
                raise QueryError(f"there is no severity {value}; the severities are {known}")
            return lambda finding: finding.severity in wanted
        return lambda finding: value in str(getattr(finding, name)).casefold()
