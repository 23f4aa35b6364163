"""Columns from decoded rows: typed parts for blocks of rows, merged to whole columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.emissions.model import BoolArray, Column, ColumnType

_ABSENT: Any = object()
_EXACT = 2**53
"""Integers up to this one are exact in a double."""
_NUMBERS = {int, float}
_KINDS: dict[frozenset[type], ColumnType] = {
    frozenset({bool}): "boolean",
    frozenset({int}): "int",
    frozenset({float}): "float",
    frozenset(_NUMBERS): "float",
    frozenset({str}): "string",
}
_FILL: dict[ColumnType, Any] = {
    "boolean": False,
    "int": 0,
    "float": float("nan"),
    "string": "",
    "json": None,
}
_DTYPES: dict[ColumnType, Any] = {
    "boolean": np.bool_,
    "int": np.int64,
    "float": np.float64,
    "string": object,
    "json": object,
}
_SHARED_TEXTS = 4096
FREE_COLUMNS = 64
"""Columns that a topic may have however few values they have."""
MAX_CELLS = 16
"""Cells of columns for each value, beyond which a topic gets no further columns."""


class Part(NamedTuple):
    """A column over one block of rows. A mask that is None is False everywhere."""

    length: int
    type: ColumnType | None
    """None if no row has a value; then there are no `values`."""
    values: NDArray[Any] | None
    missing: BoolArray | None
    nulls: BoolArray | None
    whole: BoolArray | None


class TextPool:
    """Shares equal short texts between rows, up to a number of different ones."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def shared(self, texts: list[str]) -> list[str]:
        """Return the texts, equal ones as the same object."""
        known = self._texts
        if len(known) >= _SHARED_TEXTS:
            return [known.get(text, text) for text in texts]
        return [known.setdefault(text, text) for text in texts]


class ColumnsBuilder:
    """The columns of one topic while blocks of its rows arrive."""

    def __init__(self) -> None:
        self._rows = 0
        self._values = 0
        self._parts: dict[str, list[Part]] = {}
        self._texts = TextPool()

    def add(self, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """Add a block of rows, each a mapping of field to value.

        Returns the fields of the block that have no column: there would be too many for the
        number of values.
        """
        self._values += sum(map(len, rows))
        total = self._rows + len(rows)
        left_out = set()
        present = _names(rows)
        for name in present:
            if name not in self._parts:
                columns = len(self._parts) + 1
                if columns > FREE_COLUMNS and columns * total > MAX_CELLS * self._values:
                    left_out.add(name)
                    continue
                self._parts[name] = [_empty_part(self._rows)] if self._rows else []
            self._parts[name].append(_part(name, rows, self._texts))
        for name, parts in self._parts.items():
            if name not in present:
                parts.append(_empty_part(len(rows)))
        self._rows = total
        return frozenset(left_out)

    def columns(self) -> dict[str, Column]:
        """Return the columns over all rows so far, in the order in which they appeared."""
        columns = {}
        for name, parts in self._parts.items():
            merged = _merged(parts)
            # The next call merges only what is new.
            self._parts[name] = [merged]
            columns[name] = _column(name, merged)
        return columns


def _names(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the fields of a block in the order in which they appear, as keys."""
    first = rows[0]
    # Mostly all rows have the same fields; comparing two numbers and one column is the quick way.
    if sum(map(len, rows)) == len(rows) * len(first):
        try:
            for name in first:
                deque(map(itemgetter(name), rows), 0)
            return first
        except KeyError:
            pass
    return dict.fromkeys(chain.from_iterable(rows))


def _empty_part(length: int) -> Part:
    return Part(length, None, None, np.ones(length, np.bool_), None, None)


def _part(name: str, rows: Sequence[Mapping[str, Any]], texts: TextPool) -> Part:
    try:
        values = list(map(itemgetter(name), rows))
    except KeyError:
        values = [row.get(name, _ABSENT) for row in rows]
    types = set(map(type, values))
    missing = nulls = None
    if object in types or type(None) in types:
        nulls = np.fromiter((value is None for value in values), np.bool_, len(values))
        missing = np.fromiter((value is _ABSENT for value in values), np.bool_, len(values)) | nulls
        types -= {object, type(None)}
        if not types:
            return Part(len(values), None, None, missing, nulls, None)
    kind = _KINDS.get(frozenset(types), "json")
    if kind in ("int", "float") and int in types and not _fits(values, kind):
        kind = "json"
    whole = None
    if kind == "float" and int in types:
        whole = np.fromiter((type(value) is int for value in values), np.bool_, len(values))
    if missing is not None:
        fill = _FILL[kind]
        values = [fill if value is None or value is _ABSENT else value for value in values]
    if kind == "string":
        values = texts.shared(values)
    return Part(len(values), kind, _array(values, kind), missing, nulls, whole)


def _array(values: list[Any], kind: ColumnType) -> NDArray[Any]:
    if kind != "json":
        return np.array(values, dtype=_DTYPES[kind])
    # Lists of one length would become a second dimension.
    array = np.empty(len(values), dtype=object)
    array[:] = [_ABSENT] * len(values)
    for position, value in enumerate(values):
        array[position] = value
    return array


def _fits(values: list[Any], kind: ColumnType) -> bool:
    """Return True if the integers fit: 64 bits, and exactly into a double beside doubles."""
    lowest, highest = (-_EXACT, _EXACT) if kind == "float" else (-(2**63), 2**63 - 1)
    integers = [value for value in values if type(value) is int]
    return lowest <= min(integers) and max(integers) <= highest


def _merged(parts: list[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    length = sum(part.length for part in parts)
    kinds = {part.type for part in parts if part.type is not None}
    missing = _merged_mask([part.missing for part in parts], parts)
    nulls = _merged_mask([part.nulls for part in parts], parts)
    if not kinds:
        return Part(length, None, None, missing, nulls, None)
    kind: ColumnType = "json"
    if len(kinds) == 1:
        kind = kinds.pop()
    elif kinds == {"int", "float"} and _all_exact(parts):
        kind = "float"
    whole = None
    if kind == "float":
        whole = _merged_mask([_whole_of(part) for part in parts], parts)
    values = np.concatenate([_values_as(part, kind) for part in parts])
    return Part(length, kind, values, missing, nulls, whole)


def _merged_mask(masks: list[BoolArray | None], parts: list[Part]) -> BoolArray | None:
    if all(mask is None for mask in masks):
        return None
    return np.concatenate(
        [
            np.zeros(part.length, np.bool_) if mask is None else mask
            for mask, part in zip(masks, parts, strict=True)
        ]
    )


def _whole_of(part: Part) -> BoolArray | None:
    if part.type != "int":
        return part.whole
    whole = np.ones(part.length, np.bool_)
    return whole if part.missing is None else whole & ~part.missing


def _all_exact(parts: list[Part]) -> bool:
    return all(
        part.values is None
        or part.type != "int"
        or (part.values.min() >= -_EXACT and part.values.max() <= _EXACT)
        for part in parts
    )


def _values_as(part: Part, kind: ColumnType) -> NDArray[Any]:
    if part.values is None:
        return np.full(part.length, _FILL[kind], dtype=_DTYPES[kind])
    if part.type == kind or kind != "json":
        return part.values.astype(_DTYPES[kind], copy=False)
    values = part.values.tolist()
    if part.whole is not None:
        values = [
            int(value) if whole else value for value, whole in zip(values, part.whole, strict=True)
        ]
    if part.missing is not None:
        values = [
            None if absent else value for value, absent in zip(values, part.missing, strict=True)
        ]
    return _array(values, kind)


def _column(name: str, part: Part) -> Column:
    kind: ColumnType = part.type or "json"
    # A mask without True takes no memory.
    nothing = np.broadcast_to(np.False_, part.length)
    return Column(
        name,
        kind,
        _values_as(part, kind),
        nothing if part.missing is None else part.missing,
        nothing if part.nulls is None else part.nulls,
        part.whole,
    )
