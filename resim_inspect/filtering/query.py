"""Filter language for metrics: `status:fail speed importance:>=high tag:k=v NOT type:text`.

Words must all match, next to one another or with AND; OR separates alternatives and
binds less; NOT or a leading `-` negates one word. Quotes keep blanks together.
A word without a field is searched in the name.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from resim_inspect.document.enums import FAILING, Importance, MetricStatus, MetricType, OpenEnum
from resim_inspect.errors import InspectError
from resim_inspect.filtering.catalog import Catalog

Test = Callable[[int], bool]
"""Test of a metric by its position."""

FIELDS = {
    "status": "pass, warn, block, fail (warn or block), raw, na, unset",
    "importance": "critical, high, medium, low, zero; also >=high, <medium",
    "type": "scalar, text, image, bar, states, … (any part of the type's name)",
    "tag": "key, or key=value",
    "event": "a part of the name of an event it belongs to",
    "has": "event, tag, finding, error, warning, description",
    "is": "hidden, shown, blocking, event",
    "name": "a part of the name",
    "description": "a part of the description",
}

_STATUSES: dict[str, tuple[int, ...]] = {
    "fail": tuple(map(int, FAILING)),
    "failed": tuple(map(int, FAILING)),
    "warn": (2,),
    "block": (5,),
    "na": (3,),
    "none": (0,),
}
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.eq,
}
_TOKEN = re.compile(r'(-?)((?:[^\s"]|"[^"]*"?)+)')


class QueryError(InspectError, ValueError):
    """A filter that cannot be parsed; the text gives the reason."""


@dataclass(frozen=True)
class Marks:
    """Positions of metrics that a finding is about, by its severity."""

    errors: Collection[int] = ()
    warnings: Collection[int] = ()
    all: Collection[int] = ()


def compile_query(text: str, catalog: Catalog, marks: Marks | None = None) -> Test | None:
    """Compile a filter; None for an empty one. Raises QueryError."""
    marks = marks or Marks()
    alternatives: list[list[Test]] = [[]]
    negate = False
    for dash, word in _TOKEN.findall(text):
        bare = word.replace('"', "")
        if not dash and word == "OR":
            alternatives.append([])
            continue
        if not dash and word == "AND":
            continue
        if not dash and word == "NOT":
            negate = not negate
            continue
        if not bare or bare.endswith(":"):
            continue  # still being typed
        test = _word(word, catalog, marks)
        alternatives[-1].append(_not(test) if negate != bool(dash) else test)
        negate = False
    filled = [tests for tests in alternatives if tests]
    if not filled:
        return None
    if len(filled) == 1:
        return _all(filled[0])
    groups = [_all(tests) for tests in filled]
    return lambda position: any(test(position) for test in groups)


def _not(test: Test) -> Test:
    return lambda position: not test(position)


def _all(tests: list[Test]) -> Test:
    first, *rest = tests
    if not rest:
        return first
    others = _all(rest)
    return lambda position: first(position) and others(position)


def _word(word: str, catalog: Catalog, marks: Marks) -> Test:
    field, colon, value = word.partition(":")
    value = value.replace('"', "").casefold()
    if not colon or '"' in field or field.casefold() not in FIELDS:
        if colon and field.isidentifier() and not word.startswith('"') and "::" not in word:
            raise QueryError(f"there is no field {field}; the fields are {', '.join(FIELDS)}")
        return _named(word.replace('"', ""), catalog)
    field = field.casefold()
    if field == "name":
        return _named(value, catalog)
    if field == "status":
        statuses = catalog.statuses
        wanted = _statuses(value)
        return lambda position: statuses[position] in wanted
    if field == "importance":
        return _importance(value, catalog)
    if field == "type":
        numbers = _numbers(value, MetricType)
        types = catalog.types
        return lambda position: types[position] in numbers
    if field == "tag":
        return _tag(value, catalog)
    if field == "event":
        events, of = catalog.document.events, catalog.events_of
        return lambda position: any(
            value in events[number].name.casefold() for number in of.get(position, ())
        )
    metrics = catalog.messages
    if field == "description":
        return lambda position: value in metrics[position].description.casefold()
    return _has(value, catalog, marks) if field == "has" else _is(value, catalog)


def _named(text: str, catalog: Catalog) -> Test:
    wanted, names = text.casefold(), catalog.lowered
    return lambda position: wanted in names[position]


def _statuses(value: str) -> Collection[int]:
    if value in _STATUSES:
        return _STATUSES[value]
    return _numbers(value, MetricStatus)


def _numbers(value: str, kind: type[OpenEnum]) -> frozenset[int]:
    """Members whose names contain `value`, with blanks and dashes as underscores."""
    wanted = re.sub(r"[\s-]", "_", value)
    found = frozenset(int(m) for m in kind if m.known and wanted in m.name.casefold())
    if not found:
        names = ", ".join(m.name.casefold() for m in kind if m.known)
        raise QueryError(f"there is no value {value}; the values are {names}")
    return found


def _importance(value: str, catalog: Catalog) -> Test:
    match = re.match(r"(>=|<=|>|<|=|)(.*)", value)
    assert match is not None
    sign, name = match.groups()
    if not name:
        return lambda _: True  # still being typed
    column = catalog.importances
    if not sign:
        numbers = _numbers(name, Importance)
        return lambda position: column[position] in numbers
    limit, compare = max(_numbers(name, Importance)), _OPERATORS[sign]
    return lambda position: compare(column[position], limit)


def _tag(value: str, catalog: Catalog) -> Test:
    key, equals, wanted = value.partition("=")
    tags = catalog.tags_of

    def test(position: int) -> bool:
        return any(
            key in k.casefold() if not equals else key == k.casefold() and wanted in v.casefold()
            for k, v in tags.get(position, ())
        )

    return test


def _has(value: str, catalog: Catalog, marks: Marks) -> Test:
    metrics = catalog.messages
    sets: dict[str, Collection[int]] = {
        "finding": marks.all,
        "error": marks.errors,
        "warning": marks.warnings,
    }
    singular = value.removesuffix("s")
    if singular in sets:
        wanted = sets[singular]
        return lambda position: position in wanted
    if singular == "event":
        return lambda position: position in catalog.events_of
    if singular == "tag":
        return lambda position: position in catalog.tags_of
    if singular == "description":
        return lambda position: bool(metrics[position].description)
    if any(name.startswith(value) for name in (*sets, "event", "tag", "description")):
        return lambda _: True  # still being typed
    raise QueryError(f"has:{value} is not valid; the values are {FIELDS['has']}")


def _is(value: str, catalog: Catalog) -> Test:
    metrics = catalog.messages
    if value == "hidden":
        return lambda p: metrics[p].HasField("should_display") and not metrics[p].should_display
    if value == "shown":
        return lambda p: not metrics[p].HasField("should_display") or metrics[p].should_display
    if value == "blocking":
        return lambda p: bool(metrics[p].blocking)
    if value == "event":
        return lambda p: bool(metrics[p].event_metric)
    if any(name.startswith(value) for name in ("hidden", "shown", "blocking", "event")):
        return lambda _: True  # still being typed
    raise QueryError(f"is:{value} is not valid; the values are {FIELDS['is']}")
