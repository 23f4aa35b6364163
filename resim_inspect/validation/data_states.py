"""State of each metrics data that is being validated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from resim_inspect.validation import schema_constants


class DataState:
    """State of one metrics data that other data and the metrics are compared with.

    It holds no message: a document may have a hundred thousand data.
    """

    __slots__ = ("broken", "categories", "first_second", "holds", "index_id", "index_type",
                 "indexed", "length", "name", "position", "type", "used")  # fmt: skip

    def __init__(self, position: int, name: str, data_type: int) -> None:
        self.position = position
        self.name = name
        self.type = data_type
        self.holds = ""
        """Field that holds the values: `series`, `series_per_category`, `external_file`, or ""."""
        self.length = -1
        """Number of values of the one series; -1 for data of another form."""
        self.categories: dict[str, int] | None = None
        """The length of each category's series."""
        self.indexed = False
        """`is_indexed`, whatever the type says."""
        self.first_second: int | None = None
        """Second of the first time of a series of times."""
        self.index_type = 0
        self.index_id = ""
        self.broken = False
        """True for a series with a finding: what follows from that is not reported again."""
        self.used = False
        """True once a metric or another data has referred to it."""


class DataStates(Protocol):
    """The states of all data, in the order of the file."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[DataState]: ...

    def names(self, types: Collection[int], *, unused: bool) -> Iterator[str]:
        """The names of the data of some types, or of those that nothing has referred to so far."""
        ...

    def unused(self) -> Iterable[DataState]:
        """The data that nothing has referred to so far."""
        ...

    def external_files(self) -> Iterable[DataState]:
        """The data of the type external file."""
        ...


class ListedStates(list[DataState]):
    """The states in a list."""

    def names(self, types: Collection[int], *, unused: bool) -> Iterator[str]:
        return (state.name for state in self if state.type in types and not (unused and state.used))

    def unused(self) -> Iterable[DataState]:
        return (state for state in self if not state.used)

    def external_files(self) -> Iterable[DataState]:
        return (state for state in self if state.type == schema_constants.EXTERNAL_FILE)
