"""Fields of the metrics of a document, for the filter language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from resim_inspect.document.enums import Importance, MetricType
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.query import (
    STATUS_HELP,
    Comparison,
    Fields,
    Marks,
    Test,
    choice,
    members,
    ordered,
    statuses,
)

IMPORTANCE_HELP = "critical, high, medium, low, zero; also >=high, <medium"


class MetricFields(Fields[int]):
    """Metrics by their positions."""

    HELP = {  # noqa: RUF012
        "status": STATUS_HELP,
        "importance": IMPORTANCE_HELP,
        "type": "scalar, text, image, bar, states, … (any part of the type's name)",
        "tag": "key, or key=value",
        "event": "a part of the name of an event it belongs to",
        "has": "event, tag, finding, error, warning, description",
        "is": "hidden, shown, blocking, event",
        "name": "a part of the name",
        "description": "a part of the description",
    }
    EXAMPLE: ClassVar[str] = "status:fail  speed>10  importance:>=high  NOT type:text"

    def __init__(self, catalog: Catalog, marks: Marks | None = None) -> None:
        self.catalog = catalog
        self.marks = marks or Marks()

    def named(self, text: str) -> Test[int]:
        names = self.catalog.lowered
        return lambda position: text in names[position]

    def field(self, name: str, value: str) -> Test[int]:
        catalog = self.catalog
        metrics = catalog.messages
        if name == "status":
            wanted, statuses_ = statuses(value), catalog.statuses
            return lambda position: statuses_[position] in wanted
        if name == "importance":
            importances = catalog.importances
            passing = set(filter(ordered(value, Importance), set(importances)))
            return lambda position: importances[position] in passing
        if name == "type":
            numbers, types = members(value, MetricType), catalog.types
            return lambda position: types[position] in numbers
        if name == "tag":
            return self._tag(value)
        if name == "event":
            events, of = catalog.document.events, catalog.events_of
            return lambda position: any(
                value in events[number].name.casefold() for number in of.get(position, ())
            )
        if name == "description":
            return lambda position: value in metrics[position].description.casefold()
        return self._has(value) if name == "has" else self._is(value)

    def value_names(self) -> Iterable[str]:
        names, types = self.catalog.lowered, self.catalog.types
        return (
            name for name, type_ in zip(names, types, strict=True) if type_ == MetricType.SCALAR
        )

    def compared(self, names: Collection[str], comparison: Comparison) -> Test[int]:
        lowered, metrics = self.catalog.lowered, self.catalog.messages

        def test(position: int) -> bool:
            scalar = metrics[position].metric_values.scalar_metric_values
            return (
                lowered[position] in names and scalar.HasField("value") and comparison(scalar.value)
            )

        return test

    def _tag(self, value: str) -> Test[int]:
        key, equals, wanted = value.partition("=")
        tags = self.catalog.tags_of

        def test(position: int) -> bool:
            return any(
                key in k.casefold()
                if not equals
                else key == k.casefold() and wanted in v.casefold()
                for k, v in tags.get(position, ())
            )

        return test

    def _has(self, value: str) -> Test[int]:
        catalog, marks = self.catalog, self.marks
        metrics = catalog.messages
        tests: dict[str, Test[int]] = {
            "event": lambda position: position in catalog.events_of,
            "tag": lambda position: position in catalog.tags_of,
            "finding": marks.all.__contains__,
            "error": marks.errors.__contains__,
            "warning": marks.warnings.__contains__,
            "description": lambda position: bool(metrics[position].description),
        }
        return choice("has", value, tests)

    def _is(self, value: str) -> Test[int]:
        metrics = self.catalog.messages
        tests: dict[str, Test[int]] = {
            "hidden": lambda p: (
                metrics[p].HasField("should_display") and not metrics[p].should_display
            ),
            "shown": lambda p: (
                not metrics[p].HasField("should_display") or metrics[p].should_display
            ),
            "blocking": lambda p: bool(metrics[p].blocking),
            "event": lambda p: bool(metrics[p].event_metric),
        }
        return choice("is", value, tests)
