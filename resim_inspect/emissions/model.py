"""Values of emissions: topics with typed columns, and what is wrong with single lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ColumnType = Literal["boolean", "int", "float", "string", "json"]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """One field of a topic over all its rows, by the type that the values have in the file."""

    name: str
    type: ColumnType
    """`json` for lists, objects, and values of several types or beyond 64 bits."""
    values: NDArray[Any]
    """Shape (rows,): bool, int64, float64, or objects (`str`; for `json` any value). Rows without
    a value have False, 0, NaN, "" or None."""
    missing: BoolArray
    """True for a row without the field, or with `null` as its value."""
    nulls: BoolArray
    """True for a row with `null`; it is `missing` too."""
    whole: BoolArray | None = None
    """True where the file has an integer for a `float`; None if it has one nowhere."""


@dataclass(frozen=True, eq=False)
class Topic:
    """All rows of one topic, in the order of the files and their lines."""

    name: str
    rows: int
    columns: Mapping[str, Column]
    """The columns by name, in the order in which they first appear."""
    timestamps: IntArray
    """Nanoseconds; 0 where there is none."""
    has_timestamp: BoolArray
    """False for a row without a timestamp, or with one that cannot be used."""
    is_event: BoolArray
    line_numbers: IntArray
    """Line of each row in its file, from 1."""
    file_indices: IntArray
    """File of each row: its position in `Emissions.paths`."""


@dataclass(frozen=True)
class Fault:
    """Something wrong with lines of one file; lines with the same fault are one value."""

    kind: str
    """Name of the fault; the rule with this code explains it."""
    file: int
    """Position in `Emissions.paths`."""
    line: int
    """The first such line, from 1."""
    topic: str
    """Topic of the line; empty if it has none."""
    message: str
    """Problem without its subject, which is the line: `is not valid JSON`."""
    count: int = 1
    """Number of such lines."""


@dataclass(frozen=True, eq=False)
class Emissions:
    """The rows of one or more files, merged by topic."""

    paths: tuple[Path, ...]
    topics: Mapping[str, Topic]
    """The topics by name, in the order in which they first appear."""
    faults: tuple[Fault, ...] = ()
    line_counts: tuple[int, ...] = ()
    """Number of complete lines of each file."""
    held_back: Mapping[int, int] = field(default_factory=dict)
    """Length in bytes of the unfinished last line, by position of the file."""

    @property
    def rows(self) -> int:
        """Number of rows of all topics."""
        return sum(topic.rows for topic in self.topics.values())
