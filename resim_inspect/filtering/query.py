"""Grammar of the filter language: `status:fail speed>40 importance:>=high tag:k=v NOT type:text`.

Words must all match, next to one another or with AND; OR separates alternatives and binds less;
NOT or a leading `-` negates one word. Quotes keep blanks together. A word without a field is
searched in the name; `NAME>10` compares a value. What can be asked of the items of a list is
described by `Fields`.
"""

from __future__ import annotations

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, NamedTuple, TypeVar

from resim_inspect.document.enums import FAILING, MetricStatus, OpenEnum
from resim_inspect.errors import InspectError

T = TypeVar("T")
Test = Callable[[T], bool]
"""Test of one item."""

_STATUSES: dict[str, tuple[int, ...]] = {
    "fail": tuple(map(int, FAILING)),
    "failed": tuple(map(int, FAILING)),
    "warn": (2,),
    "block": (5,),
    "na": (3,),
    "none": (0,),
}
MAX_WORDS = 200
"""Words of a filter: all are read at each key, and tested with each item of a list."""
STATUS_HELP = "pass, warn, block, fail (warn or block), raw, na, unset"

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.eq,
}
_TOKEN = re.compile(r'(-?)((?:[^\s"]|"[^"]*"?)+)')
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_COMPARISON = re.compile(rf"(.*?)(>=|<=|>|<|=)({_NUMBER})")
_SPACED = re.compile(rf"\s*(>=|<=|>|<)\s*(?={_NUMBER})")
_UNFINISHED = re.compile(r"[^:]*(>=|<=|>|<|=)[-+]?")


class QueryError(InspectError, ValueError):
    """A filter that cannot be parsed; the text gives the reason."""


class Comparison(NamedTuple):
    """A comparison with a number: `>=10`; true of no NaN."""

    sign: str
    limit: float

    def __call__(self, value: float) -> bool:
        return _OPERATORS[self.sign](value, self.limit)


@dataclass(frozen=True)
class Marks:
    """Positions of items that a finding is about, by its severity."""

    errors: Collection[int] = ()
    warnings: Collection[int] = ()
    all: Collection[int] = ()

    def having(self, word: str) -> Collection[int] | None:
        """Positions for `has:finding`, `has:error` or `has:warning`; None for another word."""
        return {"finding": self.all, "error": self.errors, "warning": self.warnings}.get(
            word.removesuffix("s")
        )


class Fields(ABC, Generic[T]):
    """Fields and values of the items of one list that a filter can ask for."""

    HELP: ClassVar[Mapping[str, str]]
    """Fields by name, and what may be asked of them."""
    EXAMPLE: ClassVar[str]
    """A filter, for the empty field and the help."""

    @abstractmethod
    def named(self, text: str) -> Test[T]:
        """Compile a word without a field, in lower case."""

    @abstractmethod
    def field(self, name: str, value: str) -> Test[T]:
        """Compile a field of HELP and its value, in lower case. Raises QueryError."""

    def value_names(self) -> Iterable[str]:
        """Names of values that can be compared, in lower case."""
        return ()

    def compared(self, names: Collection[str], comparison: Comparison) -> Test[T]:
        """Compile a comparison with any of the values of these names."""
        raise NotImplementedError


def compile_query(text: str, fields: Fields[T]) -> Test[T] | None:
    """Compile a filter; None for an empty one. Raises QueryError."""
    alternatives: list[list[Test[T]]] = [[]]
    negate = False
    tokens = [(bool(dash), word) for dash, word in _TOKEN.findall(_joined(text))]
    if len(tokens) > MAX_WORDS:
        raise QueryError(
            f"a filter has at most {MAX_WORDS} words, and this one has {len(tokens):,}"
        )
    for dash, word in _join_names(tokens, fields):
        bare = word.replace('"', "")
        if not dash and word == "OR":
            alternatives.append([])
            continue
        if not dash and word == "AND":
            continue
        if not dash and word == "NOT":
            negate = not negate
            continue
        if not bare or bare.endswith(":") or ('"' not in word and _UNFINISHED.fullmatch(word)):
            continue  # still being typed
        test = _word(word, fields)
        alternatives[-1].append(_not(test) if negate != dash else test)
        negate = False
    filled = [tests for tests in alternatives if tests]
    if not filled:
        return None
    if len(filled) == 1:
        return _all(filled[0])
    groups = [_all(tests) for tests in filled]
    return lambda item: any(test(item) for test in groups)


def checked_query(text: str, fields: Fields[T]) -> tuple[Test[T] | None, str]:
    """Compile a filter as it is being typed; return its test and what is wrong with it, or ""."""
    try:
        return compile_query(text, fields), ""
    except QueryError as error:
        return None, str(error)


def _joined(text: str) -> str:
    """Drop the blanks around the signs of comparisons, outside quotes."""
    parts = text.split('"')
    parts[::2] = [_SPACED.sub(r"\1", part) for part in parts[::2]]
    return '"'.join(parts)


def _join_names(words: list[tuple[bool, str]], fields: Fields[T]) -> list[tuple[bool, str]]:
    """Put words before a comparison together that are one name: `Max`, `speed>40`."""
    joined: list[tuple[bool, str]] = []
    names: list[str] | None = None
    for dash, word in words:
        match = None if dash or '"' in word or ":" in word else _COMPARISON.fullmatch(word)
        if match is not None and match[1]:
            names = list(fields.value_names()) if names is None else names
            earliest = len(joined)
            while earliest and _may_be_of_a_name(joined[earliest - 1][1]):
                earliest -= 1
            for start in range(earliest, len(joined)):
                name = " ".join([*(part for _, part in joined[start:]), match[1]])
                if any(name.casefold() in other for other in names):
                    first = joined[start][0]
                    joined[start:] = [(first, f'"{name}"{match[2]}{match[3]}')]
                    break
            else:
                joined.append((dash, word))
        else:
            joined.append((dash, word))
    return joined


def _may_be_of_a_name(word: str) -> bool:
    return word not in ("AND", "OR", "NOT") and not set(word) & set('":<>=')


def _not(test: Test[T]) -> Test[T]:
    return lambda item: not test(item)


def _all(tests: list[Test[T]]) -> Test[T]:
    if len(tests) == 1:
        return tests[0]

    def matches_all(item: T) -> bool:
        for test in tests:  # noqa: SIM110 - a generator for each item doubles the time
            if not test(item):
                return False
        return True

    return matches_all


def _word(word: str, fields: Fields[T]) -> Test[T]:
    field, colon, value = word.partition(":")
    value = value.replace('"', "").casefold()
    bare = word.replace('"', "").casefold()
    if colon and '"' not in field and field.casefold() in fields.HELP:
        if field.casefold() == "name":
            return fields.named(value)
        return fields.field(field.casefold(), value)
    # In quotes as a whole, it is a part of a name.
    match = None if _is_quoted(word) else _COMPARISON.fullmatch(bare)
    if match is not None:
        return _compared(match[1].strip(), Comparison(match[2], float(match[3])), fields)
    if colon and field.isidentifier() and not word.startswith('"') and "::" not in word:
        known = ", ".join(fields.HELP)
        raise QueryError(f"there is no field {field}; the fields are {known}")
    return fields.named(bare)


def _is_quoted(word: str) -> bool:
    return len(word) > 1 and word[0] == word[-1] == '"' and '"' not in word[1:-1]


def _compared(name: str, comparison: Comparison, fields: Fields[T]) -> Test[T]:
    names = list(fields.value_names())
    wanted = {name} if name in names else {other for other in names if name in other}
    if not wanted:
        if not names:
            raise QueryError("there are no values to compare")
        raise QueryError(f"no value has the name {name}; one that exists is {names[0]}")
    return fields.compared(wanted, comparison)


# For fields.


def statuses(value: str) -> Collection[int]:
    """Numbers of the statuses that a word means. Raises QueryError."""
    return _STATUSES.get(value) or members(value, MetricStatus)


def members(value: str, kind: type[OpenEnum]) -> frozenset[int]:
    """Members whose names contain `value`, with blanks and dashes as underscores."""
    wanted = re.sub(r"[\s-]", "_", value)
    matching_numbers = frozenset(int(m) for m in kind if m.known and wanted in m.name.casefold())
    if not matching_numbers:
        names = ", ".join(m.name.casefold() for m in kind if m.known)
        raise QueryError(f"there is no value {value}; the values are {names}")
    return matching_numbers


def ordered(value: str, kind: type[OpenEnum]) -> Callable[[int], bool]:
    """Compile `high`, `>=high` or `<medium`, for the number of a member. Raises QueryError."""
    match = re.match(r"(>=|<=|>|<|=|)(.*)", value)
    assert match is not None
    sign, name = match.groups()
    if not name:
        return lambda _: True  # still being typed
    if not sign:
        return members(name, kind).__contains__
    comparison = Comparison(sign, max(members(name, kind)))
    return lambda number: comparison(number)


def choice(field: str, value: str, tests: Mapping[str, Test[T]]) -> Test[T]:
    """Test of one of several words; the beginning of one matches everything. Raises QueryError."""
    test = tests.get(value) or tests.get(value.removesuffix("s"))
    if test is not None:
        return test
    if any(name.startswith(value) for name in tests):
        return lambda _: True  # still being typed
    raise QueryError(f"{field}:{value} is not valid; the values are {', '.join(tests)}")
