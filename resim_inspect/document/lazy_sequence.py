"""Sequences whose values are made on first access, and positions in them by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T]):
    """Values that are made on first access and then cached."""

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        self._length = length
        self._make = make
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, position: int) -> T: ...
    @overload
    def __getitem__(self, position: slice) -> list[T]: ...
    def __getitem__(self, position: int | slice) -> T | list[T]:
        if isinstance(position, slice):
            return [self[one] for one in range(*position.indices(self._length))]
        if position < 0:
            position += self._length
        if not 0 <= position < self._length:
            raise IndexError(position)
        value = self._made.get(position)
        if value is None:
            value = self._made[position] = self._make(position)
        return value

    def __iter__(self) -> Iterator[T]:
        return (self[position] for position in range(self._length))


def first_positions(keys: Iterable[str]) -> dict[str, int]:
    """Position of the first of equal keys, by key."""
    found: dict[str, int] = {}
    for position, key in enumerate(keys):
        found.setdefault(key, position)
    return found
